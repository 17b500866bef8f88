#include "libdane/report/phrases.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::report {

std::string harmless(std::string_view text) {
  std::string out;
  for (;;) {
    const auto backslash = text.find('\\');
    const auto part = text.substr(0, backslash);
    out += printable(part, part.size() * 4 + 4);  // room for the longest escape: nothing is cut
    if (backslash == std::string_view::npos) return out;
    out += '\\';
    text.remove_prefix(backslash + 1);
  }
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string harmless_lines(std::string_view text) {
  std::vector<std::string> lines = split_lines(text);
  for (auto& line : lines) line = harmless(line);
  return join(lines, "\n");
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string upper(std::string_view ascii) {
  std::string out(ascii);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

std::string shorten_hex(const std::string& hex) {
  return hex.size() <= 16 ? hex : hex.substr(0, 8) + "..." + hex.substr(hex.size() - 4);
}

std::string record_text(const TlsaRow& row, bool in_full) {
  // A whole certificate in the data would fill the screen even for -v; JSON has it.
  constexpr std::size_t longest_digest = 128;
  const bool all = in_full && row.data.size() <= longest_digest;
  return fmt::format("{} {} {} {}", row.usage, row.selector, row.matching_type,
                     all ? row.data : shorten_hex(row.data));
}

std::string service_name(const Subject& subject) {
  return subject.port == 0 ? subject.name : fmt::format("{}:{}", subject.name, subject.port);
}

bool is_zone_line(std::string_view line) {
  return line.starts_with('_') && line.find(" TLSA ") != std::string_view::npos;
}

namespace {
int rank(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return 0;
    case Severity::unknown:
      return 1;
    case Severity::warning:
      return 2;
    case Severity::note:
      return 3;
  }
  return 4;
}

}  // namespace

std::vector<const Finding*> pointers_to(const std::vector<Finding>& findings) {
  std::vector<const Finding*> out;
  out.reserve(findings.size());
  for (const auto& finding : findings) out.push_back(&finding);
  return out;
}

std::vector<const Finding*> by_severity(const std::vector<const Finding*>& findings) {
  auto out = findings;
  std::stable_sort(out.begin(), out.end(), [](const Finding* a, const Finding* b) {
    return rank(a->severity) < rank(b->severity);
  });
  return out;
}

std::vector<Answer> answers_of(const Report& report) {
  if (report.domains.empty()) {
    const auto name = report.subjects.empty() ? "" : service_name(report.subjects.front());
    return {{report.status(), name, report.answer}};
  }
  std::vector<Answer> out;
  out.reserve(report.domains.size());
  for (const auto& row : report.domains) out.push_back({row.status, row.domain, row.verdict});
  return out;
}

}  // namespace dane::report
