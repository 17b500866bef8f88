/// \file  What every suite of planted faults demands: each is found, with advice, and nothing else
/// is.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dane/core/finding.hpp"
#include "dane/core/text.hpp"

namespace dane::test {

inline std::string everything(const Finding& finding) {
  return finding.subject + "\n" + finding.text + "\n" + finding.advice + "\n";
}

/// Ids of all above note, sorted, each once.
inline std::vector<std::string> ids_above_note(const std::vector<Finding>& findings) {
  std::set<std::string> ids;
  for (const auto& finding : findings) {
    if (finding.severity != Severity::note) ids.insert(finding.id);
  }
  return {ids.begin(), ids.end()};
}

/// \param scenario  has planted, id, severity, phrases and also.
template <class Scenario>
void check_found(const Scenario& scenario, const std::vector<Finding>& findings) {
  INFO(scenario.planted << " -> " << scenario.id);
  auto expected = scenario.also;
  if (scenario.severity != Severity::note) expected.push_back(scenario.id);
  std::ranges::sort(expected);
  CHECK(ids_above_note(findings) == expected);
  const auto finding = std::ranges::find(findings, scenario.id, &Finding::id);
  CHECK(finding != findings.end());
  if (finding == findings.end()) return;
  INFO(everything(*finding));
  CHECK(finding->severity == scenario.severity);
  for (const auto& phrase : scenario.phrases) {
    INFO("phrase: " << phrase);
    CHECK(everything(*finding).find(phrase) != std::string::npos);
  }
}

/// \param catalogue  of values with an id.
template <class Catalogue>
void check_form(const Finding& finding, const Catalogue& catalogue) {
  INFO(finding.id << ": " << everything(finding));
  CHECK(std::ranges::count_if(catalogue, [&](const auto& one) { return one.id == finding.id; }) ==
        1);
  CHECK_FALSE(finding.subject.empty());
  REQUIRE_FALSE(finding.text.empty());
  CHECK((finding.text.back() == '.' || finding.text.back() == ')'));
  CHECK(finding.text.find('\n') == std::string::npos);
  CHECK(is_utf8(finding.text + finding.advice));
  if (finding.severity == Severity::note) return;
  CHECK_FALSE(finding.advice.empty());
  CHECK_FALSE(finding.rules.empty());
}

}  // namespace dane::test
