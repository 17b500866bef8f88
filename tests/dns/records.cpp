#include "dane/dns/records.hpp"

#include <catch2/catch.hpp>

using namespace dane;
using dns::RecordType;

namespace {
Bytes hex(std::string_view text) {
  return from_hex(text).value();
}
}  // namespace

TEST_CASE("record types have names and numbers", "[records]") {
  CHECK(dns::to_string(RecordType::tlsa) == "TLSA");
  CHECK(dns::to_string(RecordType::aaaa) == "AAAA");
  CHECK(dns::to_string(static_cast<RecordType>(65280)) == "TYPE65280");
  CHECK(dns::parse_record_type("TLSA") == RecordType::tlsa);
  CHECK(dns::parse_record_type("tlsa") == RecordType::tlsa);
  CHECK(dns::parse_record_type("TYPE52") == RecordType::tlsa);
  CHECK(dns::parse_record_type("type65280") == static_cast<RecordType>(65280));
  CHECK(dns::parse_record_type("MX") == RecordType::mx);
  for (const auto* bad : {"", "TLS", "TYPE", "TYPE65536", "TYPE-1", "TYPE52x", "TYPE0", "ANY",
                          "AXFR", "OPT", "52", " TLSA", "TYPE99999999999"}) {
    INFO(bad);
    const auto got = dns::parse_record_type(bad);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == "record-type-unknown");
  }
  const dns::Question question{DomainName::parse("_25._tcp.mx.example.com").value(),
                               RecordType::tlsa};
  CHECK(question.to_string() == "_25._tcp.mx.example.com TLSA");
}

TEST_CASE("MX record data", "[records]") {
  const auto mx = dns::decode_mx(hex("000a036d7831067369676e6564047465737400")).value();
  CHECK(mx.preference == 10);
  CHECK(mx.exchange.to_string() == "mx1.signed.test");
  const auto null_mx = dns::decode_mx(hex("000000")).value();
  CHECK(null_mx.preference == 0);
  CHECK(null_mx.exchange.is_root());
  for (const auto* bad :
       {"", "00", "0000", "000a03", "000a036d783100ff", "000a036d7831", "000ac00c"}) {
    INFO(bad);
    const auto got = dns::decode_mx(hex(bad));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == "mx-rdata-invalid");
  }
}

TEST_CASE("TXT record data", "[records]") {
  CHECK(dns::decode_txt(hex("0161")).value() == "a");
  CHECK(dns::decode_txt(hex("016100026263")).value() == "abc");
  CHECK(dns::decode_txt(hex("00")).value().empty());
  for (const auto* bad : {"", "01", "0261", "01610562"}) {
    INFO(bad);
    const auto got = dns::decode_txt(hex(bad));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == "txt-rdata-invalid");
  }
}

TEST_CASE("names and addresses", "[records]") {
  CHECK(dns::decode_name(hex("0161016200")).value().to_string() == "a.b");
  CHECK_FALSE(dns::decode_name(hex("0161")).has_value());
  CHECK_FALSE(dns::decode_name(hex("016100ff")).has_value());
  dns::Answer answer;
  answer.rdata = {hex("c0000201"), hex("c00002"), hex("20010db8000000000000000000000001")};
  const auto addresses = dns::decode_addresses(answer);
  REQUIRE(addresses.size() == 2);
  CHECK(addresses[0].to_string() == "192.0.2.1");
  CHECK(addresses[1].to_string() == "2001:db8::1");
}
