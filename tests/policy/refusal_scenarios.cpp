#include <functional>

#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;

World world_with(const std::string& entry, postfix::ConnectionFacts facts) {
  World world;
  world.entry = entry;
  world.servers = {ServerSpec{}};
  world.servers[0].facts = std::move(facts);
  return world;
}

World secure_with(const x509::Chain& chain, const std::string& entry = "secure") {
  return world_with(entry, tls(chain));
}

std::vector<Finding> findings(const World& world) {
  return report_on(world).findings;
}

World changed(World world, const std::function<void(World&)>& change) {
  change(world);
  return world;
}

World dane_world(const std::string& entry, bool matches) {
  World world;
  world.main_cf = {{"smtp_dns_support_level", "dnssec"}};
  world.entry = entry;
  world.servers = {dane_server({"mx1.example.net"}, matches)};
  world.dane = policy::DaneOffer::all;
  world.mx_secure = true;
  return world;
}

/// A server with this chain and the TLSA record 2 1 1 of its CA.
World by_ca(const x509::Chain& chain) {
  auto world = dane_world("dane", false);
  world.servers[0].facts = tls(chain);
  world.servers[0].dns.records = {
      *tlsa::make_record(tlsa::CertificateUsage::dane_ta, tlsa::Selector::spki,
                         tlsa::MatchingType::sha2_256, public_ca().certificate)};
  return world;
}

x509::Chain expired() {
  const auto leaf = issue(
      {.common_name = "ignored", .dns_names = {"example.com"}, .not_after = at_date(2025, 1, 1)},
      &public_ca());
  return {leaf.certificate, public_ca().certificate};
}

/// The leaf and nothing of its chain.
x509::Chain alone(CertificateSpec spec) {
  spec.common_name = "ignored";
  spec.dns_names = {"example.com"};
  return {issue(spec, &public_ca()).certificate};
}

x509::Chain by_intermediate(TimePoint not_after = at_date(2040, 1, 1)) {
  const auto middle =
      issue({.common_name = "Issuing CA", .not_after = not_after, .is_ca = true}, &public_ca());
  const auto leaf = issue({.common_name = "ignored", .dns_names = {"example.com"}}, &middle);
  return {leaf.certificate, middle.certificate};
}

x509::Chain without_intermediate() {
  return {by_intermediate().front()};
}

World no_mx() {
  World world;
  world.entry = "secure";
  return world;
}

World anonymous_deferral() {
  auto world = world_with("secure", postfix::NotReached{"4.4.1", "x"});
  return world;
}

/// Words that no version of today writes.
std::vector<Finding> other_words() {
  auto judged = judge(anonymous_deferral());
  judged.servers[0].session.end = postfix::SessionEnd::not_verified;
  judged.servers[0].session.log_word = postfix::LogWord::untrusted;
  judged.servers[0].session.text = "TLS is required, but unavailable";
  judged.servers[0].session.dsn = "4.7.0";
  judged.outcome = postfix::deliver({judged.servers[0].session});
  report::PolicyReport report;
  policy::report_destination(report, judged, context_of(anonymous_deferral()));
  auto findings = report.findings;
  return findings;
}

const std::string sha256_pin =
    "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:"
    "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA";

}  // namespace

