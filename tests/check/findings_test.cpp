/// \file  Every planted fault is found, with its rules and advice, and nothing else is.
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
    for (auto* make : {&dns_scenarios, &rrset_scenarios, &chain_scenarios, &path_scenarios,
                       &mistake_scenarios, &probe_scenarios, &rehearsal_scenarios}) {
      auto more = (*make)();
      out.insert(out.end(), more.begin(), more.end());
    }
    return out;
  }();
  return all;
}

}  // namespace

TEST_CASE("each planted fault is found, and nothing else") {
  for (const auto& scenario : all_scenarios()) {
    check_found(scenario, scenario.report.findings);
    INFO(scenario.planted << " -> " << scenario.id);
    const auto* finding = find(scenario.report, scenario.id);
    if (finding == nullptr) continue;
    for (const auto& rule : scenario.rules)
      CHECK(std::count(finding->rules.begin(), finding->rules.end(), rule) == 1);
  }
}

TEST_CASE("findings are in the catalogue and say what to do") {
  for (const auto& scenario : all_scenarios()) {
    INFO(scenario.planted);
    for (const auto& finding : scenario.report.findings)
      check_form(finding, check::finding_catalogue());
  }
}

TEST_CASE("the catalogue lists each id once, and each is produced here") {
  std::set<std::string> produced{"verdict-disagreement"};  // see diagnosis_test.cpp
  for (const auto& scenario : all_scenarios()) {
    for (const auto& finding : scenario.report.findings) produced.insert(finding.id);
  }
  std::set<std::string> listed;
  for (const auto& info : check::finding_catalogue()) {
    INFO(info.id);
    CHECK(listed.emplace(info.id).second);
    CHECK_FALSE(info.meaning.empty());
  }
  CHECK(produced == listed);
}

TEST_CASE("reports stand in order: rows point at their subjects and findings") {
  report::Report report;
  check::check_domain(report, sound_domain(), options());
  check::check_domain(report, ecdsa_domain({stale()}, pki().chain(pki().ecdsa)), options());
  REQUIRE(report.domains.size() == 2);
  CHECK(report.domains[0].status == Status::ok);
  CHECK(report.domains[0].subjects_begin == 0);
  CHECK(report.domains[0].subjects_end == 1);
  CHECK(report.domains[0].findings_end == report.domains[1].findings_begin);
  CHECK(report.domains[1].status == Status::critical);
  CHECK(report.domains[1].subjects_end == report.subjects.size());
  CHECK(report.domains[1].findings_end == report.findings.size());
  CHECK(report.status() == Status::critical);
}
