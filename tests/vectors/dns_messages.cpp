#include "libdane/dns/message.hpp"
#include "tests/support/vectors.hpp"

using namespace dane;
using test::Json;

namespace {

std::vector<std::string> hex_of(const std::vector<Bytes>& all) {
  std::vector<std::string> out;
  for (const auto& one : all) out.push_back(to_hex(one));
  return out;
}

void check_rest(const dns::Message& got, const Json& expected) {
  if (expected.contains("ttl"))
    CHECK(got.ttl == std::chrono::seconds(expected.at("ttl").get<int>()));
  if (expected.contains("authenticated"))
    CHECK(got.authenticated == expected.at("authenticated").get<bool>());
  if (expected.contains("truncated")) CHECK(got.truncated == expected.at("truncated").get<bool>());
  if (expected.contains("final_name"))
    CHECK(got.final_name.to_string() == expected.at("final_name").get<std::string>());
  if (expected.contains("extended_error"))
    CHECK(got.extended_error == expected.at("extended_error").get<std::uint16_t>());
  if (expected.contains("negative_ttl")) {
    const auto& ttl = expected.at("negative_ttl");
    if (ttl.is_null()) {
      CHECK_FALSE(got.negative_ttl.has_value());
    } else {
      CHECK(got.negative_ttl == std::chrono::seconds(ttl.get<int>()));
    }
  }
  if (expected.contains("signatures")) {
    REQUIRE(got.signatures.size() == expected.at("signatures").size());
    const auto& want = expected.at("signatures").at(0);
    CHECK(got.signatures.front().signer.to_string() == want.at("signer").get<std::string>());
    CHECK(got.signatures.front().key_tag == want.at("key_tag").get<std::uint16_t>());
    CHECK(format_rfc3339(got.signatures.front().expiration) ==
          want.at("expiration").get<std::string>());
  }
}

}  // namespace

TEST_CASE("DNS replies are decoded as the vectors say", "[vectors][dns]") {
  for (const auto& v : test::load_vectors("dns/message.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    const dns::Question question{
        DomainName::parse_presentation(in.at("name").get<std::string>()).value(),
        dns::parse_record_type(in.at("type").get<std::string>()).value()};
    const auto wire = from_hex(in.at("wire").get<std::string>()).value();
    const auto got = dns::decode_message(wire, question);
    const auto& expected = v.at("expected");
    if (const auto* message = test::value_or_expected_error(got, expected)) {
      CHECK(message->rcode == expected.at("rcode").get<unsigned>());
      CHECK(message->aliases.size() == expected.at("aliases").get<std::size_t>());
      CHECK(message->size == wire.size());
      if (expected.contains("rdata"))
        CHECK(hex_of(message->rdata) == expected.at("rdata").get<std::vector<std::string>>());
      if (expected.contains("rdata_count"))
        CHECK(message->rdata.size() == expected.at("rdata_count").get<std::size_t>());
      check_rest(*message, expected);
    }
  }
}
