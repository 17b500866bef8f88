/// \file  Every planted fault is found, with its rules and advice, and nothing else is.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "dane/core/text.hpp"

#include "scenario.hpp"

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

std::string everything(const Finding& finding) {
  return finding.subject + "\n" + finding.text + "\n" + finding.advice + "\n";
}

std::vector<std::string> expected_ids(const Scenario& scenario) {
  auto ids = scenario.also;
  if (scenario.severity != Severity::note) ids.push_back(scenario.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

void check_form(const Finding& finding) {
  INFO(finding.id << ": " << finding.text << " / " << finding.advice);
  const auto& catalogue = check::finding_catalogue();
  CHECK(std::any_of(catalogue.begin(), catalogue.end(),
                    [&](const check::FindingInfo& info) { return info.id == finding.id; }));
  CHECK_FALSE(finding.subject.empty());
  REQUIRE_FALSE(finding.text.empty());
  CHECK((finding.text.back() == '.' || finding.text.back() == ')'));
  CHECK(finding.text.find('\n') == std::string::npos);
  CHECK(is_utf8(finding.text + finding.advice));
  if (finding.severity == Severity::note) return;
  CHECK_FALSE(finding.advice.empty());
  CHECK_FALSE(finding.rules.empty());
}

}  // namespace

TEST_CASE("each planted fault is found, and nothing else") {
  for (const auto& scenario : all_scenarios()) {
    INFO(scenario.planted << " -> " << scenario.id);
    CHECK(serious(scenario.report) == expected_ids(scenario));
    const auto* finding = find(scenario.report, scenario.id);
    CHECK(finding != nullptr);
    if (finding == nullptr) continue;
    INFO(everything(*finding));
    CHECK(finding->severity == scenario.severity);
    for (const auto& rule : scenario.rules)
      CHECK(std::count(finding->rules.begin(), finding->rules.end(), rule) == 1);
    for (const auto& phrase : scenario.phrases) {
      INFO("phrase: " << phrase);
      CHECK(everything(*finding).find(phrase) != std::string::npos);
    }
  }
}

TEST_CASE("findings are in the catalogue and say what to do") {
  for (const auto& scenario : all_scenarios()) {
    INFO(scenario.planted);
    for (const auto& finding : scenario.report.findings) check_form(finding);
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
