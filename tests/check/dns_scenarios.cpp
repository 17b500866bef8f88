#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;

smtp::DomainFacts with_mx(dns::LookupOutcome mx) {
  auto facts = sound_domain();
  facts.mx = std::move(mx);
  facts.hosts.clear();
  return facts;
}

smtp::DomainFacts with_tlsa(dns::LookupOutcome tlsa) {
  auto facts = sound_domain();
  facts.hosts[0].tlsa[0].outcome = std::move(tlsa);
  facts.hosts[0].probes.clear();
  return facts;
}

smtp::DomainFacts with_addresses(dns::LookupOutcome ipv4, dns::LookupOutcome ipv6) {
  auto facts = sound_domain();
  facts.hosts[0].ipv4 = std::move(ipv4);
  facts.hosts[0].ipv6 = std::move(ipv6);
  facts.hosts[0].tlsa.clear();
  facts.hosts[0].probes.clear();
  return facts;
}

smtp::DomainFacts ipv4_only() {
  auto facts = sound_domain();
  facts.hosts[0].ipv6.reset();
  return facts;
}

smtp::DomainFacts dead_alias() {
  auto none = std::get<Absent>(absent(false));
  none.alias_target = name("gone.example.com");
  auto facts = domain_with({});
  facts.hosts[0].tlsa[0].outcome = none;
  return facts;
}

smtp::DomainFacts with_resolver(dns::LookupOutcome self_test) {
  auto facts = sound_domain();
  facts.self_test = std::move(self_test);
  facts.mx = mx_found("example.com", {{10, "mx1.example.com"}}, insecure);
  facts.hosts[0].ipv4 = addresses("mx1.example.com", {"192.0.2.1"}, insecure);
  facts.hosts[0].ipv6 = absent(true, insecure);
  facts.hosts[0].tlsa.clear();
  return facts;
}

smtp::DomainFacts without_records() {
  return domain_with({});
}

check::CheckOptions requiring() {
  auto with = options();
  with.require_dane = true;
  return with;
}

smtp::DomainFacts with_alias() {
  auto facts = sound_domain();
  auto& answer = std::get<Found<dns::Answer>>(*facts.hosts[0].ipv4).value;
  answer.canonical_name = name("real.example.com");
  answer.aliases = {{name("mx1.example.com"), name("real.example.com"), std::chrono::seconds(60)}};
  facts.hosts[0].tlsa = {{name("real.example.com"), name("_25._tcp.real.example.com"), absent()},
                         {name("mx1.example.com"), name("_25._tcp.mx1.example.com"),
                          tlsa_found("_25._tcp.mx1.example.com", {ee_ecdsa(), ee_rsa()})}};
  return facts;
}

smtp::DomainFacts with_second_host_bare() {
  auto facts = sound_domain();
  add_second_host(facts);
  facts.hosts[1].tlsa[0].outcome = absent(false);
  return facts;
}

smtp::DomainFacts with_second_host_lost() {
  auto facts = sound_domain();
  add_second_host(facts);
  facts.hosts[1].ipv4 = absent();
  facts.hosts[1].tlsa.clear();
  facts.hosts[1].probes.clear();
  return facts;
}

smtp::DomainFacts with_misplaced() {
  auto facts = without_records();
  facts.misplaced = smtp::TlsaFacts{name("example.com"), name("_25._tcp.example.com"),
                                    tlsa_found("_25._tcp.example.com", {ee_ecdsa()})};
  return facts;
}

smtp::DomainFacts with_signature(const dns::Signature& made) {
  auto facts = sound_domain();
  std::get<Found<dns::Answer>>(facts.hosts[0].tlsa[0].outcome).value.signatures = {made};
  return facts;
}

smtp::DomainFacts with_mx_signature() {
  auto facts = sound_domain();
  std::get<Found<dns::Answer>>(*facts.mx).value.signatures = {
      signature("example.com", dns::RecordType::mx, std::chrono::days(20), std::chrono::hours(20))};
  return facts;
}

smtp::DomainFacts with_cuts() {
  auto facts = sound_domain();
  facts.hosts_cut = 7;
  return facts;
}

smtp::DomainFacts with_address_cut() {
  auto facts = sound_domain();
  facts.hosts[0].addresses_cut = 3;
  return facts;
}

smtp::DomainFacts with_malformed_mx() {
  auto facts = sound_domain();
  std::get<Found<dns::Answer>>(*facts.mx).value.rdata.push_back(to_bytes("x"));
  return facts;
}

