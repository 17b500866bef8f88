/// \file  Every planted fault is found, with advice, and nothing else is; no id without a scenario.
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
    for (auto* make : {&delivery_scenarios, &refusal_scenarios, &main_cf_scenarios, &list_scenarios,
                       &entry_scenarios, &route_scenarios}) {
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
  std::ranges::sort(ids);
  return ids;
}

void check_form(const Finding& finding) {
  INFO(finding.id << ": " << everything(finding));
  CHECK(std::ranges::count(policy::finding_catalogue(), finding.id, &policy::FindingInfo::id) == 1);
  CHECK_FALSE(finding.subject.empty());
  REQUIRE_FALSE(finding.text.empty());
  CHECK((finding.text.back() == '.' || finding.text.back() == ')'));
  CHECK(finding.text.find('\n') == std::string::npos);
  CHECK(finding.text.find("..") == std::string::npos);
  CHECK(is_utf8(finding.text + finding.advice));
  CHECK_FALSE(finding.rules.empty());
  if (finding.severity != Severity::note) CHECK_FALSE(finding.advice.empty());
}

}  // namespace

TEST_CASE("each planted fault is found, and nothing else") {
  for (const auto& scenario : all_scenarios()) {
    INFO(scenario.planted << " -> " << scenario.id);
    CHECK(serious(scenario.findings) == expected_ids(scenario));
    const auto* finding = find(scenario.findings, scenario.id);
    CHECK(finding != nullptr);
    if (finding == nullptr) continue;
    INFO(everything(*finding));
    CHECK(finding->severity == scenario.severity);
    for (const auto& phrase : scenario.phrases) {
      INFO("phrase: " << phrase);
      CHECK(everything(*finding).find(phrase) != std::string::npos);
    }
  }
}

TEST_CASE("findings are in the catalogue and say what to do") {
  for (const auto& scenario : all_scenarios()) {
    INFO(scenario.planted);
    for (const auto& finding : scenario.findings) check_form(finding);
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
