#include "tools/tls-policy-check/postmap.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/tls-policy-check/child.hpp"

namespace dane::tools::tls_policy_check {

namespace {

constexpr std::size_t most_warnings = 20;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// A line for each key, as `postmap -q -` reads them.
template <class Iterator>
std::string questions(Iterator key, Iterator end) {
  std::string out;
  for (; key != end; ++key)
    if (key->find('\n') == std::string::npos) out += *key + "\n";
  return out;
}

/// The value of one key that was asked for alone: a value may have lines of its own.
std::optional<std::string> only_value(std::string_view out, std::string_view key) {
  if (!out.starts_with(key) || out.substr(key.size(), 1) != "\t") return std::nullopt;
  out.remove_prefix(key.size() + 1);
  if (out.ends_with('\n')) out.remove_suffix(1);
  return std::string(out);
}

/// The keys that may have been found.  A value may have lines of its own, which look as the row of
/// another key does: what stands behind a second line is not known.
std::vector<std::string> perhaps_found(std::string_view out, const std::vector<std::string>& keys) {
  std::set<std::string_view> first;
  for (const auto line : lines_of(out)) first.insert(line.substr(0, line.find('\t')));
  std::vector<std::string> found;
  std::ranges::copy_if(keys, std::back_inserter(found),
                       [&](const auto& key) { return first.contains(key); });
  return found;
}

/// Lines by which each key has one value of one line.  The lines of one value keep their order when
/// the keys are asked for backwards; those of different keys do not.
bool is_a_row_each(std::string_view forwards, std::string_view backwards) {
  const auto lines = lines_of(forwards);
  std::set<std::string_view> keys;
  const bool all_new = std::ranges::all_of(lines, [&](std::string_view line) {
    const auto tab = line.find('\t');
    return tab != std::string_view::npos && keys.insert(line.substr(0, tab)).second;
  });
  const auto other = lines_of(backwards);
  return all_new && std::equal(lines.begin(), lines.end(), other.rbegin(), other.rend());
}

/// "key<TAB>value" lines.
std::vector<std::pair<std::string, std::string>> rows_in(const Finished& finished) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto line : lines_of(finished.out))
    if (const auto tab = line.find('\t'); tab != std::string_view::npos)
      out.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  return out;
}

/// What stands behind "fatal:" or "error:".
std::string fault_in(const Finished& finished) {
  for (const auto line : lines_of(finished.err))
    for (const std::string_view word : {"fatal: ", "error: ", "panic: "})
      if (const auto at = line.find(word); at != std::string_view::npos)
        return printable(line.substr(at + word.size()), 300);
  return finished.status > 1 ? fmt::format("postmap ends with status {}", finished.status) : "";
}

std::vector<std::string> warnings_in(const Finished& finished) {
  constexpr std::string_view word = "warning: ";
  std::vector<std::string> out;
  for (const auto line : lines_of(finished.err)) {
    const auto at = line.find(word);
    if (at == std::string_view::npos || out.size() == most_warnings) continue;
    auto warning = printable(line.substr(at + word.size()), 300);
    if (std::ranges::find(out, warning) == out.end()) out.push_back(std::move(warning));
  }
  return out;
}

void add(const Finished& finished, PostmapSaid& said) {
  if (said.fault.empty()) said.fault = fault_in(finished);
  for (auto& warning : warnings_in(finished))
    if (said.warnings.size() < most_warnings &&
        std::ranges::find(said.warnings, warning) == said.warnings.end())
      said.warnings.push_back(std::move(warning));
}

}  // namespace

Result<Finished> Postmap::run(std::vector<std::string> options, const postfix::MapName& map,
                              std::string_view input) const {
  std::vector<std::string> argv = {program_};
  if (!config_dir_.empty()) argv.insert(argv.end(), {"-c", config_dir_});
  argv.insert(argv.end(), std::make_move_iterator(options.begin()),
              std::make_move_iterator(options.end()));
  auto direct = map;  // the proxymap service may not run, and is not ours to ask
  direct.proxied = false;
  argv.push_back(direct.to_string());
  return run_program(argv, input, deadline_);
}

Result<PostmapSaid> Postmap::list(const postfix::MapName& map) const {
  const auto done = run({"-s"}, map, {});
  if (!done) return tl::unexpected(done.error());
  return PostmapSaid{rows_in(*done), fault_in(*done), warnings_in(*done)};
}

Result<PostmapSaid> Postmap::ask(const postfix::MapName& map,
                                 const std::vector<std::string>& keys) const {
  const auto done = run({"-q", "-"}, map, questions(keys.begin(), keys.end()));
  if (!done) return tl::unexpected(done.error());
  PostmapSaid said;
  add(*done, said);
  const bool is_one_line = std::ranges::count(done->out, '\n') <= 1;
  if (!is_one_line && said.fault.empty()) {
    const auto again = run({"-q", "-"}, map, questions(keys.rbegin(), keys.rend()));
    if (!again) return tl::unexpected(again.error());
    add(*again, said);
    if (said.fault.empty() && is_a_row_each(done->out, again->out)) {
      said.rows = rows_in(*done);
      return said;
    }
  }
  for (const auto& key : perhaps_found(done->out, keys)) {
    const auto alone = is_one_line ? done : run({"-q", "-"}, map, key + "\n");
    if (!alone) return tl::unexpected(alone.error());
    add(*alone, said);
    if (auto value = only_value(alone->out, key)) said.rows.emplace_back(key, std::move(*value));
  }
  return said;
}

}  // namespace dane::tools::tls_policy_check