smtp::DomainFacts half_dane() {
  auto facts = sound_domain();
  facts.mx = mx_found("example.com", {{10, "mx1.example.com"}}, insecure);
  return facts;
}

smtp::DomainFacts implicit() {
  auto facts = sound_domain();
  facts.domain = name("mx1.example.com");
  facts.mx = absent();
  return facts;
}

smtp::DomainFacts mixed_null_mx() {
  auto facts = sound_domain();
  facts.mx = mx_found("example.com", {{0, "."}, {10, "mx1.example.com"}});
  return facts;
}

smtp::DomainFacts with_ipv6_only_asked() {
  auto facts = sound_domain();
  facts.hosts[0].ipv4.reset();
  facts.hosts[0].ipv6 = absent();
  facts.hosts[0].probes.clear();
  return facts;
}

}  // namespace

std::vector<Scenario> dns_scenarios() {
  const auto bogus = failed(FailureKind::bogus, "signature expired");
  const auto servfail = failed(FailureKind::servfail);
  const auto timeout = failed(FailureKind::timeout);
  const auto disagree = failed(FailureKind::disagreement);
  const auto tlsa_owner = "_25._tcp.mx1.example.com";
  return {
      {"bogus MX",
       "dns-bogus",
       S::critical,
       {"S5", "D16"},
       {"example.com MX", "signature expired", "delv MX example.com"},
       {},
       report_on(with_mx(bogus))},
      {"bogus A and AAAA",
       "dns-bogus",
       S::critical,
       {"S6", "S7"},
       {"mx1.example.com A and mx1.example.com AAAA", "DS record"},
       {},
       report_on(with_addresses(bogus, bogus))},
      {"bogus TLSA",
       "dns-bogus",
       S::critical,
       {"S7", "S14", "D16"},
       {"_25._tcp.mx1.example.com TLSA"},
       {},
       report_on(with_tlsa(bogus))},
      {"SERVFAIL for MX",
       "dns-lookup-failed",
       S::unknown,
       {"S5"},
       {"SERVFAIL", "not the same as \"no record\""},
       {},
       report_on(with_mx(servfail))},
      {"SERVFAIL for TLSA",
       "dns-lookup-failed",
       S::unknown,
       {"S7", "S14"},
       {"SERVFAIL"},
       {},
       report_on(with_tlsa(servfail))},
      {"no answer for A",
       "dns-lookup-failed",
       S::unknown,
       {"S6"},
       {"no answer came in time"},
       {},
       report_on(with_addresses(timeout, absent()))},
      {"not in the evidence",
       "evidence-incomplete",
       S::unknown,
       {"S7"},
       {"evidence", "--save"},
       {},
       report_on(with_tlsa(failed(FailureKind::not_recorded)))},
      {"validators disagree",
       "dns-validators-disagree",
       S::unknown,
       {"S7"},
       {"two validators"},
       {},
       report_on(with_tlsa(disagree))},
      {"IPv6 was left out",
       "family-left-out",
       S::note,
       {},
       {"IPv6 addresses were not asked for", "without -4"},
       {},
       report_on(ipv4_only())},
      {"the resolver strips DNSSEC",
       "resolver-not-validating",
       S::unknown,
       {"S4", "X1"},
       {"--resolver"},
       {},
       report_on(with_resolver(found(".", {to_bytes("soa")}, insecure)))},
      {"the resolver strips DNSSEC, DANE demanded",
       "resolver-not-validating",
       S::unknown,
       {"S4"},
       {"--resolver"},
       {},
       report_on(with_resolver(found(".", {to_bytes("soa")}, insecure)), requiring())},
      {"the root is bogus",
       "resolver-not-validating",
       S::unknown,
       {"S4"},
       {"trust anchor"},
       {},
       report_on(with_resolver(failed(FailureKind::bogus)))},
      {"the self-test fails",
       "resolver-failed",
       S::unknown,
       {"S4"},
       {"servfail", "not known whether"},
       {},
       report_on(with_resolver(servfail))},
      {"the resolver is silent",
       "resolver-failed",
       S::unknown,
       {"S4"},
       {"timeout", "--timeout"},
       {},
       report_on(with_resolver(failed(FailureKind::timeout)))},
      {"the evidence holds no self-test",
       "host-insecure",
       S::note,
       {},
       {},
       {},
       report_on(with_resolver(failed(FailureKind::not_recorded)))},
      {"an alias at the TLSA owner that leads to nothing",
       "tlsa-absent",
       S::note,
       {"S30"},
       {"_25._tcp.mx1.example.com is a CNAME for gone.example.com, which has none", " ; RSA\n",
        "replace that CNAME by the records above"},
       {},
       report_on(dead_alias())},
      {"no such domain",
       "domain-not-found",
       S::critical,
       {"S5"},
       {"NXDOMAIN"},
       {},
       report_on(with_mx(absent(false)))},
      {"null MX",
       "null-mx",
       S::note,
       {"N1", "N3", "S24"},
       {"accepts no mail"},
       {},
       report_on(with_mx(mx_found("example.com", {{0, "."}})))},
      {"null MX beside another",
       "null-mx-mixed",
       S::critical,
       {"N2"},
       {"RFC 7505"},
       {},
       report_on(mixed_null_mx())},
      {"no MX", "implicit-mx", S::note, {"S23"}, {"no MX record"}, {}, report_on(implicit())},
      {"an MX record of one octet",
       "mx-malformed",
       S::warning,
       {"S5"},
       {"1 MX record"},
       {},
       report_on(with_malformed_mx())},
      {"no MX record decodes",
       "mx-malformed",
       S::critical,
       {"S5"},
       {"No other is left"},
       {},
       report_on(with_mx(found("example.com", {to_bytes("x")})))},
      {"insecure MX, secure host",
       "mx-insecure",
       S::warning,
       {"S18", "S19"},
       {"not signed", "Sign the zone"},
       {},
       report_on(half_dane())},
      {"the same, DANE demanded",
       "mx-insecure",
       S::critical,
       {"S21"},
       {"not signed"},
       {},
       report_on(half_dane(), requiring())},
      {"the MX host is an alias",
       "mx-target-alias",
       S::warning,
       {"X11"},
       {"RFC 2181", "alias (CNAME) of real.example.com", "_25._tcp.real.example.com"},
       {},
       report_on(with_alias())},
      {"too many hosts", "hosts-cut", S::warning, {}, {"7"}, {}, report_on(with_cuts())},
      {"too many addresses",
       "addresses-cut",
       S::warning,
       {},
       {"3"},
       {},
       report_on(with_address_cut())},
      {"the only host has no address",
       "host-no-address",
       S::critical,
       {"S27"},
       {"neither A nor AAAA"},
       {},
       report_on(with_addresses(absent(), absent()))},
      {"-6 and the host has IPv4 only",
       "family-left-out",
       S::unknown,
       {"S27"},
       {"no AAAA record", "without -4 or -6"},
       {},
       report_on(with_ipv6_only_asked())},
      {"the second host has no address",
       "host-no-address",
       S::warning,
       {"S27"},
       {"mx2.example.com", "Other hosts"},
       {},
       report_on(with_second_host_lost())},
      {"insecure addresses",
       "host-insecure",
       S::note,
       {"S26"},
       {"DANE does not apply"},
       {},
       report_on(with_addresses(addresses("mx1.example.com", {"192.0.2.1"}, insecure),
                                absent(true, insecure)))},
      {"insecure TLSA",
       "host-insecure",
       S::note,
       {"D17"},
       {"DANE does not apply"},
       {},
       report_on(with_tlsa(tlsa_found(tlsa_owner, {ee_ecdsa()}, insecure)))},
      {"no TLSA records",
       "tlsa-absent",
       S::note,
       {"S13"},
       {tlsa_owner, "To begin with DANE", ee_ecdsa(), ee_rsa()},
       {},
       report_on(without_records())},
      {"no TLSA records, DANE demanded",
       "dane-required",
       S::critical,
       {"S16"},
       {"no TLSA records"},
       {},
       report_on(without_records(), requiring())},
      {"one host without records",
       "dane-partial",
       S::warning,
       {"S66"},
       {"(mx1.example.com)", "(mx2.example.com)"},
       {},
       report_on(with_second_host_bare())},
      {"records at the domain",
       "tlsa-at-domain",
       S::warning,
       {"S31"},
       {"_25._tcp.example.com", tlsa_owner},
       {},
       report_on(with_misplaced())},
      {"the TLSA signature ends",
       "rrsig-expiring",
       S::warning,
       {"O55", "O57"},
       {"_25._tcp.mx1.example.com TLSA expires at 2026-11-21T20:00:00Z", "zone example.com"},
       {},
       report_on(with_signature(signature(tlsa_owner, dns::RecordType::tlsa, std::chrono::days(20),
                                          std::chrono::hours(20))))},
      {"the MX signature ends",
       "rrsig-expiring",
       S::warning,
       {"O57"},
       {"example.com MX expires"},
       {},
       report_on(with_mx_signature())},
  };
}

}  // namespace dane::test
