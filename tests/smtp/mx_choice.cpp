// choose_hosts(): RFC 7672 section 2.2.1, RFC 7505.
#include <catch2/catch.hpp>

#include "tests/smtp/support.hpp"

using namespace test;
using dane::smtp::choose_hosts;
using dane::smtp::MailRoute;

namespace {

struct Case {
  const char* what;
  LookupOutcome mx;
  std::string route;
  std::vector<std::pair<unsigned, std::string>> hosts;
  bool null_beside = false;
  std::size_t malformed = 0;
  Security security = secure;
};

LookupOutcome with_malformed() {
  return found(secure, {"example.com"}, {{std::byte{0}}, mx_rdata(5, "mx.example.com"), {}});
}

std::vector<Case> cases() {
  return {
      {"one host",
       mx(secure, {"example.com"}, {{10, "mx.example.com"}}),
       "mx",
       {{10, "mx.example.com"}}},
      {"S51 insecure MX still names the host",
       mx(insecure, {"example.com"}, {{10, "mx.example.com"}}),
       "mx",
       {{10, "mx.example.com"}},
       false,
       0,
       insecure},
      {"S17 by preference, then by name; never by security",
       mx(secure, {"example.com"}, {{20, "a.example"}, {10, "c.example"}, {10, "b.example"}}),
       "mx",
       {{10, "b.example"}, {10, "c.example"}, {20, "a.example"}}},
      {"a host named twice counts once, with its lowest preference",
       mx(secure, {"example.com"}, {{20, "a.example"}, {15, "b.example"}, {10, "A.Example"}}),
       "mx",
       {{10, "a.example"}, {15, "b.example"}}},
      {"S23 proven NODATA: implicit MX", no_data(secure), "implicit-mx", {{0, "example.com"}}},
      {"S23 insecure NODATA: implicit MX too",
       no_data(insecure),
       "implicit-mx",
       {{0, "example.com"}},
       false,
       0,
       insecure},
      {"NXDOMAIN is no implicit MX", no_name(secure), "not-a-domain", {}},
      {"insecure NXDOMAIN", no_name(insecure), "not-a-domain", {}, false, 0, insecure},
      {"S5 SERVFAIL", failed(), "lookup-failed", {}, false, 0, insecure},
      {"S5 bogus", failed(dane::FailureKind::bogus), "lookup-failed", {}, false, 0, insecure},
      {"S5 timeout", failed(dane::FailureKind::timeout), "lookup-failed", {}, false, 0, insecure},
      {"N1 S24 null MX", mx(secure, {"example.com"}, {{0, "."}}), "null-mx", {}},
      {"N2 null MX beside another",
       mx(secure, {"example.com"}, {{0, "."}, {10, "mx.example.com"}}),
       "mx",
       {{10, "mx.example.com"}},
       true},
      {"N2 root with a preference: no mail, and not as RFC 7505 has it",
       mx(secure, {"example.com"}, {{10, "."}}),
       "null-mx",
       {},
       true},
      {"N2 the root twice",
       mx(secure, {"example.com"}, {{0, "."}, {10, "."}}),
       "null-mx",
       {},
       true},
      {"records that do not decode are counted",
       with_malformed(),
       "mx",
       {{5, "mx.example.com"}},
       false,
       2},
      {"no record decodes: a failure, never implicit MX",
       found(secure, {"example.com"}, {{std::byte{0}}}),
       "lookup-failed",
       {},
       false,
       1},
      {"null MX beside a broken record",
       found(secure, {"example.com"}, {mx_rdata(0, "."), {}}),
       "null-mx",
       {},
       true,
       1},
  };
}

}  // namespace

TEST_CASE("MX lookup outcomes lead to a route", "[smtp][mx]") {
  for (const auto& c : cases()) {
    INFO(c.what);
    const auto choice = choose_hosts(name("example.com"), c.mx);
    CHECK(to_string(choice.route) == c.route);
    std::vector<std::pair<unsigned, std::string>> hosts;
    for (const auto& mx : choice.hosts) hosts.emplace_back(mx.preference, mx.exchange.to_string());
    CHECK(hosts == c.hosts);
    CHECK(choice.null_mx_beside_others == c.null_beside);
    CHECK(choice.malformed == c.malformed);
    CHECK(choice.security == c.security);
  }
}

TEST_CASE("S50 the expanded next-hop counts when all of it is secure", "[smtp][mx]") {
  const auto expanded = [](Security security, const std::vector<std::string>& names) {
    return choose_hosts(name("example.com"), mx(security, names, {{10, "mx.example.net"}}))
        .expanded_domain;
  };
  CHECK(expanded(secure, {"example.com", "mid.example", "real.example"}) == name("real.example"));
  CHECK(expanded(insecure, {"example.com", "real.example"}) == std::nullopt);
  CHECK(expanded(secure, {"example.com"}) == std::nullopt);
}
