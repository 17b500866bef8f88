/// \file  The answer in one sentence, and the rows that stand under it.
#include <algorithm>

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dane;
using namespace dane::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::string verdict(const smtp::DomainFacts& facts) {
  return report_on(facts).domains.at(0).verdict;
}

smtp::DomainFacts two_hosts() {
  auto facts = sound_domain();
  add_second_host(facts);
  return facts;
}

}  // namespace

TEST_CASE("verdict: would DANE senders deliver, and if not, why") {
  CHECK_THAT(verdict(sound_domain()), StartsWith("Yes: DANE senders accept mx1.example.com"));
  CHECK_THAT(verdict(ecdsa_domain({stale()}, pki().chain(pki().ecdsa))),
             StartsWith("No: DANE senders refuse mx1.example.com (no TLSA record matches"));
  CHECK_THAT(verdict(domain_with({})), StartsWith("Yes, but without DANE: mx1.example.com has no"));
  CHECK_THAT(verdict(domain_with({ee_ecdsa()})),
             StartsWith("Not reliably: ") && Contains("cover only one of its keys"));

  const auto weak = issue({.common_name = "mx1",
                           .dns_names = {"mx1.example.com"},
                           .key = generate_key(x509::KeyType::rsa, 768)},
                          &pki().intermediate);
  CHECK_THAT(
      verdict(ecdsa_domain({in_parameters("3 1 1", key_sha256(weak.key))}, pki().chain(weak))),
      StartsWith("No: ") && Contains("a key or a signature of its chain is too weak"));

  auto half = sound_domain();
  half.mx = mx_found("example.com", {{10, "mx1.example.com"}}, insecure);
  CHECK_THAT(verdict(half), Contains("MX records are not signed"));

  auto one_refuted = two_hosts();
  one_refuted.hosts[1].tlsa[0].outcome = tlsa_found("_25._tcp.mx2.example.com", {stale()});
  CHECK_THAT(verdict(one_refuted),
             StartsWith("Only in part: DANE senders refuse mx2.example.com") &&
                 Contains("left with mx1.example.com"));

  auto one_lost = two_hosts();
  one_lost.hosts[1].tlsa[0].outcome = failed(FailureKind::timeout);
  one_lost.hosts[1].probes.clear();
  CHECK_THAT(verdict(one_lost), StartsWith("Not certain: mx2.example.com (a DNS lookup failed)"));

  auto bogus = sound_domain();
  bogus.hosts[0].tlsa[0].outcome = failed(FailureKind::bogus);
  CHECK_THAT(verdict(bogus), StartsWith("No: ") && Contains("DNSSEC"));

  auto lookup = sound_domain();
  lookup.mx = failed(FailureKind::servfail);
  lookup.hosts.clear();
  CHECK_THAT(verdict(lookup), StartsWith("Unknown: its MX records"));
  lookup.mx = failed(FailureKind::bogus);
  CHECK_THAT(verdict(lookup), StartsWith("No: its MX records"));
  lookup.mx = mx_found("example.com", {{0, "."}});
  CHECK_THAT(verdict(lookup), StartsWith("Accepts no mail"));
  lookup.mx = absent(false);
  CHECK_THAT(verdict(lookup), StartsWith("No: the domain does not exist"));

  auto nobody = domain_with({});
  for (auto& probe : nobody.hosts[0].probes)
    probe = fails("192.0.2.1", probe.request.offer, "mx1.example.com",
                  probe::ProbeFailure::connect_timeout);
  CHECK_THAT(verdict(nobody), StartsWith("Unknown: no host could be reached"));

  auto late = sound_domain();
  late.hosts[0].ipv4 = addresses("mx1.example.com", {"192.0.2.1", "192.0.2.9"});
  late.hosts[0].probes.push_back(
      fails("192.0.2.9", probe::Offer::rsa, "mx1.example.com", probe::ProbeFailure::no_time));
  CHECK_THAT(verdict(late),
             StartsWith("Yes, as far as it could be tested") && Contains("time of the run"));

  auto blind = sound_domain();
  blind.self_test = failed(FailureKind::timeout);
  // One secure answer shows that the resolver passes DNSSEC on.
  CHECK_THAT(verdict(blind), StartsWith("Yes: DANE senders accept"));
  blind.mx = mx_found("example.com", {{10, "mx1.example.com"}}, insecure);
  blind.hosts[0].ipv4 = addresses("mx1.example.com", {"192.0.2.1"}, insecure);
  blind.hosts[0].ipv6 = absent(true, insecure);
  blind.hosts[0].tlsa.clear();
  CHECK_THAT(verdict(blind), StartsWith("Unknown: the resolver did not answer in time"));
  blind.self_test = failed(FailureKind::refused);
  CHECK_THAT(verdict(blind), StartsWith("Unknown: the resolver fails"));
  blind.self_test = found(".", {to_bytes("soa")}, insecure);
  CHECK_THAT(verdict(blind), StartsWith("Unknown: no valid DNSSEC comes through the resolver"));
  blind.self_test = absent();
  CHECK_THAT(verdict(blind), StartsWith("Unknown: no valid DNSSEC comes through the resolver"));
  blind.self_test = failed(FailureKind::local);
  CHECK_THAT(verdict(blind), StartsWith("Unknown: the resolver could not be asked"));
  blind.self_test = found(".", {to_bytes("soa")}, insecure);
  // What DNS says without DNSSEC stays said.
  blind.hosts.clear();
  blind.mx = absent(false, insecure);
  CHECK_THAT(verdict(blind), StartsWith("No: the domain does not exist"));
  blind.mx = mx_found("example.com", {{0, "."}}, insecure);
  CHECK_THAT(verdict(blind), StartsWith("Accepts no mail"));
}

