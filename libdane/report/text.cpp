/// The text report: the answer first, then what was seen, then what to do.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "libdane/report/phrases.hpp"
#include "libdane/report/text_findings.hpp"
#include "libdane/report/text_tree.hpp"
#include "libdane/report/writer.hpp"

namespace dane::report {

namespace {
void write_answers(Writer& out, const Report& report, bool one_line_each) {
  for (const auto& answer : answers_of(report)) {
    out.cell(upper(to_string(answer.status)), word_columns, style_of(answer.status));
    if (!answer.domain.empty()) out.put(answer.domain + ":", Style::bold).put(" ");
    if (one_line_each) {
      out.put(answer.text);
    } else {
      out.wrapped(answer.text, word_columns);
    }
    out.end_line();
  }
}

std::vector<const Subject*> subjects_of(const Report& report, const DomainRow& row) {
  std::vector<const Subject*> out;
  for (std::size_t i = 0; i < report.subjects.size(); ++i) {
    const bool by_range = row.subjects_begin < row.subjects_end;
    const bool belongs = by_range ? i >= row.subjects_begin && i < row.subjects_end
                                  : report.subjects[i].domain == row.domain;
    if (belongs) out.push_back(&report.subjects[i]);
  }
  return out;
}

std::vector<const Finding*> findings_of(const Report& report, const DomainRow& row) {
  std::vector<const Finding*> out;
  for (std::size_t i = row.findings_begin; i < row.findings_end && i < report.findings.size();
       ++i) {
    out.push_back(&report.findings[i]);
  }
  return out;
}

template <class T>
std::vector<const T*> without(const std::vector<T>& all, const std::set<const T*>& shown) {
  std::vector<const T*> out;
  for (const auto& item : all) {
    if (shown.count(&item) == 0) out.push_back(&item);
  }
  return out;
}

void write_group(Writer& out, const Report& report, const DomainRow* row,
                 const std::vector<const Subject*>& subjects,
                 const std::vector<const Finding*>& findings, const RenderOptions& options) {
  if (row != nullptr) write_domain_heading(out, *row);
  bool first = row != nullptr;  // directly below its heading
  for (const auto* subject : subjects) {
    if (!first) out.gap();
    first = false;
    write_subject(out, *subject, report.evaluated_at, options);
  }
  write_findings(out, findings, options.explain);
}
}  // namespace

std::string render_text(const Report& report, const RenderOptions& options) {
  Writer out(options.color);
  write_answers(out, report, options.verbosity < 0);
  if (options.verbosity < 0) return out.take();

  std::set<const Subject*> shown_subjects;
  std::set<const Finding*> shown_findings;
  for (const auto& row : report.domains) {
    const auto subjects = subjects_of(report, row);
    const auto findings = findings_of(report, row);
    shown_subjects.insert(subjects.begin(), subjects.end());
    shown_findings.insert(findings.begin(), findings.end());
    write_group(out, report, &row, subjects, findings, options);
  }
  write_group(out, report, nullptr, without(report.subjects, shown_subjects),
              without(report.findings, shown_findings), options);
  return out.take();
}

}  // namespace dane::report
