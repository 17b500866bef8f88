#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;
constexpr auto owner = "_25._tcp.mx1.example.com";

smtp::DomainFacts facts_with(const std::vector<std::string>& validated) {
  return ecdsa_domain(validated, pki().chain(pki().ecdsa));
}

smtp::DomainFacts& at_server(smtp::DomainFacts& facts, const std::string& server,
                             dns::LookupOutcome outcome) {
  const auto last = std::to_string(50 + facts.authorities.size());
  facts.authorities.push_back({name(server),
                               {IpAddress::parse("192.0.2." + last).value(), 53},
                               name(owner),
                               std::move(outcome)});
  return facts;
}

smtp::DomainFacts everywhere(const std::vector<std::string>& validated,
                             const std::vector<std::string>& first,
                             const std::vector<std::string>& second) {
  auto facts = facts_with(validated);
  at_server(facts, "ns1.example.com", tlsa_found(owner, first, insecure));
  return at_server(facts, "ns2.example.com", tlsa_found(owner, second, insecure));
}

check::CheckOptions renewing(const Issued& leaf, const Issued& issuer) {
  auto with = options();
  with.rehearsal =
      check::Rehearsal{{leaf.certificate, issuer.certificate}, "/etc/ssl/new.pem", std::nullopt};
  return with;
}
check::CheckOptions renewing(const Issued& leaf) {
  return renewing(leaf, pki().intermediate);
}

report::Report wrong_key() {
  auto with = renewing(pki().renewed_same_key);
  with.rehearsal->key_belongs = false;
  const std::vector<std::string> records{ee_ecdsa()};
  return report_on(everywhere(records, records, records), with);
}

report::Report server_down() {
  auto facts = facts_with({ee_ecdsa()});
  at_server(facts, "ns1.example.com", tlsa_found(owner, {ee_ecdsa()}, insecure));
  at_server(facts, "ns2.example.com", failed(FailureKind::timeout));
  return report_on(facts, renewing(pki().renewed_same_key));
}

Issued weak() {
  return issue({.common_name = "mx1",
                .dns_names = {"mx1.example.com"},
                .key = generate_key(x509::KeyType::rsa, 768)},
               &pki().intermediate);
}

smtp::DomainFacts newer_at_servers(const std::vector<std::string>& validated,
                                   const std::vector<std::string>& newer) {
  auto facts = validated.empty() ? domain_with({}) : facts_with(validated);
  at_server(facts, "ns1.example.com", tlsa_found(owner, newer, insecure));
  return at_server(facts, "ns2.example.com", tlsa_found(owner, newer, insecure));
}

smtp::DomainFacts unsigned_records(const std::vector<std::string>& records) {
  auto facts = facts_with(records);
  facts.hosts[0].tlsa[0].outcome = tlsa_found(owner, records, insecure);
  return at_server(facts, "ns1.example.com", tlsa_found(owner, records, insecure));
}

smtp::DomainFacts no_records_and_silence() {
  auto facts = domain_with({});
  return at_server(facts, "ns1.example.com", failed(FailureKind::timeout));
}

smtp::DomainFacts lookup_lost() {
  auto facts = facts_with({ee_ecdsa()});
  facts.hosts[0].tlsa[0].outcome = failed(FailureKind::servfail);
  facts.hosts[0].probes.clear();
  return at_server(facts, "ns1.example.com", tlsa_found(owner, {ee_ecdsa()}, insecure));
}
smtp::DomainFacts no_hosts() {
  auto facts = sound_domain();
  facts.mx = mx_found("example.com", {{0, "."}});
  facts.hosts.clear();
  return facts;
}

}  // namespace