TEST_CASE("verdict: what begins with TLS has no other way") {
  const auto service = [](probe::ProbeFailure kind) {
    auto facts = domain_with({});
    facts.mx.reset();
    facts.hosts[0].protocol = probe::Protocol::implicit;
    for (auto& probe : facts.hosts[0].probes)
      probe = fails("192.0.2.1", probe.request.offer, "mx1.example.com", kind);
    return facts;
  };
  const auto no_tls = service(probe::ProbeFailure::handshake_failed);
  CHECK_THAT(verdict(no_tls), StartsWith("No: nobody can use mx1.example.com (the TLS"));
  CHECK(report_on(no_tls).status() == Status::critical);
  auto plain = no_tls;
  plain.hosts[0].protocol = probe::Protocol::smtp;
  CHECK_THAT(verdict(plain), StartsWith("Yes, but without DANE"));
  auto other = service(probe::ProbeFailure::not_the_protocol);
  other.hosts[0].protocol = probe::Protocol::smtp;
  CHECK_THAT(verdict(other), StartsWith("No: nobody can use") && Contains("speak the protocol"));
  CHECK(report_on(other).status() == Status::critical);
  CHECK_THAT(verdict(service(probe::ProbeFailure::timeout)),
             StartsWith("Unknown: no host could be tested"));
}