std::vector<Scenario> refusal_scenarios() {
  const auto right = chain_of({"example.com"});
  const auto strange = chain_of({"example.com"}, other_ca());
  const auto sts =
      "secure match=example.com policy_type=sts policy_domain=example.com "
      "mx_host_pattern=*.elsewhere.example";
  const postfix::Version v3_10_5{3, 10, 5};
  return {
      {"DNS fails",
       "policy-dns-failed",
       S::unknown,
       {"not the same as no record"},
       {},
       findings(changed(no_mx(), [](World& w) { w.lookup_failed = true; }))},
      {"the table fails",
       "policy-table-lookup-failed",
       S::critical,
       {"postmap -q example.com", "connection refused"},
       {},
       findings(changed(secure_with(right), [](World& w) { w.table_fails = true; }))},
      {"the table cannot be read from here",
       "policy-table-not-read",
       S::unknown,
       {"connection refused", "is not known"},
       {},
       findings(changed(secure_with(right), [](World& w) { w.table_is_not_read = true; }))},
      {"an attribute that nobody knows",
       "policy-entry-invalid",
       S::critical,
       {"/etc/postfix/tls_policy:7", "bogus"},
       {},
       findings(secure_with(right, "secure bogus=1"))},
      {"an attribute of 3.10 in 3.7",
       "policy-entry-unknown-to-version",
       S::critical,
       {"Postfix 3.7.11 does not know", "policy_type"},
       {},
       findings(secure_with(right, "secure policy_type=sts"))},
      {"attributes at level none",
       "policy-entry-warning",
       S::warning,
       {"ciphers"},
       {},
       findings(secure_with(right, "none ciphers=high"))},
      {"no host at all",
       "policy-undeliverable",
       S::critical,
       {"dig example.com MX"},
       {},
       findings(no_mx())},
      {"nothing could be reached",
       "policy-untestable",
       S::unknown,
       {"port 25"},
       {},
       findings(changed(world_with("secure", postfix::NotReached{"4.4.1", "refused"}),
                        [](World& w) { w.unreached = true; }))},
      {"no STARTTLS at level encrypt",
       "policy-tls-not-offered",
       S::critical,
       {"4.7.4", "firewall"},
       {},
       findings(world_with("encrypt", postfix::NotOffered{}))},
      {"STARTTLS refused",
       "policy-starttls-refused",
       S::critical,
       {"454 4.7.0"},
       {},
       findings(world_with("encrypt", postfix::StartTlsRejected{"454 4.7.0 TLS not available"}))},
      {"handshake fails at encrypt",
       "policy-handshake-failed",
       S::critical,
       {"Cannot start TLS: handshake failure", "openssl s_client"},
       {},
       findings(world_with("encrypt", postfix::HandshakeFailed{"-1", {}}))},
      {"handshake fails at may",
       "policy-handshake-failed",
       S::warning,
       {"in the clear"},
       {},
       findings(world_with("may", postfix::HandshakeFailed{"-1", {}}))},
      {"the CAs cannot be loaded",
       "policy-tls-unavailable",
       S::critical,
       {"our TLS engine is unavailable"},
       {},
       [&] {
         const auto world = secure_with(right);
         auto context = context_of(world);
         context.cas.unusable = true;
         auto judged = judge(world);
         auto& server = judged.servers[0];
         server.session = postfix::judge_session({.destination = judged.destination,
                                                  .hostname = server.hostname,
                                                  .address = "192.0.2.1",
                                                  .policy = server.policy,
                                                  .settings = context.settings,
                                                  .cas = context.cas,
                                                  .facts = world.servers[0].facts,
                                                  .at = context.at});
         judged.outcome = postfix::deliver({server.session});
         report::PolicyReport report;
         policy::report_destination(report, judged, context);
         return report.findings;
       }()},
      {"a client certificate is wanted",
       "policy-lost-after-tls",
       S::critical,
       {"client certificate"},
       {},
       findings(world_with("secure", postfix::LostAfterTls{tls(right)}))},
      {"dane-only without DNSSEC lookups",
       "policy-not-usable",
       S::critical,
       {"client TLS configuration problem", "smtp_dns_support_level"},
       {},
       findings(changed(dane_world("dane-only", true), [](World& w) { w.main_cf.clear(); }))},
      {"the TLSA lookup fails",
       "policy-tlsa-lookup-failed",
       S::critical,
       {"delv _25._tcp.mx1.example.net TLSA"},
       {},
       findings(changed(dane_world("dane", true),
                        [](World& w) {
                          w.servers[0].dns.tlsa = postfix::DaneFacts::Tlsa::failed;
                          w.dane = policy::DaneOffer::unknown;
                        }))},
      {"dane-only, MX unsigned",
       "policy-dane-only-impossible",
       S::critical,
       {"MX record of this destination is not signed", "non DNSSEC destination"},
       {},
       findings(changed(dane_world("dane-only", true),
                        [](World& w) { w.servers[0].dns.mx_secure = false; }))},
      {"an MX host without an address",
       "policy-host-without-address",
       S::warning,
       {"gone.example.net", "passes over"},
       {},
       findings(changed(secure_with(right),
                        [](World& w) { w.without_address = {"gone.example.net"}; }))},
      {"an MX outside the STS patterns",
       "policy-mx-skipped",
       S::critical,
       {"does not match STS MX pattern", "mta-sts.example.com"},
       {},
       findings(changed(secure_with(right, sts), [&](World& w) { w.version = v3_10_5; }))},
      {"policy_failure=",
       "policy-forced-failure",
       S::critical,
       {"policy_failure="},
       {},
       findings(changed(secure_with(right,
                                    "secure policy_type=sts policy_domain=example.com "
                                    "policy_failure=sts-policy-fetch-error"),
                        [&](World& w) { w.version = v3_10_5; }))},
      {"no CAfile",
       "policy-no-ca",
       S::critical,
       {"both empty", "ca-certificates.crt"},
       {},
       findings(changed(secure_with(right), [](World& w) { w.ca_configured = false; }))},
      {"offline without CAs",
       "policy-ca-not-given",
       S::unknown,
       {"--ca-file"},
       {},
       findings(
           changed(secure_with(right), [](World& w) { w.ca_configured = w.ca_known = false; }))},
      {"another CA",
       "policy-chain-untrusted",
       S::critical,
       {"Other CA", "tafile=", "fingerprint match=", "last resort",
        "set smtp_tls_fingerprint_digest = sha256"},
       {},
       findings(secure_with(strange))},
      {"expired",
       "policy-chain-untrusted",
       S::critical,
       {"the server's certificate expired on 2025-01-01", "Only the destination"},
       {},
       findings(secure_with(expired()))},
      {"a misspelt grade",
       "policy-handshake-failed",
       S::critical,
       {"own policy", "hihg", "tls_policy:7"},
       {},
       findings(world_with("encrypt ciphers=hihg", postfix::HandshakeFailed{{}, {}}))},
      {"a misspelt grade at level may",
       "policy-handshake-failed",
       S::warning,
       {"own policy", "in the clear at a later attempt"},
       {},
       findings(world_with("may ciphers=hihg", postfix::HandshakeFailed{{}, {}}))},
      {"a misspelt protocol",
       "policy-handshake-failed",
       S::critical,
       {"own policy", "\"TLSv1.5\""},
       {},
       findings(world_with("encrypt protocols=TLSv1.2:TLSv1.5", postfix::HandshakeFailed{{}, {}}))},
      {"expired, its chain not sent, CAs not given",
       "policy-chain-untrusted",
       S::critical,
       {"the server's certificate expired on 2025-01-01"},
       {},
       findings(changed(secure_with({expired().front()}),
                        [](World& w) { w.ca_configured = w.ca_known = false; }))},
      {"of tomorrow, CAs not given",
       "policy-chain-untrusted",
       S::critical,
       {"is not valid before 2027-01-01"},
       {},
       findings(changed(secure_with(alone({.not_before = at_date(2027, 1, 1)})),
                        [](World& w) { w.ca_configured = w.ca_known = false; }))},
      {"for clients alone, CAs not given",
       "policy-chain-untrusted",
       S::critical,
       {"not made for servers"},
       {},
       findings(changed(secure_with(alone({.extended_key_usage = "clientAuth"})),
                        [](World& w) { w.ca_configured = w.ca_known = false; }))},
      {"no intermediate",
       "policy-chain-untrusted",
       S::critical,
       {"own certificate alone", "Issuing CA", "full chain"},
       {},
       findings(secure_with(without_intermediate()))},
      {"an intermediate that has expired",
       "policy-chain-untrusted",
       S::critical,
       {"CA certificate \"", "Issuing CA", "expired on 2024-05-05"},
       {},
       findings(secure_with(by_intermediate(at_date(2024, 5, 5))))},
      {"both chain and name",
       "policy-name-mismatch",
       S::critical,
       {"wrong.example"},
       {"policy-chain-untrusted"},
       findings(secure_with(chain_of({"wrong.example"}, other_ca())))},
      {"wrong name, 3.7.11",
       "policy-name-mismatch",
       S::critical,
       {"example.com (nexthop)", ".example.com (dot-nexthop)", "wrong.example", "num=62",
        "Untrusted all the same"},
       {},
       findings(secure_with(chain_of({"wrong.example"})))},
      {"wrong name, 2.11",
       "policy-name-mismatch",
       S::critical,
       {"logs Trusted"},
       {},
       findings(changed(secure_with(chain_of({"wrong.example"})),
                        [](World& w) {
                          w.version = {2, 11, 0};
                        }))},
      {"wrong name, 3.12",
       "policy-name-mismatch",
       S::critical,
       {"logs Trusted", "num=62"},
       {},
       findings(changed(secure_with(chain_of({"wrong.example"})),
                        [](World& w) {
                          w.version = {3, 12, 0};
                        }))},
      {"the name of the MX host only",
       "policy-name-mismatch",
       S::critical,
       {"does fit the MX host mx1.example.net", "does not believe"},
       {},
       findings(secure_with(chain_of({"*.example.net"})))},
      {"a match list of a dot",
       "policy-nothing-to-match",
       S::critical,
       {"no name"},
       {},
       findings(secure_with(right, "secure match=."))},
      {"another fingerprint",
       "policy-fingerprint-mismatch",
       S::critical,
       {"sha256", "OLD|"},
       {},
       findings(changed(secure_with(right, "fingerprint match=" + sha256_pin),
                        [](World& w) {
                          w.main_cf = {{"smtp_tls_fingerprint_digest", "sha256"}};
                        }))},
      {"a fingerprint of another length",
       "policy-fingerprint-mismatch",
       S::critical,
       {"1 more fingerprint cannot match at all, for md5", "sha256 makes this one"},
       {},
       findings(secure_with(right, "fingerprint match=" + sha256_pin))},
      {"a TLSA record of another key",
       "policy-tlsa-mismatch",
       S::critical,
       {"tlsa-check example.com", "X509_V_ERR_DANE_NO_MATCH"},
       {},
       findings(dane_world("dane", false))},
      {"the TLSA record of a CA, and an expired leaf",
       "policy-tlsa-mismatch",
       S::critical,
       {"A TLSA record of mx1.example.net matches", "expired on 2025-01-01"},
       {},
       findings(by_ca(expired()))},
      {"the TLSA record of a CA, and another name",
       "policy-tlsa-mismatch",
       S::critical,
       {"A TLSA record of mx1.example.net matches", "none of the names that DANE looks for"},
       {},
       findings(by_ca(chain_of({"elsewhere.example"})))},
      {"a TLSA record of another key, on port 587",
       "policy-tlsa-mismatch",
       S::critical,
       {"tlsa-check --host mx1.example.net:587 --starttls smtp"},
       {},
       findings(changed(dane_world("dane", false),
                        [](World& w) { w.nexthop = w.key = "[mx1.example.net]:587"; }))},
      {"words that are not modelled",
       "policy-deferred",
       S::critical,
       {"TLS is required, but unavailable"},
       {},
       other_words()},
  };
}

}  // namespace dane::test
