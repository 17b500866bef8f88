/// \file  Every planted fault is found, with advice, and nothing else is; no id without a scenario.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "scenario.hpp"
#include "tests/support/scenario_walk.hpp"

using namespace dane;
using namespace dane::test;

namespace {

const std::vector<Scenario>& all_scenarios() {
  static const auto all = [] {
    std::vector<Scenario> out;
    for (auto* make : {&delivery_scenarios, &refusal_scenarios, &main_cf_scenarios, &list_scenarios,
                       &entry_scenarios, &route_scenarios}) {
      auto more = (*make)();
      out.insert(out.end(), more.begin(), more.end());
    }
    return out;
  }();
  return all;
}

}  // namespace

TEST_CASE("each planted fault is found, and nothing else") {
  for (const auto& scenario : all_scenarios()) check_found(scenario, scenario.findings);
}

TEST_CASE("findings are in the catalogue and say what to do") {
  for (const auto& scenario : all_scenarios()) {
    INFO(scenario.planted);
    for (const auto& finding : scenario.findings) {
      check_form(finding, policy::finding_catalogue());
      CHECK_FALSE(finding.rules.empty());
      CHECK(finding.text.find("..") == std::string::npos);
    }
  }
}

TEST_CASE("every id of the catalogue has a scenario") {
  std::set<std::string> seen;
  for (const auto& scenario : all_scenarios()) seen.insert(scenario.id);
  for (const auto& info : policy::finding_catalogue()) {
    INFO(info.id);
    CHECK(seen.contains(std::string(info.id)));
    CHECK(std::ranges::count(policy::finding_catalogue(), info.id, &policy::FindingInfo::id) == 1);
    CHECK_FALSE(info.meaning.empty());
  }
}

TEST_CASE("a weak key is no key to pin") {
  World world;
  world.entry = "secure";
  world.servers = {server_with({"mx1.example.com"})};
  const auto advice = [&](const x509::Chain& chain) {
    world.servers[0].facts = tls(chain);
    const auto findings = report_on(world).findings;
    const auto* finding = find(findings, "policy-chain-untrusted");
    REQUIRE(finding != nullptr);
    return finding->advice;
  };
  CHECK(advice(chain_of({"mx1.example.com"}, other_ca())).find("pin the key") != std::string::npos);
  const auto weak = issue({.common_name = "weak",
                           .dns_names = {"mx1.example.com"},
                           .key = generate_key(x509::KeyType::rsa, 768)},
                          &public_ca());
  CHECK(advice({weak.certificate, public_ca().certificate}).find("pin the key") ==
        std::string::npos);
}
