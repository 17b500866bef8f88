#include "dane/verify/verify.hpp"

#include "tests/support/vectors.hpp"

using namespace dane;
using test::Json;

namespace {

x509::Chain chain_of(const Json& hexes) {
  x509::Chain chain;
  for (const auto& hex : hexes) {
    chain.push_back(
        x509::Certificate::decode_der(from_hex(hex.get<std::string>()).value()).value());
  }
  return chain;
}

verify::Request request_of(const Json& v) {
  const auto& in = v.at("input");
  verify::Request r;
  r.chain = chain_of(in.at("chain"));
  r.trusted = chain_of(in.at("trusted"));
  for (const auto& text : in.at("records"))
    r.records.push_back(tlsa::parse_presentation(text.get<std::string>()).value());
  r.names = in.at("names").get<std::vector<std::string>>();
  r.profile = in.at("profile") == "any" ? tlsa::Profile::any : tlsa::Profile::smtp;
  r.check_ee_names = in.at("check_ee_names").get<bool>();
  r.at = parse_rfc3339(v.at("validation_time").get<std::string>()).value();
  return r;
}

}  // namespace

TEST_CASE("Chains are judged as the vectors say", "[vectors][verify]") {
  for (const auto& v : test::load_vectors("verify/judge.json")) {
    INFO(test::describe(v));
    const auto got = verify::judge_chain(request_of(v));
    const auto& expected = v.at("expected");
    CHECK(to_string(got.verdict) == expected.at("verdict").get<std::string>());
    if (expected.at("matched").is_null()) {
      CHECK_FALSE(got.matched.has_value());
    } else {
      REQUIRE(got.matched.has_value());
      CHECK(got.matched->record == expected.at("matched").at("record").get<std::size_t>());
      CHECK(got.matched->depth == expected.at("matched").at("depth").get<int>());
    }
    if (expected.contains("error")) CHECK(got.error_code == expected.at("error").get<int>());
    CHECK_FALSE(got.reasoning.empty());
  }
}
