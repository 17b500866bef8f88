#include "libdane/report/text_findings.hpp"

#include "libdane/report/phrases.hpp"

namespace dane::report {

namespace {

/// "-> do this"; zone lines as they are, from the first column, ready to paste.
void write_advice(Writer& out, const std::string& advice) {
  bool first = true;
  for (const auto& line : split_lines(advice)) {
    if (is_zone_line(line)) {
      out.put(line).end_line();
      continue;
    }
    out.to_column(word_columns);
    if (first) out.put("-> ", Style::bold);
    out.to_column(word_columns + 3).wrapped(line, word_columns + 3).end_line();
    first = false;
  }
}

void write_finding(Writer& out, const Finding& finding, bool explain) {
  out.cell(upper(to_string(finding.severity)), word_columns, style_of(finding.severity));
  out.put(finding.subject, Style::bold);
  if (!finding.subject.empty()) out.put("  ");
  out.put("[" + finding.id + "]", Style::dim);
  if (explain && !finding.rules.empty()) out.put(" rules " + join(finding.rules, " "), Style::dim);
  out.end_line();
  out.to_column(word_columns).wrapped(finding.text, word_columns).end_line();
  write_advice(out, finding.advice);
}

}  // namespace

void write_findings(Writer& out, const std::vector<const Finding*>& findings, bool explain) {
  if (findings.empty()) return;
  out.gap().put("Findings", Style::bold).end_line();
  const Finding* before = nullptr;
  for (const auto* finding : by_severity(findings)) {
    if (before != nullptr && !before->advice.empty()) out.gap();
    write_finding(out, *finding, explain);
    before = finding;
  }
}

}  // namespace dane::report
