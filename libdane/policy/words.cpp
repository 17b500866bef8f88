#include "libdane/policy/words.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::policy {

namespace {

constexpr std::size_t shown_name = 128;

char lower_char(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string list_hostile(const std::vector<std::string>& items, std::size_t limit) {
  std::vector<std::string> safe;
  for (const auto& item : items) safe.push_back(printable(item, shown_name));
  return list(safe, limit);
}

std::string place_of(const JudgedServer& server) {
  const auto host = printable(server.hostname, shown_name);
  if (server.session.address.empty()) return host;
  return fmt::format("{} [{}]:{}", host, printable(server.session.address, shown_name),
                     server.session.port);
}

std::string place_of(const postfix::TableRow& row) {
  const auto file = printable(row.file);
  return row.line > 0 && !file.empty() ? fmt::format("{}:{}", file, row.line) : file;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower_char);
  return out;
}

bool equal_fold(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_char, lower_char);
}

std::string sentence(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz-'";
  auto out = printable(text);
  if (out.empty()) return out;
  // Names such as smtp_tls_ciphers and smtp(8) stay as they are.
  const auto word = std::string_view(out).substr(0, out.find(' '));
  const auto end = word.find_first_not_of(letters);
  const bool is_word = end == std::string_view::npos || word.substr(end) == ",";
  if (is_word && word.front() >= 'a') out.front() = static_cast<char>(out.front() - 'a' + 'A');
  if (!out.ends_with('.') && !out.ends_with(".)") && !out.ends_with('?')) out += '.';
  return out;
}

std::vector<std::string> without_prefix(const std::vector<std::string>& warnings) {
  constexpr std::string_view prefix = "warning: ";
  std::vector<std::string> out;
  for (const auto& warning : warnings)
    out.push_back(warning.starts_with(prefix) ? warning.substr(prefix.size()) : warning);
  return out;
}

std::vector<std::string> unique(const std::vector<std::string>& items) {
  std::vector<std::string> out;
  for (const auto& item : items) {
    if (std::ranges::find(out, item) == out.end()) out.push_back(item);
  }
  return out;
}

Findings merge_subjects(const Findings& findings, const std::string& prefix) {
  Findings merged;
  std::vector<std::vector<std::string>> subjects;
  for (const auto& finding : findings) {
    auto bare = finding;
    bare.subject.clear();
    const auto same = std::ranges::find(merged, bare);
    const auto at = static_cast<std::size_t>(same - merged.begin());
    if (same == merged.end()) {
      merged.push_back(std::move(bare));
      subjects.emplace_back();
    }
    subjects[at].push_back(finding.subject);
  }
  for (std::size_t i = 0; i < merged.size(); ++i)
    merged[i].subject = prefix + list(unique(subjects[i]), 6);
  return merged;
}

}  // namespace dane::policy
