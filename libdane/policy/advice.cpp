#include "dane/policy/advice.hpp"

#include <utility>

#include "libdane/policy/findings.hpp"
#include "libdane/policy/rows.hpp"

namespace dane::policy {

void report_destination(report::PolicyReport& report, const JudgedDestination& judged,
                        const Context& context) {
  const auto c = make_case(judged, context);
  auto row = make_row(c);
  const auto findings = destination_findings(c);
  row.status = overall_status(findings);
  row.suggestions = suggest(judged, context);
  row.findings_begin = report.findings.size();
  report.findings.insert(report.findings.end(), findings.begin(), findings.end());
  row.findings_end = report.findings.size();
  report.destinations.push_back(std::move(row));
}

}  // namespace dane::policy
