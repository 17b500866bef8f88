#include "libdane/postfix/logical_lines.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::size_t largest_file = 64U << 20U;
constexpr std::size_t longest_line = 1U << 20U;

class LineReader {
 public:
  explicit LineReader(std::string_view file) : file_(file) {}

  void take(std::string_view line, int number) {
    const auto content = line.find_first_not_of(white_space);
    if (content == std::string_view::npos || line[content] == '#') return;
    if (content == 0) {
      finish();
      pending_ = {std::string(line), number, number};
      open_ = true;
    } else if (open_) {
      if (pending_.text.size() + line.size() <= longest_line) {
        pending_.text += line;
      } else {
        too_long_ = true;
      }
      pending_.last = number;
    } else {
      begins_with_space(line, number);
    }
  }

  LogicalLines result() {
    finish();
    return std::move(out_);
  }

 private:
  void finish() {
    if (!open_) return;
    open_ = false;
    const auto nul = pending_.text.find('\0');
    if (too_long_ || pending_.text.size() > longest_line) {
      problem("config-line-too-long", pending_.first,
              fmt::format("the line has more than {} octets", longest_line),
              "Postfix reads lines of any length; this program leaves the line out",
              "split the line or move the data into a table");
    } else if (nul != std::string::npos) {
      problem("config-nul-octet", pending_.first, "the line holds a NUL octet",
              "Postfix ignores the line from that octet on", "remove the octet");
      pending_.text.resize(nul);
    }
    if (!too_long_ && pending_.text.size() <= longest_line)
      out_.lines.push_back(std::move(pending_));
    too_long_ = false;
  }

  /// Lines that continue nothing are one logical line, and one warning.
  void begins_with_space(std::string_view line, int number) {
    if (strays_until_ != 0 && strays_until_ + 1 == number) {
      strays_until_ = number;
      return;
    }
    strays_until_ = number;
    problem(
        "config-line-starts-with-space", number,
        "a line that begins with white space "
        "continues none before it",
        fmt::format("Postfix ignores the line: \"warning: {}: logical line must not start "
                    "with whitespace: \"{}{}\"\"",
                    as_logged(file_), as_logged(line.substr(0, 30)), line.size() > 30 ? "..." : ""),
        "remove the white space at the line's start");
  }

  void problem(std::string code, int line, std::string what, std::string effect,
               std::string remedy) {
    add_bounded(out_.problems, {std::move(code), std::move(what), file_, line, std::move(effect),
                                std::move(remedy)});
  }

  std::string file_;
  LogicalLines out_;
  LogicalLine pending_;
  bool open_ = false;
  bool too_long_ = false;
  int strays_until_ = 0;
};

}  // namespace

void add_bounded(std::vector<ConfigProblem>& problems, ConfigProblem problem) {
  constexpr std::size_t most = 1000;
  const auto is_fatal = [](const ConfigProblem& p) { return p.fatal; };
  if (problems.size() < most ||
      (problem.fatal && std::none_of(problems.begin(), problems.end(), is_fatal))) {
    problems.push_back(std::move(problem));
  } else if (problems.size() == most) {
    problems.push_back(
        {"config-more-problems",
         fmt::format("more than {} lines have faults; the others are left out", most), problem.file,
         problem.line, "is this the right file?", "correct the first of them, and run this again"});
  }
}

LogicalLines read_logical_lines(std::string_view text, std::string_view file) {
  if (text.size() > largest_file) {
    LogicalLines refused;
    refused.problems.push_back(
        {"config-file-too-large", fmt::format("the file has {} octets", text.size()),
         std::string(file), 0, "Postfix reads files of any size", "give a smaller file", true});
    return refused;
  }
  LineReader reader(file);
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    reader.take(text.substr(0, end), ++number);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return reader.result();
}

}  // namespace dane::postfix
