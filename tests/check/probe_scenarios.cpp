#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;
using probe::Offer;
using probe::ProbeFailure;

smtp::DomainFacts both_fail(ProbeFailure kind, bool dane, const std::string& reply = {}) {
  auto facts = dane ? sound_domain() : domain_with({});
  facts.hosts[0].probes = {fails("192.0.2.1", Offer::rsa, "mx1.example.com", kind, reply),
                           fails("192.0.2.1", Offer::ecdsa, "mx1.example.com", kind, reply)};
  return facts;
}

smtp::DomainFacts second_address(const std::string& address, ProbeFailure kind) {
  auto facts = sound_domain();
  auto& host = facts.hosts[0];
  const bool v6 = address.find(':') != std::string::npos;
  if (v6)
    host.ipv6 = addresses("mx1.example.com", {address});
  else
    host.ipv4 = addresses("mx1.example.com", {"192.0.2.1", address});
  for (const auto offer : {Offer::rsa, Offer::ecdsa})
    host.probes.push_back(fails(address, offer, "mx1.example.com", kind));
  return facts;
}

smtp::DomainFacts with_reference(bool reached) {
  auto facts = both_fail(ProbeFailure::connect_timeout, true);
  smtp::ReferenceFacts reference;
  reference.host = name("reference.example.net");
  reference.ipv4 = addresses("reference.example.net", {"198.51.100.1"});
  reference.probes = {
      reached ? shows("198.51.100.1", Offer::any, "reference.example.net", pki().chain(pki().old))
              : fails("198.51.100.1", Offer::any, "reference.example.net",
                      ProbeFailure::connect_timeout)};
  facts.reference = std::move(reference);
  return facts;
}

smtp::DomainFacts second_connection_refused() {
  auto facts = sound_domain();
  facts.hosts[0].probes[0] =
      fails("192.0.2.1", Offer::rsa, "mx1.example.com", ProbeFailure::refused);
  return facts;
}

smtp::DomainFacts never_probed() {
  auto facts = sound_domain();
  facts.hosts[0].probes.clear();
  return facts;
}

smtp::DomainFacts empty_chain() {
  auto facts = sound_domain();
  for (auto& probe : facts.hosts[0].probes)
    std::get<probe::Presented>(probe.result.outcome).chain.clear();
  return facts;
}

void add(std::vector<Scenario>& all, ProbeFailure kind, const std::string& id, bool severe,
         std::vector<std::string> rules, const std::string& phrase) {
  all.push_back({to_string(kind) + " with DANE",
                 id,
                 severe ? S::critical : S::unknown,
                 rules,
                 {phrase, "mx1.example.com [192.0.2.1]:25", "said so"},
                 {},
                 report_on(both_fail(kind, true, "said so"))});
  all.push_back({to_string(kind) + " without DANE",
                 id,
                 kind == ProbeFailure::not_the_protocol ? S::critical
                 : severe                               ? S::warning
                                                        : S::unknown,
                 std::move(rules),
                 {phrase},
                 {},
                 report_on(both_fail(kind, false))});
}

}  // namespace

std::vector<Scenario> probe_scenarios() {
  std::vector<Scenario> all;
  add(all, ProbeFailure::starttls_not_offered, "starttls-not-offered", true, {"S15", "S36"},
      "does not offer STARTTLS");
  add(all, ProbeFailure::starttls_rejected, "starttls-rejected", true, {"S36"}, "refuses it");
  add(all, ProbeFailure::handshake_failed, "tls-handshake-failed", true, {"S15"},
      "handshake fails");
  add(all, ProbeFailure::no_certificate, "no-certificate", true, {"S15"}, "no certificate");
  add(all, ProbeFailure::not_the_protocol, "not-smtp", true, {"S15"}, "does not speak");
  add(all, ProbeFailure::plaintext_injected, "plaintext-injected", true, {"S15"}, "before TLS");
  add(all, ProbeFailure::closed, "server-closed", false, {}, "closes the connection");
  add(all, ProbeFailure::greeting_rejected, "greeting-rejected", false, {}, "could not be tested");
  add(all, ProbeFailure::greeting_timeout, "greeting-timeout", false, {}, "greeting");
  add(all, ProbeFailure::timeout, "probe-timeout", false, {}, "in time");
  add(all, ProbeFailure::no_time, "out-of-time", false, {}, "--timeout");
  add(all, ProbeFailure::not_recorded, "evidence-incomplete", false, {}, "evidence");
  const std::vector<Scenario> more{
      {"an empty chain", "no-certificate", S::critical, {}, {}, {}, report_on(empty_chain())},
      {"never probed",
       "probe-timeout",
       S::unknown,
       {},
       {"No connection"},
       {},
       report_on(never_probed())},
      {"refused",
       "host-unreachable",
       S::unknown,
       {},
       {"192.0.2.1", "refused", "port 25"},
       {},
       report_on(both_fail(ProbeFailure::refused, true))},
      {"IPv6 only, no route",
       "host-unreachable",
       S::unknown,
       {},
       {"IPv6"},
       {},
       [] {
         auto facts = second_address("2001:db8::1", ProbeFailure::no_route);
         facts.hosts[0].ipv4 = absent();
         facts.hosts[0].probes.erase(facts.hosts[0].probes.begin(),
                                     facts.hosts[0].probes.begin() + 2);
         return report_on(facts);
       }()},
      {"the second address is down",
       "address-unreachable",
       S::warning,
       {"S65"},
       {"192.0.2.9 (the connection was refused)"},
       {},
       report_on(second_address("192.0.2.9", ProbeFailure::refused))},
      {"no route to IPv6",
       "ipv6-no-route",
       S::note,
       {},
       {"2001:db8::1", "no fault of the server"},
       {},
       report_on(second_address("2001:db8::1", ProbeFailure::no_route))},
      {"one connection of two refused",
       "server-closed",
       S::unknown,
       {},
       {"limit connections"},
       {},
       report_on(second_connection_refused())},
      {"the port is blocked here",
       "port-25-blocked",
       S::unknown,
       {},
       {"reference.example.net", "says nothing about"},
       {},
       report_on(with_reference(false))},
      {"the port is not blocked here",
       "host-unreachable",
       S::unknown,
       {},
       {"reference.example.net, could be reached"},
       {},
       report_on(with_reference(true))},
  };
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace dane::test
