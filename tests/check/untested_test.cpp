/// \file  What is advised while an address could not be tested: it may present another key.
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dane;
using namespace dane::test;
using Catch::Matchers::Contains;

namespace {

/// 192.0.2.1 presents a key; 192.0.2.9 cannot be reached.
smtp::DomainFacts half_reached(const std::vector<std::string>& records) {
  auto facts = ecdsa_domain(records, pki().chain(pki().ecdsa));
  facts.hosts[0].ipv4 = addresses("mx1.example.com", {"192.0.2.1", "192.0.2.9"});
  for (const auto offer : {probe::Offer::rsa, probe::Offer::ecdsa})
    facts.hosts[0].probes.push_back(
        fails("192.0.2.9", offer, "mx1.example.com", probe::ProbeFailure::connect_timeout));
  return facts;
}

std::string advice(const report::Report& report, const std::string& id) {
  const auto* finding = find(report, id);
  return finding == nullptr ? "no finding " + id : finding->advice;
}

}  // namespace

TEST_CASE("a record that matches nothing is left while an address is untested") {
  const auto report = report_on(half_reached({stale()}));
  CHECK_THAT(advice(report, "tlsa-no-match"), Contains("Remove none: 192.0.2.9"));
  CHECK_THAT(advice(report, "mistake-stale"), Contains("Leave it until 192.0.2.9"));
  const auto all = report_on(ecdsa_domain({stale()}, pki().chain(pki().ecdsa)));
  CHECK_THAT(advice(all, "tlsa-no-match"), Contains("remove those that match nothing"));
  CHECK_THAT(advice(all, "mistake-stale"), Contains("Remove it"));
}

TEST_CASE("the first usable record is not advised before every address was tested") {
  const auto pkix = in_parameters("1 1 1", key_sha256(pki().ecdsa.key));
  CHECK_THAT(advice(report_on(half_reached({pkix})), "tlsa-all-unusable"),
             Contains("192.0.2.9 could not be tested: see first"));
  CHECK_THAT(advice(report_on(ecdsa_domain({pkix}, pki().chain(pki().ecdsa))), "tlsa-all-unusable"),
             Contains("Publish instead") && !Contains("could not be tested"));
}

TEST_CASE("only certificates that the path needs can end it") {
  auto chain = pki().chain(pki().ecdsa);
  chain.push_back(pki().ending.certificate);  // sent along, of no use, ends in five days
  const auto ta = in_parameters("2 1 1", key_sha256(pki().intermediate.key));
  CHECK(find(report_on(ecdsa_domain({ta}, chain)), "certificate-expiring") == nullptr);
}
