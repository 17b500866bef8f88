// judge_host(): does DANE apply, with which records and reference identifiers.
#include <catch2/catch.hpp>

#include "tests/smtp/support.hpp"

using namespace test;
using namespace dane::smtp;

namespace {

HostFacts host_with(std::vector<std::pair<std::string, LookupOutcome>> tlsa_by_base,
                    bool aliased = false, const std::string& host_name = "mx.example.com") {
  HostFacts host;
  host.name = name(host_name);
  host.ipv4 = aliased ? addresses(secure, {host_name, "end.example"}, {"192.0.2.1"})
                      : addresses(secure, {host_name}, {"192.0.2.1"});
  host.ipv6 = no_data(secure);
  for (auto& [base, outcome] : tlsa_by_base) {
    host.tlsa.push_back({name(base), name("_25._tcp." + base), std::move(outcome)});
  }
  return host;
}

MxChoice choice(Security security, const std::vector<std::string>& names = {"example.com"}) {
  return choose_hosts(name("example.com"), mx(security, names, {{10, "mx.example.com"}}));
}

LookupOutcome records(Security security, const std::string& base) {
  return tlsa(security, {"_25._tcp." + base}, {{3, "rsa"}});
}

bool cites(const HostPolicy& policy, const std::string& rule) {
  return std::find(policy.rules.begin(), policy.rules.end(), rule) != policy.rules.end();
}

struct Case {
  const char* what;
  HostFacts host;
  std::string applicability;
  std::string base;
  std::size_t records;
  std::string rule;
};

std::vector<Case> cases() {
  const std::string mx = "mx.example.com", end = "end.example";
  return {
      {"S11 D15 secure records", host_with({{mx, records(secure, mx)}}), "dane", mx, 1, "D15"},
      {"S13 proven absence", host_with({{mx, no_name(secure)}}), "no-records", mx, 0, "S13"},
      {"S30 insecure denial (opt-out) is no error", host_with({{mx, no_name(insecure)}}),
       "no-records", mx, 0, "S30"},
      {"D17 insecure records are unusable", host_with({{mx, records(insecure, mx)}}), "insecure",
       mx, 0, "D17"},
      {"S7 S14 SERVFAIL is never 'no records'", host_with({{mx, failed()}}), "lookup-failed", mx, 0,
       "S14"},
      {"D16 bogus", host_with({{mx, failed(dane::FailureKind::bogus)}}), "lookup-failed", mx, 0,
       "D16"},
      {"S7 not asked is not absent", host_with({}), "lookup-failed", mx, 0, "S7"},
      {"S28 expanded base preferred", host_with({{end, records(secure, end)}}, true), "dane", end,
       1, "D15"},
      {"S32 expanded base empty: the host name's own",
       host_with({{end, no_data(secure)}, {mx, records(secure, mx)}}, true), "dane", mx, 1, "D15"},
      {"S32 both empty", host_with({{end, no_data(secure)}, {mx, no_data(secure)}}, true),
       "no-records", mx, 0, "S13"},
      {"S32 insecure records at the expanded base: the host name's own count",
       host_with({{end, records(insecure, end)}, {mx, records(secure, mx)}}, true), "dane", mx, 1,
       "D15"},
      {"D17 insecure records, and none elsewhere",
       host_with({{end, records(insecure, end)}, {mx, no_data(secure)}}, true), "insecure", mx, 0,
       "D17"},
      {"S7 expanded base fails: no fallback",
       host_with({{end, failed()}, {mx, records(secure, mx)}}, true), "lookup-failed", mx, 0, "S7"},
      {"S7 fallback fails", host_with({{end, no_data(secure)}, {mx, failed()}}, true),
       "lookup-failed", mx, 0, "S7"},
      {"S7 fallback not asked", host_with({{end, no_data(secure)}}, true), "lookup-failed", mx, 0,
       "S7"},
      {"S33 records behind an alias, all secure",
       host_with({{mx, tlsa(secure, {"_25._tcp.mx.example.com", "tlsa.example"}, {{3, "rsa"}})}}),
       "dane", mx, 1, "D15"},
      {"S33 the alias chain is insecure",
       host_with({{mx, tlsa(insecure, {"_25._tcp.mx.example.com", "tlsa.example"}, {{3, "rsa"}})}}),
       "insecure", mx, 0, "D17"},
  };
}

}  // namespace

TEST_CASE("TLSA outcomes decide whether DANE applies", "[smtp][policy]") {
  for (const auto& c : cases()) {
    INFO(c.what);
    const auto policy = judge_host(name("example.com"), choice(secure), c.host);
    CHECK(to_string(policy.applicability) == c.applicability);
    CHECK(policy.base == name(c.base));
    CHECK(policy.records.size() == c.records);
    CHECK(cites(policy, c.rule));
    CHECK_FALSE(policy.because.empty());
  }
}

