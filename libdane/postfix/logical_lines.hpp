/// \file  Logical lines of main.cf and of tables.  Internal to postfix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/settings.hpp"

namespace dane::postfix {

struct LogicalLine {
  std::string text;  ///< without line ends, up to a NUL octet
  int first = 0;     ///< the line where it begins
  int last = 0;
};

struct LogicalLines {
  std::vector<LogicalLine> lines;
  std::vector<ConfigProblem> problems;
};

/// Comments and empty lines go; a line that begins with white space continues the one before, over
/// comments too.  What continues nothing is a problem and left out, as Postfix does.
[[nodiscard]] LogicalLines read_logical_lines(std::string_view text, std::string_view file);

/// Adds a problem; from a thousand on only the first fatal one, and one that says so.
void add_bounded(std::vector<ConfigProblem>& problems, ConfigProblem problem);

}  // namespace dane::postfix
