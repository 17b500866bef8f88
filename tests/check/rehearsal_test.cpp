/// \file  Which hosts a renewal is rehearsed for, and what the report shows of the name servers.
#include <algorithm>

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dane;
using namespace dane::test;

namespace {

smtp::DomainFacts two_hosts() {
  auto facts = sound_domain();
  add_second_host(facts);
  return facts;
}

check::CheckOptions renewing(const x509::Chain& chain) {
  auto with = options();
  with.rehearsal = check::Rehearsal{chain, "new.pem", std::nullopt};
  return with;
}

/// Subjects of the rehearsal's findings.
std::vector<std::string> rehearsed(const report::Report& report) {
  std::vector<std::string> subjects;
  for (const auto& finding : report.findings) {
    if (finding.id.rfind("rehearsal-", 0) == 0) subjects.push_back(finding.subject);
  }
  std::sort(subjects.begin(), subjects.end());
  return subjects;
}

}  // namespace

TEST_CASE("a renewal is rehearsed for the hosts that the certificate names") {
  const auto report = report_on(two_hosts(), renewing(pki().chain(pki().renewed_same_key)));
  CHECK(rehearsed(report) == std::vector<std::string>{"mx1.example.com"});
  const auto* finding = find(report, "rehearsal-ok");
  REQUIRE(finding != nullptr);
  CHECK_THAT(finding->text, Catch::Matchers::Contains("Not tried for mx2.example.com"));
}

TEST_CASE("a certificate that names no host is tried for all") {
  const auto report = report_on(two_hosts(), renewing(pki().chain(pki().wrong_name)));
  CHECK(rehearsed(report) == std::vector<std::string>{"mx1.example.com", "mx2.example.com"});
  CHECK_THAT(find(report, "rehearsal-fails")->text,
             Catch::Matchers::Contains("names none of the hosts"));
}

TEST_CASE("a wildcard names every host that it stands for") {
  const auto wildcard =
      issue({.common_name = "server", .dns_names = {"*.example.com"}}, &pki().intermediate);
  const auto report = report_on(two_hosts(), renewing(pki().chain(wildcard)));
  CHECK(rehearsed(report).size() == 2);
}

TEST_CASE("the view of each name server is shown") {
  auto facts = sound_domain();
  const auto owner = name("_25._tcp.mx1.example.com");
  const auto at = [](const std::string& address) {
    return Endpoint{IpAddress::parse(address).value(), 53};
  };
  facts.authorities = {
      {name("ns1.example.com"), at("192.0.2.51"), owner,
       tlsa_found("_25._tcp.mx1.example.com", {ee_ecdsa(), ee_rsa()}, insecure)},
      {name("ns2.example.com"), at("192.0.2.52"), owner,
       tlsa_found("_25._tcp.mx1.example.com", {stale()}, insecure)},
      {name("ns3.example.com"), at("192.0.2.53"), owner, absent(true, insecure)},
      {name("."), at("192.0.2.54"), owner, failed(FailureKind::timeout)},
      {name("ns5.example.com"), {}, owner, failed(FailureKind::local)},
      {name("ns1.example.com"), at("192.0.2.51"), name("_25._tcp.mx9.example.com"),
       tlsa_found("_25._tcp.mx9.example.com", {stale()}, insecure)},
  };
  const auto report = report_on(facts, renewing(pki().chain(pki().renewed_same_key)));
  const auto& rows = report.subjects.at(0).authorities;
  REQUIRE(rows.size() == 5);
  CHECK(rows[0].outcome == "found");
  CHECK(rows[0].new_chain_passes == true);
  CHECK(rows[0].records == std::vector<std::string>{ee_ecdsa(), ee_rsa()});
  CHECK(rows[1].new_chain_passes == false);
  CHECK(rows[2].outcome == "absent");
  CHECK_FALSE(rows[2].new_chain_passes.has_value());
  CHECK(rows[3].outcome == "failed");
  CHECK(rows[3].server.empty());
  CHECK(rows[3].address == "192.0.2.54");
  CHECK(rows[4].address.empty());
  CHECK(serious(report) ==
        std::vector<std::string>{"rehearsal-authority-failed", "rehearsal-server-differs"});
  CHECK_THAT(find(report, "rehearsal-server-differs")->text,
             Catch::Matchers::Contains("ns2.example.com (192.0.2.52)") &&
                 !Catch::Matchers::Contains("ns1.example.com"));
}