TEST_CASE("verdict of a rehearsal: the new certificate first, today's after it") {
  auto with = options();
  with.rehearsal = check::Rehearsal{pki().chain(pki().renewed), "new.pem", std::nullopt};
  const auto said = [&](const smtp::DomainFacts& facts) {
    return report_on(facts, with).domains.at(0).verdict;
  };
  CHECK_THAT(said(sound_domain()), StartsWith("Do not deploy the new certificate yet") &&
                                       Contains("Today: yes, DANE senders accept"));
  with.rehearsal->chain = pki().chain(pki().renewed_same_key);
  CHECK_THAT(said(sound_domain()), StartsWith("The new certificate may be deployed"));
  CHECK_THAT(said(ecdsa_domain({ee_ecdsa()}, pki().chain(pki().old))),
             StartsWith("The new certificate may be deployed") && Contains("Today: no, "));
  CHECK_THAT(said([] {
               auto facts = sound_domain();
               facts.mx = mx_found("example.com", {{0, "."}});
               facts.hosts.clear();
               return facts;
             }()),
             StartsWith("Do not deploy") && Contains("null MX"));
  with.rehearsal->chain = pki().chain(pki().renewed);
  auto ready = sound_domain();
  ready.hosts[0].tlsa[0].outcome =
      tlsa_found("_25._tcp.mx1.example.com",
                 {ee_ecdsa(), ee_rsa(), in_parameters("3 1 1", key_sha256(pki().renewed.key))});
  CHECK_THAT(said(ready), StartsWith("The new certificate may be deployed once its record is two"));
  ready.authorities = {{name("ns1.example.com"),
                        {IpAddress::parse("192.0.2.51").value(), 53},
                        name("_25._tcp.mx1.example.com"),
                        tlsa_found("_25._tcp.mx1.example.com", {ee_ecdsa(), ee_rsa()}, insecure)}};
  CHECK_THAT(said(ready), StartsWith("Do not deploy the new certificate yet: the published"));
  auto second = ready.authorities[0];
  second.server = name("ns2.example.com");
  second.outcome = ready.hosts[0].tlsa[0].outcome;
  ready.authorities.push_back(second);
  CHECK_THAT(said(ready), StartsWith("Do not deploy the new certificate yet: a name server lags"));
  with.rehearsal->chain = pki().chain(pki().renewed_same_key);
  with.rehearsal->key_belongs = false;
  CHECK_THAT(said(sound_domain()), Contains("private key"));
}

TEST_CASE("a service without an MX step speaks of clients") {
  auto facts = ecdsa_domain({stale()}, pki().chain(pki().ecdsa));
  facts.domain = name("mx1.example.com");
  facts.mx.reset();
  facts.hosts[0].protocol = probe::Protocol::imap;
  const auto report = report_on(facts);
  CHECK_THAT(report.domains.at(0).verdict, StartsWith("No: DANE clients refuse"));
  CHECK(report.domains[0].route.empty());
  CHECK(report.subjects.at(0).domain.empty());
  CHECK(report.subjects[0].protocol == "imap");
  CHECK_FALSE(report.subjects[0].preference.has_value());
}

TEST_CASE("rows: the fate of every record, every chain, every failure") {
  auto facts =
      domain_with({ee_ecdsa(), stale(), in_parameters("0 1 1", key_sha256(pki().root.key))});
  facts.hosts[0].probes.push_back(fails("192.0.2.1", probe::Offer::any, "mx1.example.com",
                                        probe::ProbeFailure::timeout, "421 \x1b[31mlater"));
  const auto report = report_on(facts);
  const auto& subject = report.subjects.at(0);
  CHECK(subject.outcome == "refuted");
  CHECK(subject.tlsa_owner == "_25._tcp.mx1.example.com");
  CHECK(subject.tlsa_security == "secure");
  CHECK(subject.tlsa_ttl == 3600);
  CHECK(subject.address_security == "secure");
  CHECK(subject.addresses == std::vector<std::string>{"192.0.2.1"});
  CHECK(subject.preference == 10);
  CHECK(subject.reference_identifiers ==
        std::vector<std::string>{"mx1.example.com", "example.com"});

  REQUIRE(subject.tlsa.size() == 3);
  CHECK(subject.tlsa[0].matches == std::vector<std::size_t>{0});
  CHECK_THAT(subject.tlsa[0].fate.at(0),
             Contains("matches the server's certificate, at [192.0.2.1]:25 ECDSA"));
  CHECK_THAT(subject.tlsa[1].fate.at(0), Contains("matches nothing that the server presents"));
  CHECK_FALSE(subject.tlsa[2].usable);
  CHECK(subject.tlsa[2].unusable_reason == "pkix-usage-for-smtp");
  CHECK(subject.tlsa[2].unusable_rule == "S45");
  CHECK_THAT(subject.tlsa[2].fate.at(0), Contains("not for SMTP"));

  REQUIRE(subject.chains.size() == 2);
  CHECK(subject.chains[0].key_type == "RSA");
  CHECK(subject.chains[0].verdict == "refuted");
  CHECK(subject.chains[1].authenticated);
  CHECK(subject.chains[1].matched->record == 0);
  CHECK(subject.chains[1].tls == "TLSv1.3");
  CHECK(subject.chains[1].sni == "mx1.example.com");
  CHECK(subject.chains[1].certificates.at(0).spki_sha256 == key_sha256(pki().ecdsa.key));
  CHECK(subject.chains[1].certificates[0].cert_sha256 ==
        certificate_sha256(pki().ecdsa.certificate));
  REQUIRE(subject.failures.size() == 1);
  CHECK(subject.failures[0].counts_as == "untestable");
  CHECK(subject.failures[0].reply.find('\x1b') == std::string::npos);
}

