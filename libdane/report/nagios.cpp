/// Nagios plugin output: one line with performance data, then the long output.
/// Nagios Plugin Development Guidelines, "Plugin Output for Nagios".
#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "libdane/report/phrases.hpp"

namespace dane::report {

namespace {
/// '|' would start performance data; '<' a tag in a web interface.
std::string plugin_text(std::string_view text) {
  std::string out;
  for (const char c : harmless(text)) {
    if (c == '|') {
      out += "\\x7c";
    } else if (c == '<') {
      out += "\\x3c";
    } else {
      out += c;
    }
  }
  return out;
}

std::size_t count_outcome(const Report& report, std::string_view outcome) {
  return static_cast<std::size_t>(
      std::count_if(report.subjects.begin(), report.subjects.end(),
                    [&](const Subject& subject) { return subject.outcome == outcome; }));
}

std::size_t count_severity(const Report& report, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}

/// Days until the first leaf certificate that was presented ends; negative when it has.
std::optional<std::int64_t> days_left(const Report& report) {
  std::optional<std::int64_t> least;
  for (const auto& subject : report.subjects) {
    for (const auto& chain : subject.chains) {
      if (chain.certificates.empty()) continue;
      const auto left = std::chrono::floor<std::chrono::days>(chain.certificates.front().not_after -
                                                              report.evaluated_at);
      if (!least || left.count() < *least) least = left.count();
    }
  }
  return least;
}

std::string performance_data(const Report& report) {
  const auto hosts = report.subjects.size();
  std::string out = fmt::format("hosts={};;;0", hosts);
  for (const auto* outcome :
       {"verified", "refuted", "unusable", "no-records", "insecure", "undetermined"}) {
    std::string label = outcome;
    std::replace(label.begin(), label.end(), '-', '_');
    out += fmt::format(" {}={};;;0;{}", label, count_outcome(report, outcome), hosts);
  }
  out += fmt::format(
      " critical={};;;0 unknown={};;;0 warnings={};;;0", count_severity(report, Severity::critical),
      count_severity(report, Severity::unknown), count_severity(report, Severity::warning));
  if (const auto days = days_left(report)) out += fmt::format(" certificate_days={};;;", *days);
  return out;
}

std::string answer_text(const Answer& answer) {
  return answer.domain.empty() ? answer.text : answer.domain + ": " + answer.text;
}

std::string summary(const Report& report) {
  const auto answers = answers_of(report);
  if (answers.size() == 1) return answer_text(answers.front());
  std::string counts;
  const Answer* worst = nullptr;
  for (const auto status : {Status::critical, Status::unknown, Status::warning, Status::ok}) {
    std::size_t count = 0;
    for (const auto& answer : answers) {
      if (answer.status != status) continue;
      ++count;
      if (worst == nullptr) worst = &answer;
    }
    if (count > 0) {
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, to_string(status));
    }
  }
  std::string out = fmt::format("{} domains: {}", answers.size(), counts);
  if (worst != nullptr && worst->status != Status::ok) out += "; " + answer_text(*worst);
  return out;
}

std::string finding_line(const Finding& finding) {
  std::string line = fmt::format("{} {}: {}: {}", upper(to_string(finding.severity)), finding.id,
                                 finding.subject, finding.text);
  if (!finding.advice.empty()) line += " -> " + join(split_lines(finding.advice), " / ");
  return plugin_text(line) + "\n";
}
}  // namespace

std::string render_nagios(const Report& report) {
  std::string out = fmt::format("TLSA {} - {} | {}\n", upper(to_string(report.status())),
                                plugin_text(summary(report)), performance_data(report));
  const auto answers = answers_of(report);
  if (answers.size() > 1) {
    for (const auto& answer : answers) {
      out +=
          fmt::format("{} {}\n", upper(to_string(answer.status)), plugin_text(answer_text(answer)));
    }
  }
  for (const auto* finding : by_severity(pointers_to(report.findings))) {
    out += finding_line(*finding);
  }
  return out;
}

}  // namespace dane::report