TEST_CASE("what goes in the end: the record of the key that is replaced, of no other") {
  const auto report = report_on(sound_domain(), renewing(pki().chain(pki().renewed)));
  const auto* finding = find(report, "rehearsal-fails");
  REQUIRE(finding != nullptr);
  const auto last = finding->advice.find("Last, remove ");
  REQUIRE(last != std::string::npos);
  CHECK(finding->advice.find(ee_ecdsa(), last) != std::string::npos);
  CHECK(finding->advice.find(ee_rsa(), last) == std::string::npos);
}

TEST_CASE("records from a wildcard are published again beside the new one") {
  auto facts = sound_domain();
  auto made = signature("_25._tcp.mx1.example.com", dns::RecordType::tlsa, std::chrono::days(1),
                        std::chrono::days(20));
  made.labels = 3;  // *.mx1.example.com
  std::get<Found<dns::Answer>>(facts.hosts[0].tlsa[0].outcome).value.signatures = {made};
  const auto report = report_on(facts, renewing(pki().chain(pki().renewed)));
  const auto* finding = find(report, "rehearsal-fails");
  REQUIRE(finding != nullptr);
  for (const auto& record : {ee_ecdsa(), ee_rsa()})
    CHECK(finding->advice.find("_25._tcp.mx1.example.com. 3600 IN TLSA " + record) !=
          std::string::npos);
  CHECK(finding->advice.find("hide the wildcard") != std::string::npos);
}

TEST_CASE("a record that another certificate of the host needs is not called obsolete") {
  // The issuer's record stands for the RSA certificate too, which is not renewed.
  const auto facts = domain_with({in_parameters("2 1 1", key_sha256(pki().intermediate.key))});
  const auto report = report_on(
      facts, renewing({pki().renewed_elsewhere.certificate, pki().other_intermediate.certificate}));
  const auto* finding = find(report, "rehearsal-fails");
  REQUIRE(finding != nullptr);
  CHECK_THAT(finding->advice,
             Catch::Matchers::Contains("First publish") && !Catch::Matchers::Contains("remove"));
}

TEST_CASE("how long to wait: by the zone's TTL, never by what a cache has left of it") {
  auto facts = sound_domain();
  const auto advice = [&] {
    return find(report_on(facts, renewing(pki().chain(pki().renewed))), "rehearsal-fails")->advice;
  };
  CHECK_THAT(advice(),
             Catch::Matchers::Contains("twice the TTL that the records have in the zone"));
  auto at_server = tlsa_found("_25._tcp.mx1.example.com", {ee_ecdsa(), ee_rsa()}, insecure);
  std::get<Found<dns::Answer>>(at_server).ttl = std::chrono::seconds(7200);
  facts.authorities = {{name("ns1.example.com"),
                        Endpoint{IpAddress::parse("192.0.2.51").value(), 53},
                        name("_25._tcp.mx1.example.com"), at_server}};
  CHECK_THAT(advice(), Catch::Matchers::Contains("2 x 7200 s"));
}

TEST_CASE("an alias at an owner whose records are not used has no part in the advice") {
  auto facts = sound_domain();
  auto& host = facts.hosts[0];
  auto& ipv4 = std::get<Found<dns::Answer>>(host.ipv4.value()).value;
  ipv4.aliases = {{name("mx1.example.com"), name("real.example.com"), std::chrono::seconds(60)}};
  ipv4.canonical_name = name("real.example.com");
  auto none = std::get<Absent>(absent(false));
  none.alias_target = name("gone.example.com");
  host.tlsa.insert(host.tlsa.begin(),
                   {name("real.example.com"), name("_25._tcp.real.example.com"), none});
  const auto report = report_on(facts, renewing(pki().chain(pki().renewed)));
  const auto* finding = find(report, "rehearsal-fails");
  REQUIRE(finding != nullptr);
  CHECK_THAT(finding->advice, Catch::Matchers::Contains("_25._tcp.mx1.example.com. ") &&
                                  !Catch::Matchers::Contains("gone.example.com"));
}
