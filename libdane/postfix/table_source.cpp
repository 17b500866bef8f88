#include <algorithm>
#include <unordered_map>

#include <fmt/core.h>

#include "dane/core/text.hpp"
#include "dane/postfix/policy_table.hpp"

#include "libdane/postfix/logical_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::size_t most_rows = 2'000'000;

struct RawRow {
  std::string_view key;
  std::string_view value;
  bool quotes_balance = true;
};

/// postmap(1): white space within quotes or behind a backslash does not end the key.
RawRow split_quoted(std::string_view line) {
  bool in_quotes = false;
  std::size_t end = 0;
  for (; end < line.size(); ++end) {
    if (line[end] == '\\') {
      if (++end == line.size()) break;
    } else if (is_space(line[end])) {
      if (!in_quotes) break;
    } else if (line[end] == '"') {
      in_quotes = !in_quotes;
    }
  }
  return {line.substr(0, end), trim(line.substr(end)), !in_quotes};
}

class TableReader {
 public:
  TableReader(std::string_view file, std::string_view type)
      : file_(file), is_texthash_(type == "texthash") {}

  void take(const LogicalLine& line) {
    const auto row = split_quoted(line.text);
    if (!row.quotes_balance) {
      report("table-unbalanced-quotes", line, "a quotation mark is not closed",
             fmt::format("unbalanced '\"' in '{}' -- ignoring this line", start_of(line.text)),
             "close the quotation mark or remove it");
    } else if (row.key.empty() || row.value.empty()) {
      report("table-no-value", line,
             fmt::format("\"{}\" has a key and no value", start_of(line.text)),
             is_texthash_ ? "expected format: key whitespace value -- ignoring this line"
                          : "expected format: key whitespace value",
             "write the key, white space and the value on one line");
    } else {
      add(line, row);
    }
  }

  TableSource result() { return std::move(out_); }
  void fail_with(std::vector<ConfigProblem> problems) { out_.problems = std::move(problems); }

 private:
  void add(const LogicalLine& line, const RawRow& row) {
    if (row.key.back() == ':')
      report("table-key-ends-with-colon", line,
             fmt::format("the key \"{}\" ends with a colon, which belongs to the key",
                         start_of(row.key)),
             "record is in \"key: value\" format; is this an alias file?",
             "remove the colon: no next-hop ends with one");
    auto key = fold_case(row.key);
    if (!is_utf8(row.key) || !is_utf8(row.value))
      add_bounded(out_.problems, {"table-not-utf8", "the line is not UTF-8", file_, line.first,
                                  "with smtputf8_enable, Postfix warns and ignores the line",
                                  "write the line in UTF-8 or ASCII"});
    const auto [earlier, is_new] = lines_.emplace(key, line.first);
    if (!is_new) {
      duplicate(line, row.key, earlier->second);
    } else if (out_.rows.size() < most_rows) {
      out_.rows.push_back({std::move(key), std::string(row.value), file_, line.first});
    }
  }

  /// postmap(1) keeps the first; a daemon that opens a texthash table refuses the whole of it.
  void duplicate(const LogicalLine& line, std::string_view key, int earlier) {
    const auto what = fmt::format("\"{}\" stands in line {} already", start_of(key), earlier);
    const auto* remedy = "remove one of the two lines";
    if (!is_texthash_) {
      add_bounded(out_.problems,
                  {"table-duplicate", what, file_, line.first,
                   fmt::format("the first one counts; postmap warns: \"duplicate entry: "
                               "\"{}\"\"",
                               start_of(key)),
                   remedy});
      return;
    }
    const auto words = fmt::format("{}, line {}: duplicate entry: \"{}\"", as_logged(file_),
                                   line.first, start_of(key));
    if (!out_.refused) out_.refused = words;
    add_bounded(
        out_.problems,
        {"table-duplicate", what, file_, line.first,
         "smtp(8) refuses the whole table, and every lookup in it fails: " + words, remedy, true});
  }

  void report(std::string code, const LogicalLine& line, std::string what,
              const std::string& warning, std::string remedy) {
    add_bounded(out_.problems, {std::move(code), std::move(what), file_, line.first,
                                fmt::format("Postfix warns: \"{}, line {}: {}\"", as_logged(file_),
                                            line.first, warning),
                                std::move(remedy)});
  }

  static std::string start_of(std::string_view text) { return as_logged(text.substr(0, 200)); }

  std::string file_;
  bool is_texthash_;
  TableSource out_;
  std::unordered_map<std::string, int> lines_;
};

}  // namespace

TableSource parse_table(std::string_view text, std::string_view file, std::string_view type) {
  auto [lines, problems] = read_logical_lines(text, file);
  TableReader reader(file, type);
  reader.fail_with(std::move(problems));
  for (const auto& line : lines) reader.take(line);
  auto source = reader.result();
  std::stable_sort(source.problems.begin(), source.problems.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return source;
}

}  // namespace dane::postfix
