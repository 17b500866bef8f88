#include <algorithm>

#include <fmt/core.h>

#include "dane/postfix/settings.hpp"

#include "libdane/postfix/logical_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

ConfigProblem syntax_problem(const LogicalLine& line, std::string_view file,
                             std::string_view error) {
  return {"config-syntax",
          fmt::format("{}: \"{}\"", error, as_logged(std::string_view(line.text).substr(0, 200))),
          std::string(file),
          line.first,
          fmt::format("every Postfix program ends at its start: \"fatal: {}, line {}: {}\"",
                      as_logged(file), line.last, error),
          "write it as name = value",
          true,
          fmt::format("{}, line {}: {}", as_logged(file), line.last, error)};
}

ConfigProblem override_problem(std::string_view name, const Assignment& earlier,
                               const LogicalLine& line, std::string_view file) {
  return {"config-duplicate",
          fmt::format("{} is set twice: line {} has \"{}\"", as_logged(name), earlier.line,
                      as_logged(std::string_view(earlier.value).substr(0, 200))),
          std::string(file),
          line.first,
          fmt::format("the last setting counts; Postfix warns: \"{}, line {}: overriding earlier "
                      "entry: {}={}\"",
                      as_logged(file), line.last, as_logged(name),
                      as_logged(std::string_view(earlier.value).substr(0, 200))),
          "remove one of the two lines"};
}

ConfigProblem mark_problem(std::string_view file, int line) {
  return {"config-byte-order-mark",
          "the file begins with a byte order mark",
          std::string(file),
          line,
          "Postfix takes the mark for a part of the parameter's name and ignores the setting",
          "save the file as UTF-8 without a byte order mark"};
}

}  // namespace

MainCf parse_main_cf(std::string_view text, std::string_view file) {
  MainCf read;
  auto [lines, problems] = read_logical_lines(text, file);
  read.problems = std::move(problems);
  for (const auto& line : lines) {
    const auto [name, value, error] = split_name_value(line.text);
    if (error != nullptr) {
      add_bounded(read.problems, syntax_problem(line, file, error));
      continue;
    }
    if (name.starts_with(byte_order_mark))
      add_bounded(read.problems, mark_problem(file, line.first));
    const auto earlier = read.assignments.find(name);
    if (earlier != read.assignments.end() && earlier->second.value != value)
      add_bounded(read.problems, override_problem(name, earlier->second, line, file));
    read.assignments.insert_or_assign(
        std::string(name), Assignment{std::string(value), std::string(file), line.first});
  }
  std::stable_sort(read.problems.begin(), read.problems.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return read;
}

}  // namespace dane::postfix
