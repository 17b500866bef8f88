/// \file  Judged destinations -> verdict, findings with advice, and the smallest safe change. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/finding.hpp"
#include "dane/policy/judged.hpp"
#include "dane/report/policy_report.hpp"

namespace dane::policy {

/// Appends one row, its findings and its suggestions.
void report_destination(report::PolicyReport& report, const JudgedDestination& judged,
                        const Context& context);

/// The smallest changes that would verify, best first; never "may".  Empty where mail is
/// delivered verified already, or where nothing safe is known.
[[nodiscard]] std::vector<report::SuggestionRow> suggest(const JudgedDestination& judged,
                                                         const Context& context);

struct FindingInfo {
  std::string_view id;
  std::string_view meaning;
};
/// Every finding id of tls-policy-check: what the manual page lists.
[[nodiscard]] const std::vector<FindingInfo>& finding_catalogue();

}  // namespace dane::policy
