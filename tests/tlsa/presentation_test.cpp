#include <string>

#include <catch2/catch.hpp>

#include "dane/tlsa/record.hpp"

using namespace dane;
using namespace dane::tlsa;

namespace {

std::string parsed(const std::string& text) {
  const auto record = parse_presentation(text);
  return record ? format_presentation(*record) : record.error().code;
}

const std::string d32(64, 'a');  // 32 octets in hexadecimal

}  // namespace

TEST_CASE("presentation form: what master files allow", "[tlsa][parse]") {
  struct Good {
    const char* text;
    const char* want;
  };
  const auto good = GENERATE(values<Good>({
      {"3 1 1 00ff", "3 1 1 00ff"},
      {"  3\t1  1 00FF  ", "3 1 1 00ff"},
      {"3 1 1 00 f f", "3 1 1 00ff"},
      {"003 01 1 00ff", "3 1 1 00ff"},
      {"255 254 253 01", "255 254 253 01"},
      {"( 3 1 1 00ff )", "3 1 1 00ff"},
      {"3 1 1 ( 00\n  ff )", "3 1 1 00ff"},
      {"3 1 1 (00 ; the first half\r\n ff)", "3 1 1 00ff"},
      {"3 1 (1 00)ff", "3 1 1 00ff"},
      {"3 1 1 00ff ; comment (", "3 1 1 00ff"},
      {"\n3 1 1 00ff\n", "3 1 1 00ff"},
      {"DANE-EE SPKI SHA2-256 00ff", "3 1 1 00ff"},
      {"dane-ta cert sha2-512 00ff", "2 0 2 00ff"},
      {"Pkix-Ta Cert Full 00ff", "0 0 0 00ff"},
      {"PKIX-EE spki full 00ff", "1 1 0 00ff"},
      {"PrivCert PrivSel PrivMatch 00ff", "255 255 255 00ff"},
      {"\\# 4 030101ff", "3 1 1 ff"},
      {"\\# 5 03 01 01 f f 00", "3 1 1 ff00"},
      {"3 1 1 AAAA", "3 1 1 aaaa"},  // the name of a type, and hexadecimal
      {"in IN TLSA 3 1 1 00", "3 1 1 00"},
      {"dane-ee TLSA 3 1 1 00", "3 1 1 00"},
  }));
  INFO(good.text);
  CHECK(parsed(good.text) == good.want);
}

TEST_CASE("presentation form: what is refused, and why", "[tlsa][parse]") {
  struct Bad {
    const char* text;
    const char* code;
  };
  const auto bad = GENERATE(values<Bad>({
      {"", "tlsa-field-missing"},
      {"3", "tlsa-field-missing"},
      {"3 1 1", "tlsa-field-missing"},
      {"3 1 00ff", "tlsa-field-missing"},
      {"256 1 1 00", "tlsa-field-range"},
      {"3 256 1 00", "tlsa-field-range"},
      {"3 1 99999999999999999999 00", "tlsa-field-range"},
      {"-1 1 1 00", "tlsa-field-invalid"},
      {"+3 1 1 00", "tlsa-field-invalid"},
      {"3.0 1 1 00", "tlsa-field-invalid"},
      {"0x3 1 1 00", "tlsa-field-invalid"},
      {"SPKI 1 1 00", "tlsa-field-invalid"},  // a selector where the usage belongs
      {"DANE-EE SPKI SHA256 00", "tlsa-field-invalid"},
      {"3 1 1 TLSA 3 1 1 00", "tlsa-field-invalid"},
      {"_25._tcp.mx.example.com. 3 1 1 00", "tlsa-field-invalid"},  // the type is missing
      {"AAAA ff", "tlsa-other-type"},
      {"host 60 IN", "tlsa-field-missing"},
      {"IN IN IN TLSA 3 1 1 00", "tlsa-field-invalid"},
      {"3 1 1 0", "tlsa-odd-hex"},
      {"3 1 1 00 f", "tlsa-odd-hex"},
      {"3 1 1 0g", "tlsa-bad-hex"},
      {"3 1 1 00:ff", "tlsa-bad-hex"},
      {"3 1 1 \"00ff\"", "tlsa-bad-hex"},
      {"3 1 1 00\\ff", "tlsa-bad-hex"},
      {"3 1 1 00ff\n3 1 1 00ff", "tlsa-several-records"},  // two records are not one
      {"3 1 1 00\nff", "tlsa-several-records"},
      {"3 1 1 (00", "tlsa-field-invalid"},
      {"3 1 1 00)", "tlsa-field-invalid"},
      {"3 1 1 ((00))", "tlsa-field-invalid"},
      {"\\#", "tlsa-generic-length"},
      {"\\# x 030101ff", "tlsa-generic-length"},
      {"\\# 5 030101ff", "tlsa-generic-length"},
      {"\\# 3 030101ff", "tlsa-generic-length"},
      {"\\# 4", "tlsa-generic-length"},
      {"\\# 3 030101", "tlsa-rdata-too-short"},
      {"\\# 0", "tlsa-rdata-too-short"},
      {"\\# 65536 00", "tlsa-too-long"},
      {"\\# 4 030101f", "tlsa-odd-hex"},
      {"\\# 4 030101fx", "tlsa-bad-hex"},
  }));
  INFO(bad.text);
  CHECK(parsed(bad.text) == bad.code);
}