TEST_CASE("the records to publish are for all keys and for the issuer that is sent") {
  const auto at_owner = [](const std::string& record) {
    return "_25._tcp.mx1.example.com. 3600 IN TLSA " + record;
  };
  const auto report = report_on(domain_with({in_parameters("0 1 1", key_sha256(pki().root.key))}));
  auto lines = report.subjects.at(0).recommended;
  std::vector<std::string> expected{
      at_owner(ee_ecdsa()), at_owner(ee_rsa()),
      at_owner(in_parameters("2 1 1", key_sha256(pki().intermediate.key)))};
  REQUIRE(lines.size() == 3);
  CHECK(lines.back() == expected.back());
  std::sort(lines.begin(), lines.end());
  std::sort(expected.begin(), expected.end());
  CHECK(lines == expected);

  SECTION("no 2 1 1 where the name would not fit") {
    const auto other = report_on(ecdsa_domain({in_parameters("0 1 1", key_sha256(pki().root.key))},
                                              pki().chain(pki().wrong_name)));
    CHECK(other.subjects.at(0).recommended ==
          std::vector{at_owner(in_parameters("3 1 1", key_sha256(pki().wrong_name.key)))});
  }
  SECTION("only what is missing where one key is covered") {
    CHECK(report_on(domain_with({ee_ecdsa()})).subjects.at(0).recommended ==
          std::vector{at_owner(ee_rsa())});
  }
  SECTION("nothing to recommend where all is in order") {
    CHECK(report_on(sound_domain()).subjects.at(0).recommended.empty());
  }
}

TEST_CASE("hostile text from certificates stays harmless") {
  const auto leaf = issue({.common_name = "evil\x1b[2J\n", .dns_names = {"a\x1b[0m\nb.example"}},
                          &pki().intermediate);
  const auto report = report_on(ecdsa_domain(
      {in_parameters("2 1 1", key_sha256(pki().intermediate.key))}, pki().chain(leaf)));
  REQUIRE(find(report, "tlsa-name-mismatch") != nullptr);
  for (const auto& finding : report.findings) {
    CHECK(finding.text.find('\x1b') == std::string::npos);
    CHECK(finding.text.find('\n') == std::string::npos);
    CHECK(finding.advice.find('\x1b') == std::string::npos);
  }
  for (const auto& shown : report.subjects.at(0).chains.at(0).certificates.at(0).dns_names)
    CHECK(shown.find('\x1b') == std::string::npos);
}

TEST_CASE("rows: a record of the chain that only clients without SNI are shown") {
  const auto nobodys = in_parameters("3 1 1", key_sha256(pki().other_root.key));
  auto facts = ecdsa_domain({ee_ecdsa(), nobodys}, pki().chain(pki().old));
  facts.hosts[0].probes.push_back(without_sni(
      shows("192.0.2.1", probe::Offer::ecdsa, "mx1.example.com", pki().chain(pki().ecdsa))));
  const auto report = report_on(facts);
  const auto& rows = report.subjects.at(0).tlsa;
  REQUIRE(rows.size() == 2);
  const auto mine = std::ranges::find(rows, ee_ecdsa().substr(6), &report::TlsaRow::data);
  REQUIRE(mine != rows.end());
  CHECK_THAT(mine->fate.at(0), Contains("clients that send no name (SNI)"));
  const auto& other = rows[mine == rows.begin() ? 1 : 0];
  CHECK_THAT(other.fate.at(0), Contains("matches nothing that the server presents"));
}
