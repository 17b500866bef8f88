#include "tools/tls-policy-check/master_cf.hpp"

#include <algorithm>
#include <vector>

namespace dane::tools::tls_policy_check {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

struct LogicalLine {
  std::string text;
  int line = 0;
};

/// Lines that begin with white space continue the one before; comments and empty lines are nothing.
std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> out;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto content = trimmed(line);
    if (content.empty() || content.front() == '#') continue;
    const bool continues = blanks.find(line.front()) != std::string_view::npos;
    if (continues && !out.empty())
      out.back().text += " " + std::string(content);
    else
      out.push_back({std::string(content), number});
  }
  return out;
}

/// Words of a line; `{ ... }` is one, without its braces.
std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  for (auto rest = trimmed(line); !rest.empty(); rest = trimmed(rest)) {
    if (rest.front() == '{') {
      const auto end = rest.find('}');
      out.emplace_back(trimmed(rest.substr(1, end == std::string_view::npos ? end : end - 1)));
      if (end == std::string_view::npos) return out;
      rest.remove_prefix(end + 1);
      continue;
    }
    const auto end = std::min(rest.find_first_of(blanks), rest.size());
    out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return out;
}

void take_override(const std::string& word, std::string_view file, int line,
                   postfix::Assignments& overrides) {
  const auto equals = word.find('=');
  if (equals == std::string::npos) return;
  const auto name = trimmed(std::string_view(word).substr(0, equals));
  const auto value = trimmed(std::string_view(word).substr(equals + 1));
  overrides.insert_or_assign(std::string(name),
                             postfix::Assignment{std::string(value), std::string(file), line});
}

}  // namespace

ServiceOptions parse_master_cf(std::string_view text, std::string_view file,
                               std::string_view name) {
  constexpr std::size_t first_argument =
      8;  // service type private unpriv chroot wakeup maxproc command
  ServiceOptions service;
  for (const auto& line : logical_lines(text)) {
    const auto fields = words(line.text);
    if (fields.size() < first_argument || fields[0] != name || fields[1] != "unix") continue;
    service.found = true;
    service.chroot = fields[4];
    for (std::size_t i = first_argument; i < fields.size(); ++i) {
      if (fields[i] == "-o" && i + 1 < fields.size())
        take_override(fields[++i], file, line.line, service.overrides);
      else if (fields[i].starts_with("-o") && fields[i].size() > 2)
        take_override(fields[i].substr(2), file, line.line, service.overrides);
    }
  }
  return service;
}

}  // namespace dane::tools::tls_policy_check