TEST_CASE("a record of a zone: does the owner end with its dot", "[tlsa][parse]") {
  const auto ends = [](const std::string& text) {
    return tlsa::parse_zone_record(text).value().owner_ends_with_dot;
  };
  CHECK(ends("mx.example.com. IN TLSA 3 1 1 00"));
  CHECK_FALSE(ends("mx.example.com IN TLSA 3 1 1 00"));
  CHECK_FALSE(ends("mx\\. IN TLSA 3 1 1 00"));  // a dot within the label
  CHECK_FALSE(ends("3 1 1 00"));
}

TEST_CASE("a record of a zone: the owner", "[tlsa][parse]") {
  const auto owner = [](const std::string& text) {
    const auto read = parse_zone_record(text);
    if (!read) return read.error().code;
    return read->owner ? read->owner->to_string() : "none";
  };
  CHECK(owner("3 1 1 00") == "none");
  CHECK(owner("3600 TLSA 3 1 1 00") == "none");
  CHECK(owner("mx.example.com TLSA 3 1 1 00") == "mx.example.com");
  CHECK(owner("_25._tcp.b\u00fccher.example. IN TLSA 3 1 1 00") ==
        "_25._tcp.xn--bcher-kva.example");
  CHECK(owner("*.mx\\.a.example. IN TLSA 3 1 1 00") == "*.mx\\.a.example");
  CHECK(owner("192.0.2.1 IN TLSA 3 1 1 00") == "tlsa-owner-invalid");
  CHECK(owner("\x1b[31m IN TLSA 3 1 1 00") == "tlsa-owner-invalid");
}

TEST_CASE("white space within a digest is no second record", "[tlsa][parse]") {
  const std::string digest(64, 'b');
  CHECK(parsed("3 1 1 " + digest + " 3 1 1 " + digest) == "tlsa-several-records");
  CHECK(parsed("3 1 2 " + digest + " " + digest) == "3 1 2 " + digest + digest);
  CHECK(parsed("3 1 0 " + digest + " 03 01 01 " + digest) == "3 1 0 " + digest + "030101" + digest);
  CHECK(parsed("3 1 1 " + digest.substr(3) + " 3 1 1") == "3 1 1 " + digest.substr(3) + "311");
}

TEST_CASE("presentation form: size is bounded", "[tlsa][parse]") {
  CHECK(parsed("3 1 1 " + std::string(2 * 65532, 'a')) == "3 1 1 " + std::string(2 * 65532, 'a'));
  CHECK(parsed("3 1 1 " + std::string(2 * 65533, 'a')) == "tlsa-too-long");
  CHECK(parsed("3 1 1 " + std::string(2 * 65536, 'a')) == "tlsa-too-long");
  CHECK(parsed(std::string(10'000'000, ' ')) == "tlsa-too-long");
}

TEST_CASE("presentation form: hostile text stays harmless in messages", "[tlsa][parse]") {
  const auto record = parse_presentation("\x1b[31mred 1 1 00");
  REQUIRE_FALSE(record);
  CHECK(record.error().what.find('\x1b') == std::string::npos);
  CHECK(record.error().remedy ==
        "use a number from 0 to 255 or one of PKIX-TA, PKIX-EE, DANE-TA, "
        "DANE-EE, PrivCert");
  const auto with_nul = parse_presentation(std::string_view("3 1 1 00\0ff", 11));
  REQUIRE_FALSE(with_nul);
  CHECK(with_nul.error().code == "tlsa-bad-hex");
}

TEST_CASE("RDATA in wire form", "[tlsa]") {
  const auto short_one = decode_rdata(*from_hex("030101"));
  REQUIRE_FALSE(short_one);
  CHECK(short_one.error().code == "tlsa-rdata-too-short");
  CHECK(decode_rdata({}).error().code == "tlsa-rdata-too-short");
  const auto odd_values = decode_rdata(*from_hex("04ff03aa"));  // decoding does not judge
  REQUIRE(odd_values);
  CHECK(format_presentation(*odd_values) == "4 255 3 aa");
  CHECK(to_hex(encode_rdata(*odd_values)) == "04ff03aa");
}

TEST_CASE("names of parameters", "[tlsa]") {
  CHECK(format_acronyms(*parse_presentation("3 1 1 " + d32)) == "DANE-EE(3) SPKI(1) SHA2-256(1)");
  CHECK(format_acronyms(*parse_presentation("0 0 0 00")) == "PKIX-TA(0) Cert(0) Full(0)");
  CHECK(format_acronyms(*parse_presentation("255 255 255 00")) ==
        "PrivCert(255) PrivSel(255) PrivMatch(255)");
  CHECK(format_acronyms(*parse_presentation("4 2 3 00")) == "4 2 3");
  CHECK(format_parameters(*parse_presentation("2 0 2 00")) == "2 0 2");
}

TEST_CASE("owner names", "[tlsa]") {
  const auto base = DomainName::parse("mx.example.com").value();
  CHECK(owner_name(25, "tcp", base)->to_string() == "_25._tcp.mx.example.com");
  CHECK(owner_name(443, "udp", base)->to_string() == "_443._udp.mx.example.com");
  CHECK(owner_name(65535, "sctp", base)->to_string() == "_65535._sctp.mx.example.com");
  CHECK(owner_name(0, "tcp", base).error().code == "tlsa-port-invalid");
  CHECK(owner_name(25, "TCP", base).error().code == "tlsa-protocol-invalid");
  CHECK(owner_name(25, "", base).error().code == "tlsa-protocol-invalid");
  const std::string label(60, 'a');
  const auto longest = DomainName::parse(label + "." + label + "." + label + "." + label).value();
  CHECK(owner_name(65535, "sctp", longest).error().code == "domain-too-long");
}
