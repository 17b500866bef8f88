// judge_domain(): what a sender would do with each host.
#include <catch2/catch.hpp>

#include "tests/smtp/judged_host.hpp"

using namespace test;
using namespace dane::smtp;

TEST_CASE("Fates show usability, and matches over all chains", "[smtp][judgement]") {
  const auto host =
      judge(facts_with({{1, "rsa"}, {3, "rsa"}, {3, "other"}},
                       {{first, rsa, presents("rsa")}, {first, ecdsa, presents("ecdsa")}}))
          .hosts.at(0);
  REQUIRE(host.fates.size() == 3);
  CHECK(host.fates[0].unusable == dane::tlsa::Unusable::pkix_usage_for_smtp);
  CHECK(host.fates[1].matches == Indices{0});
  CHECK(host.fates[2].matches.empty());
  CHECK(host.chains.at(0).verification.verdict == dane::verify::Verdict::authenticated);
  CHECK(host.chains.at(1).verification.verdict == dane::verify::Verdict::refuted);
}

TEST_CASE("Chains without SNI are judged beside, not among", "[smtp][judgement]") {
  const auto host = judge(facts_with(both, {{first, rsa, presents("other")},
                                            {first, rsa, presents("rsa"), false}}))
                        .hosts.at(0);
  REQUIRE(host.without_sni.size() == 1);
  CHECK(host.without_sni[0].probe == 1);
  CHECK(host.without_sni[0].verification.verdict == dane::verify::Verdict::authenticated);
  CHECK(host.outcome == HostOutcome::refuted);
}

TEST_CASE("S49 S51 the next-hop name in a certificate counts behind a secure MX only",
          "[smtp][judgement]") {
  const Records ca{{2, "ca"}};
  const std::vector<Shown> probes{{first, ecdsa, presents("nexthop")}};
  CHECK(judge(facts_with(ca, probes, secure)).hosts.at(0).outcome == HostOutcome::verified);
  CHECK(judge(facts_with(ca, probes, insecure)).hosts.at(0).outcome == HostOutcome::refuted);
}

TEST_CASE("S18 half-DANE: an insecure MX, and still DANE for the host", "[smtp][judgement]") {
  const auto judgement = judge(facts_with(both, {{first, rsa, presents("rsa")}}, insecure));
  REQUIRE(judgement.mx);
  CHECK(judgement.mx->security == insecure);
  CHECK(judgement.hosts.at(0).outcome == HostOutcome::verified);
}

TEST_CASE("Records too short to decode leave nothing usable", "[smtp][judgement]") {
  auto facts = facts_with(both, {{first, rsa, presents("rsa")}});
  facts.hosts[0].tlsa[0].outcome = found(secure, {"_25._tcp.mx.example.com"}, {{std::byte{3}}});
  const auto host = judge(facts).hosts.at(0);
  CHECK(host.policy.applicability == Applicability::dane);
  CHECK(host.outcome == HostOutcome::unusable);
}

TEST_CASE("Where DANE does not apply, no chain is judged, and STARTTLS is still looked at",
          "[smtp][judgement]") {
  const std::vector<Shown> probes{{first, rsa, presents("rsa")},
                                  {second, rsa, fails(ProbeFailure::starttls_not_offered)}};
  auto facts = facts_with(both, probes);
  const auto outcome_with = [&](LookupOutcome outcome) {
    facts.hosts[0].tlsa[0].outcome = std::move(outcome);
    const auto host = judge(facts).hosts.at(0);
    CHECK(host.chains.empty());
    CHECK(host.failed_probes == Indices{1});
    return host.outcome;
  };
  CHECK(outcome_with(no_name(secure)) == HostOutcome::no_records);
  CHECK(outcome_with(tlsa(insecure, {"_25._tcp.mx.example.com"}, both)) == HostOutcome::insecure);
  CHECK(outcome_with(failed()) == HostOutcome::undetermined);
}

TEST_CASE("A host without addresses is undetermined", "[smtp][judgement]") {
  auto facts = facts_with(both, {});
  facts.hosts[0].ipv4 = no_data(secure);
  CHECK(judge(facts).hosts.at(0).outcome == HostOutcome::undetermined);
  CHECK(judge(facts).hosts.at(0).policy.applicability == Applicability::unreachable);
}