std::vector<Scenario> rehearsal_scenarios() {
  const auto next = in_parameters("3 1 1", key_sha256(pki().renewed.key));
  const std::vector<std::string> old_only{ee_ecdsa()};
  const std::vector<std::string> both{ee_ecdsa(), next};
  const std::vector<std::string> ta{in_parameters("2 1 1", key_sha256(pki().intermediate.key))};
  const auto present512 = in_parameters("3 1 2", key_sha512(pki().ecdsa.key));
  const auto next512 = in_parameters("3 1 2", key_sha512(pki().renewed.key));
  return {
      {"the new key is published everywhere",
       "rehearsal-ok",
       S::note,
       {"O34", "S57"},
       {"/etc/ssl/new.pem", "2 authoritative servers", "Its key is new"},
       {},
       report_on(everywhere(both, both, both), renewing(pki().renewed))},
      {"the key stays",
       "rehearsal-ok",
       S::note,
       {},
       {"nothing changes in the DNS"},
       {},
       report_on(everywhere(old_only, old_only, old_only), renewing(pki().renewed_same_key))},
      {"the issuer stays",
       "rehearsal-ok",
       S::note,
       {},
       {},
       {},
       report_on(everywhere(ta, ta, ta), renewing(pki().renewed))},
      {"the new key is published nowhere",
       "rehearsal-fails",
       S::critical,
       {"O34", "S57"},
       {"would be refused", std::string(owner) + ". 3600 IN TLSA " + next,
        "2 x TTL (2 x 3600 s, 2 hours)", "Last, remove " + ee_ecdsa()},
       {},
       report_on(everywhere(old_only, old_only, old_only), renewing(pki().renewed))},
      {"no authoritative server was asked",
       "rehearsal-fails",
       S::critical,
       {},
       {next},
       {},
       report_on(facts_with(old_only), renewing(pki().renewed))},
      {"another intermediate signs",
       "rehearsal-fails",
       S::critical,
       {},
       {"would be refused",
        "IN TLSA 2 1 1 " + key_sha256(pki().other_intermediate.key) + " ; new issuer\nWait"},
       {},
       report_on(everywhere(ta, ta, ta),
                 renewing(pki().renewed_elsewhere, pki().other_intermediate))},
      {"the new certificate has a weak key",
       "rehearsal-fails",
       S::critical,
       {},
       {"RSA with 768 bits", "get a certificate for a new key"},
       {},
       report_on(everywhere(ta, ta, ta), renewing(weak()))},
      {"the new certificate has another name",
       "rehearsal-fails",
       S::critical,
       {},
       {"www.example.net", "issued again with the name mx1.example.com"},
       {},
       report_on(everywhere(ta, ta, ta), renewing(pki().wrong_name))},
      {"SHA-512 stands beside: 3 1 1 alone would be set aside",
       "rehearsal-fails",
       S::critical,
       {},
       {"IN TLSA " + next + " ; new ECDSA\n", "IN TLSA " + next512 + " ; new ECDSA\n"},
       {},
       report_on(facts_with({ee_ecdsa(), present512}), renewing(pki().renewed))},
      {"the new key has SHA-256 only, the present one SHA-512 only",
       "rehearsal-fails",
       S::critical,
       {},
       {"IN TLSA " + next512 + " ; new ECDSA\n", "IN TLSA " + ee_ecdsa() + " ; ECDSA\n"},
       {"tlsa-digests-differ"},
       report_on(facts_with({present512, next}), renewing(pki().renewed))},
      {"the resolver still denies what the servers have",
       "rehearsal-fails",
       S::critical,
       {},
       {"other records than the resolver still holds", "IN TLSA " + next},
       {},
       report_on(newer_at_servers({}, old_only), renewing(pki().renewed))},
      {"the resolver still holds what the servers have taken back",
       "rehearsal-fails",
       S::critical,
       {},
       {"other records than the resolver still holds", "IN TLSA " + next},
       {},
       report_on(newer_at_servers(both, old_only), renewing(pki().renewed))},
      {"only SHA-512 stands for the new key: clients without it refuse",
       "rehearsal-needs-sha512",
       S::warning,
       {"S37", "O2"},
       {"passes by a SHA-512 record alone", "IN TLSA " + next + " ; new ECDSA"},
       {"tlsa-digests-differ"},
       report_on(facts_with({ee_ecdsa(), present512, next512}), renewing(pki().renewed))},
      {"the same for both: a renewal changes nothing",
       "rehearsal-ok",
       S::note,
       {},
       {},
       {"tlsa-sha512-only"},
       report_on(facts_with({present512, next512}), renewing(pki().renewed))},
      {"the file is not the renewal's: expired",
       "rehearsal-out-of-date",
       S::warning,
       {"S40"},
       {"/etc/ssl/new.pem", "2026-11-01", "Is it the file of the renewal?"},
       {},
       report_on(facts_with({ee_ecdsa(), in_parameters("3 1 1", key_sha256(pki().expired.key))}),
                 renewing(pki().expired))},
      {"what may be improved waits for the renewal",
       "tlsa-full-data",
       S::warning,
       {},
       {"First do what rehearsal-fails says"},
       {"rehearsal-fails"},
       report_on(facts_with({in_parameters("3 1 0", to_hex(to_bytes(spki_of(pki().ecdsa.key))))}),
                 renewing(pki().renewed))},
      {"unsigned records bind nobody",
       "rehearsal-no-records",
       S::note,
       {"S13"},
       {},
       {},
       report_on(unsigned_records(old_only), renewing(pki().renewed))},
      {"no records, and a server that could not be asked",
       "rehearsal-authority-failed",
       S::unknown,
       {},
       {"ns1.example.com"},
       {},
       report_on(no_records_and_silence(), renewing(pki().renewed))},
      {"one server has nothing usable",
       "rehearsal-server-differs",
       S::warning,
       {},
       {"ns2.example.com", "no usable TLSA record"},
       {},
       report_on(everywhere(both, both, {"9 1 1 " + std::string(64, 'a')}),
                 renewing(pki().renewed))},
      {"the new certificate ends soon",
       "rehearsal-ok",
       S::note,
       {},
       {"But it expires on 2026-11-26"},
       {},
       report_on(everywhere(ta, ta, ta), renewing(pki().ending))},
      {"the second server lags",
       "rehearsal-server-differs",
       S::critical,
       {"O34"},
       {"ns2.example.com (192.0.2.51)"},
       {},
       report_on(everywhere(both, both, old_only), renewing(pki().renewed))},
      {"the second server lags, and the cache",
       "rehearsal-server-differs",
       S::critical,
       {},
       {"ns2.example.com"},
       {},
       report_on(everywhere(old_only, both, old_only), renewing(pki().renewed))},
      {"only the cache is old",
       "rehearsal-cached",
       S::warning,
       {"O39"},
       {"3600 s", "Wait"},
       {},
       report_on(everywhere(old_only, both, both), renewing(pki().renewed))},
      {"the private key is another's",
       "rehearsal-key-mismatch",
       S::critical,
       {},
       {"/etc/ssl/new.pem"},
       {},
       wrong_key()},
      {"the second server does not answer",
       "rehearsal-authority-failed",
       S::unknown,
       {},
       {"ns2.example.com", "timeout"},
       {},
       server_down()},
      {"0 1 1 only",
       "rehearsal-all-unusable",
       S::warning,
       {"S12"},
       {std::string(owner) + ". 3600 IN TLSA " + next},
       {"tlsa-all-unusable", "tlsa-pkix-usage"},
       report_on(facts_with({in_parameters("0 1 1", key_sha256(pki().root.key))}),
                 renewing(pki().renewed))},
      {"no TLSA records",
       "rehearsal-no-records",
       S::note,
       {"S13"},
       {"breaks nothing"},
       {},
       report_on(facts_with({}), renewing(pki().renewed))},
      {"SHA-512 alone: the key in use needs its SHA-256 record too",
       "rehearsal-fails",
       S::critical,
       {"O34"},
       {"3600 IN TLSA " + next, "3600 IN TLSA " + ee_ecdsa(),
        "3600 IN TLSA " + in_parameters("3 1 2", key_sha512(pki().renewed.key))},
       {"tlsa-sha512-only"},
       report_on(facts_with({in_parameters("3 1 2", key_sha512(pki().ecdsa.key))}),
                 renewing(pki().renewed))},
      {"the TLSA lookup fails",
       "rehearsal-impossible",
       S::unknown,
       {"O34", "D24"},
       {"could not be rehearsed", "ns1.example.com", "would refuse it"},
       {"dns-lookup-failed"},
       report_on(lookup_lost(), renewing(pki().renewed))},
      {"no host to rehearse for",
       "rehearsal-impossible",
       S::unknown,
       {"O34"},
       {"no mail host", "--host"},
       {},
       report_on(no_hosts(), renewing(pki().renewed))},
  };
}

}  // namespace dane::test