TEST_CASE("Where unsigned records stand is told, when a CNAME leads to them", "[smtp][policy]") {
  const auto because = [](const std::vector<std::string>& way) {
    const auto outcome = found(insecure, way, {tlsa_rdata(3, 1, 1, spki_digest("rsa"))});
    return judge_host(name("example.com"), choice(secure), host_with({{"mx.example.com", outcome}}))
        .because;
  };
  CHECK(because({"_25._tcp.mx.example.com"}) == "the TLSA records are not DNSSEC-signed");
  CHECK_THAT(because({"_25._tcp.mx.example.com", "shared.example"}),
             Catch::Contains("to which a CNAME leads (shared.example)"));
}

TEST_CASE("Plans without TLSA end in the matching policy", "[smtp][policy]") {
  HostFacts host;
  host.name = name("mx.example.com");
  host.ipv6 = no_data(secure);
  const auto judged = [&](LookupOutcome ipv4) {
    host.ipv4 = std::move(ipv4);
    return judge_host(name("example.com"), choice(secure), host);
  };
  CHECK(judged(addresses(insecure, {"mx.example.com"}, {"192.0.2.1"})).applicability ==
        Applicability::insecure);
  CHECK(judged(no_data(secure)).applicability == Applicability::unreachable);
  CHECK(judged(failed()).applicability == Applicability::lookup_failed);
  // Behind an insecure alias, before the CNAME was asked: not known, hence not "insecure".
  CHECK(
      judged(addresses(insecure, {"mx.example.com", "end.example"}, {"192.0.2.1"})).applicability ==
      Applicability::lookup_failed);
}

TEST_CASE("Records under three octets are counted, one without data is kept", "[smtp][policy]") {
  const std::vector<dane::Bytes> rdata{{std::byte{3}},
                                       {std::byte{3}, std::byte{1}, std::byte{1}},
                                       tlsa_rdata(3, 1, 1, spki_digest("rsa"))};
  const auto policy = judge_host(
      name("example.com"), choice(secure),
      host_with({{"mx.example.com", found(secure, {"_25._tcp.mx.example.com"}, rdata)}}));
  CHECK(policy.applicability == Applicability::dane);
  CHECK(policy.truncated_records == 1);
  REQUIRE(policy.records.size() == 2);
  CHECK(policy.records[0].association_data.empty());
  CHECK(dane::to_hex(policy.records[1].association_data) == spki_digest("rsa"));
}

TEST_CASE("Reference identifiers", "[smtp][policy]") {
  using Names = std::vector<std::string>;
  const auto domain = name("example.com");
  const std::string mx_name = "mx.example.com";
  const auto own = host_with({{mx_name, records(secure, mx_name)}});
  const auto expanded = host_with({{"end.example", records(secure, "end.example")}}, true);
  // S48, S49: base domain first, then the next-hop.
  CHECK(judge_host(domain, choice(secure), own).references == Names{mx_name, "example.com"});
  // O30: the expanded base takes the place of the host name.
  CHECK(judge_host(domain, choice(secure), expanded).references ==
        Names{"end.example", "example.com"});
  // S50: the expanded next-hop is third.
  CHECK(judge_host(domain, choice(secure, {"example.com", "real.example"}), own).references ==
        Names{mx_name, "example.com", "real.example"});
  // S51: behind an insecure MX the base domain stands alone.
  CHECK(judge_host(domain, choice(insecure, {"example.com", "real.example"}), own).references ==
        Names{mx_name});
  // S52: without MX the domain is the host, expanded or not.
  const auto implicit = choose_hosts(domain, no_data(insecure));
  const auto itself =
      host_with({{"example.com", records(secure, "example.com")}}, false, "example.com");
  CHECK(judge_host(domain, implicit, itself).references == Names{"example.com"});
  const auto itself_expanded =
      host_with({{"end.example", records(secure, "end.example")}}, true, "example.com");
  CHECK(judge_host(domain, implicit, itself_expanded).references ==
        Names{"end.example", "example.com"});
  // A service named by the user: as without MX.
  CHECK(judge_host(name(mx_name), std::nullopt, expanded).references ==
        Names{"end.example", mx_name});
}

TEST_CASE("A base too long for a TLSA owner has no records", "[smtp][policy]") {
  std::string label(61, 'a');
  const auto long_name =
      label + "." + label + "." + label + "." + label.substr(0, 60);  // 248 octets
  const auto policy =
      judge_host(name("example.com"), choice(secure), host_with({}, false, long_name));
  CHECK(policy.applicability == Applicability::no_records);
}
