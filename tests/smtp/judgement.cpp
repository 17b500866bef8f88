// judge_domain(): what a sender would do with each host.
#include <catch2/catch.hpp>

#include "tests/smtp/support.hpp"

using namespace test;
using namespace dane::smtp;

namespace {

struct Shown {
  std::string address;
  Offer offer;
  ProbeResult result;
  bool sni = true;
};

DomainFacts facts_with(const std::vector<std::pair<unsigned, std::string>>& records,
                       const std::vector<Shown>& probes, Security mx_security = secure) {
  DomainFacts facts;
  facts.domain = name("example.com");
  facts.mx = mx(mx_security, {"example.com"}, {{10, "mx.example.com"}});
  HostFacts host;
  host.name = name("mx.example.com");
  host.ipv4 = addresses(secure, {"mx.example.com"}, {"192.0.2.1", "192.0.2.2"});
  host.ipv6 = no_data(secure);
  host.tlsa.push_back({host.name, name("_25._tcp.mx.example.com"),
                       tlsa(secure, {"_25._tcp.mx.example.com"}, records)});
  for (const auto& shown : probes) {
    ProbeRequest request;
    request.endpoint = {ip(shown.address), 25};
    request.host = host.name;
    request.offer = shown.offer;
    if (shown.sni) request.server_name = host.name;
    host.probes.push_back({request, shown.result});
  }
  facts.hosts.push_back(std::move(host));
  return facts;
}

const std::string first = "192.0.2.1";
const std::string second = "192.0.2.2";
const auto rsa = Offer::rsa;
const auto ecdsa = Offer::ecdsa;
using F = ProbeFailure;
using Records = std::vector<std::pair<unsigned, std::string>>;
using Indices = std::vector<std::size_t>;

const Records both{{3, "rsa"}, {3, "ecdsa"}};

struct Case {
  const char* what;
  Records records;
  std::vector<Shown> probes;
  std::string outcome;
  Indices chains, failed, missing, untestable;
};

std::vector<Case> cases() {
  const auto good_rsa = presents("rsa");
  const auto good_ecdsa = presents("ecdsa");
  return {
      {"S46 all chains authenticate",
       both,
       {{first, rsa, good_rsa}, {first, ecdsa, good_ecdsa}},
       "verified",
       {0, 1},
       {},
       {},
       {}},
      {"S65 one of two addresses shows another chain",
       both,
       {{first, rsa, good_rsa},
        {first, ecdsa, good_ecdsa},
        {second, rsa, good_rsa},
        {second, ecdsa, presents("other")}},
       "refuted",
       {0, 1, 2, 3},
       {},
       {},
       {}},
      {"one key type is not covered",
       {{3, "rsa"}},
       {{first, rsa, good_rsa}, {first, ecdsa, good_ecdsa}},
       "refuted",
       {0, 1},
       {},
       {},
       {}},
      {"a server without an ECDSA chain",
       both,
       {{first, rsa, good_rsa}, {first, ecdsa, fails(F::handshake_failed)}},
       "verified",
       {0},
       {},
       {1},
       {}},
      {"every handshake fails",
       both,
       {{first, rsa, fails(F::handshake_failed)},
        {first, ecdsa, fails(F::handshake_failed)},
        {first, Offer::any, fails(F::handshake_failed)}},
       "refuted",
       {},
       {0, 1, 2},
       {},
       {}},
      {"only the third offer works",
       both,
       {{first, rsa, fails(F::handshake_failed)},
        {first, ecdsa, fails(F::handshake_failed)},
        {first, Offer::any, good_rsa}},
       "verified",
       {2},
       {},
       {0, 1},
       {}},
      {"the chain at another address does not excuse this one",
       both,
       {{first, rsa, good_rsa},
        {second, rsa, fails(F::handshake_failed)},
        {second, ecdsa, fails(F::handshake_failed)}},
       "refuted",
       {0},
       {1, 2},
       {},
       {}},
      {"one offer fails, the other cannot be tested: not known",
       both,
       {{first, rsa, fails(F::handshake_failed)}, {first, ecdsa, fails(F::greeting_rejected)}},
       "undetermined",
       {},
       {},
       {},
       {0, 1}},
      {"S15 S36 no STARTTLS",
       both,
       {{first, rsa, fails(F::starttls_not_offered)},
        {first, ecdsa, fails(F::starttls_not_offered)}},
       "refuted",
       {},
       {0, 1},
       {},
       {}},
      {"S36 no STARTTLS, though no record is usable",
       {{1, "rsa"}},
       {{first, rsa, fails(F::starttls_not_offered)}},
       "refuted",
       {},
       {0},
       {},
       {}},
      {"O51 one address without STARTTLS",
       both,
       {{first, rsa, good_rsa}, {second, rsa, fails(F::starttls_rejected)}},
       "refuted",
       {0},
       {1},
       {},
       {}},
      {"plaintext injected",
       both,
       {{first, rsa, good_rsa}, {first, ecdsa, fails(F::plaintext_injected)}},
       "refuted",
       {0},
       {1},
       {},
       {}},
      {"not SMTP", both, {{first, rsa, fails(F::not_the_protocol)}}, "refuted", {}, {0}, {}, {}},
      {"no certificate",
       both,
       {{first, rsa, fails(F::no_certificate)}},
       "refuted",
       {},
       {0},
       {},
       {}},
      {"presented, but empty",
       both,
       {{first, rsa, {dane::probe::Presented{"TLSv1.3", "", {}}, {}}}},
       "refuted",
       {},
       {0},
       {},
       {}},
      {"S12 no record is usable",
       {{0, "ca"}, {1, "rsa"}},
       {{first, rsa, good_rsa}, {first, ecdsa, good_ecdsa}},
       "unusable",
       {0, 1},
       {},
       {},
       {}},
      {"S44 S45 usage 1 beside usage 3: the usable one decides",
       {{1, "rsa"}, {3, "other"}},
       {{first, rsa, good_rsa}},
       "refuted",
       {0},
       {},
       {},
       {}},
      {"nothing could be tested",
       both,
       {{first, rsa, fails(F::connect_timeout)}, {first, ecdsa, fails(F::refused)}},
       "undetermined",
       {},
       {},
       {},
       {0, 1}},
      {"some addresses could not be tested, the others verify",
       both,
       {{first, rsa, good_rsa},
        {first, ecdsa, good_ecdsa},
        {second, rsa, fails(F::no_route)},
        {second, ecdsa, fails(F::connect_failed)}},
       "verified",
       {0, 1},
       {},
       {},
       {2, 3}},
      {"load and tarpits are not refutations",
       both,
       {{first, rsa, fails(F::greeting_rejected)},
        {first, ecdsa, fails(F::greeting_timeout)},
        {second, rsa, fails(F::closed)},
        {second, ecdsa, fails(F::timeout)}},
       "undetermined",
       {},
       {},
       {},
       {0, 1, 2, 3}},
      {"a probe that the evidence lacks",
       both,
       {{first, rsa, fails(F::not_recorded)}},
       "undetermined",
       {},
       {},
       {},
       {0}},
      {"not probed", both, {}, "undetermined", {}, {}, {}, {}},
      {"without SNI nothing is decided: it may be wrong",
       both,
       {{first, rsa, good_rsa}, {first, rsa, presents("other"), false}},
       "verified",
       {0},
       {},
       {},
       {}},
      {"nor may it be right",
       both,
       {{first, rsa, presents("other")}, {first, rsa, good_rsa, false}},
       "refuted",
       {0},
       {},
       {},
       {}},
      {"nor does it show that a key type is missing",
       both,
       {{first, rsa, fails(F::handshake_failed)},
        {first, rsa, good_rsa, false},
        {first, ecdsa, fails(F::handshake_failed), false}},
       "refuted",
       {},
       {0},
       {},
       {}},
  };
}

Indices indices(const std::vector<ChainJudgement>& chains) {
  Indices all;
  for (const auto& chain : chains) all.push_back(chain.probe);
  return all;
}

}  // namespace

TEST_CASE("Probes lead to an outcome of the host", "[smtp][judgement]") {
  for (const auto& c : cases()) {
    INFO(c.what);
    const auto host = judge(facts_with(c.records, c.probes)).hosts.at(0);
    CHECK(to_string(host.outcome) == c.outcome);
    CHECK(indices(host.chains) == c.chains);
    CHECK(host.failed_probes == c.failed);
    CHECK(host.missing_chains == c.missing);
    CHECK(host.untestable == c.untestable);
    CHECK(host.fates.size() == c.records.size());
  }
}

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
                                  {second, rsa, fails(F::starttls_not_offered)}};
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
