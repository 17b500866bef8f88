// plan_tlsa(), addresses_of(): RFC 7672 sections 2.1.2 and 2.2.2, RFC 7671 section 7.
#include <catch2/catch.hpp>

#include "tests/smtp/support.hpp"

using namespace test;
using namespace dane::smtp;

namespace {

const std::string host = "mx.example.com";
using Names = std::vector<std::string>;

struct Case {
  const char* what;
  std::optional<LookupOutcome> ipv4, ipv6, alias;
  std::string plan;  ///< "ask base...", "none", "alias", "unreachable", "failed"
  std::string rule;
};

LookupOutcome v4(Security s, const Names& names = {host}) {
  return addresses(s, names, {"192.0.2.1"});
}
LookupOutcome v6(Security s, const Names& names = {host}) {
  return addresses(s, names, {"2001:db8::1"});
}
LookupOutcome cname(Security s) {
  return targets(s, host, {"mid.example"});
}

std::vector<Case> cases() {
  const Names aliased{host, "mid.example", "end.example"};
  const auto nothing = std::nullopt;
  return {
      {"both secure", v4(secure), v6(secure), nothing, "ask mx.example.com", ""},
      {"S29 A alone secure", v4(secure), v6(insecure), nothing, "ask mx.example.com", ""},
      {"S29 AAAA alone secure", v4(insecure), v6(secure), nothing, "ask mx.example.com", ""},
      {"IPv4 only host", v4(secure), no_data(secure), nothing, "ask mx.example.com", ""},
      {"IPv6 only host", no_data(secure), v6(secure), nothing, "ask mx.example.com", ""},
      {"AAAA not asked", v4(secure), nothing, nothing, "ask mx.example.com", ""},
      {"O26 O27 O28 S32 secure alias: its end, then the host; never the middle",
       v4(secure, aliased), no_data(secure), nothing, "ask end.example mx.example.com", ""},
      {"O31 AAAA alone behind the alias", no_data(secure), v6(secure, aliased), nothing,
       "ask end.example mx.example.com", ""},
      {"S26 insecure, no alias: no TLSA query", v4(insecure), v6(insecure), nothing, "none", "S26"},
      {"S26 insecure IPv4 only", v4(insecure), no_data(insecure), nothing, "none", "S26"},
      {"S28 insecure behind an alias: its CNAME first", v4(insecure, aliased), no_data(insecure),
       nothing, "alias", ""},
      {"S28 one family shows the alias", v4(insecure), v6(insecure, aliased), nothing, "alias", ""},
      {"S28 the first CNAME is secure: the host name alone", v4(insecure, aliased),
       no_data(insecure), cname(secure), "ask mx.example.com", ""},
      {"S28 the first CNAME is insecure", v4(insecure, aliased), no_data(insecure), cname(insecure),
       "none", "S28"},
      {"S28 the CNAME lookup fails", v4(insecure, aliased), no_data(insecure), failed(), "failed",
       "S28"},
      {"S28 the CNAME is denied", v4(insecure, aliased), no_data(insecure), no_data(secure),
       "failed", "S28"},
      {"S27 no addresses", no_data(secure), no_data(secure), nothing, "unreachable", "S27"},
      {"S27 no such host", no_name(secure), no_name(insecure), nothing, "unreachable", "S27"},
      {"S27 the one family asked for is absent", nothing, no_data(secure), nothing, "unreachable",
       "S27"},
      {"S6 S7 both fail", failed(), failed(dane::FailureKind::timeout), nothing, "failed", "S7"},
      {"S7 one fails, the other is absent: not 'no address'", failed(), no_data(secure), nothing,
       "failed", "S7"},
      {"S7 bogus AAAA and no A", no_data(secure), failed(dane::FailureKind::bogus), nothing,
       "failed", "S7"},
      {"one fails, the other is secure: DANE goes on", failed(), v6(secure), nothing,
       "ask mx.example.com", ""},
      {"S7 one fails, the other is insecure: the failed one might be secure", v4(insecure),
       failed(), nothing, "failed", "S7"},
      {"S7 the same behind an alias", v4(insecure, aliased), failed(), nothing, "failed", "S7"},
      {"an answer without a decodable address is a failure",
       found(secure, {host}, {{std::byte{1}}}), no_data(secure), nothing, "failed", "S7"},
      {"S25 nothing asked", nothing, nothing, nothing, "failed", "S25"},
  };
}

std::string text_of(const TlsaPlan& plan, std::vector<std::string>& rules) {
  return std::visit(
      dane::overloaded{[](const AskTlsa& ask) {
                         std::string text = "ask";
                         for (const auto& base : ask.bases) text += " " + base.to_string();
                         return text;
                       },
                       [&](const NoTlsa& none) {
                         rules = none.rules;
                         return std::string("none");
                       },
                       [](const NeedAlias&) { return std::string("alias"); },
                       [&](const Unreachable& none) {
                         rules = none.rules;
                         return std::string(none.lookup_error ? "failed" : "unreachable");
                       }},
      plan);
}

}  // namespace

TEST_CASE("Address lookups decide whether and where TLSA is asked", "[smtp][plan]") {
  for (const auto& c : cases()) {
    INFO(c.what);
    HostFacts facts;
    facts.name = name(host);
    facts.ipv4 = c.ipv4;
    facts.ipv6 = c.ipv6;
    facts.alias = c.alias;
    std::vector<std::string> rules;
    CHECK(text_of(plan_tlsa(facts), rules) == c.plan);
    if (c.rule.empty()) {
      CHECK(rules.empty());
    } else {
      CHECK(std::find(rules.begin(), rules.end(), c.rule) != rules.end());
    }
  }
}

TEST_CASE("All addresses are tried, secure or not, each once", "[smtp][plan]") {
  HostFacts facts;
  facts.ipv4 = addresses(insecure, {host}, {"192.0.2.9", "192.0.2.1", "192.0.2.9"});
  facts.ipv6 = addresses(secure, {host}, {"2001:db8::1"});
  CHECK(addresses_of(facts) == std::vector{ip("192.0.2.1"), ip("192.0.2.9"), ip("2001:db8::1")});
  facts.ipv4 = failed();
  CHECK(addresses_of(facts) == std::vector{ip("2001:db8::1")});
  facts.ipv6 = std::nullopt;
  CHECK(addresses_of(facts).empty());
}
