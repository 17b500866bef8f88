#include "tools/tls-policy-check/postmap.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/tls-policy-check/child.hpp"

namespace dane::tools::tls_policy_check {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "key<TAB>value" lines.  A value may have lines of its own: what does not begin with a key that
/// was asked for goes on with the value before.
std::vector<std::pair<std::string, std::string>> rows_for(const Finished& finished,
                                                          const std::vector<std::string>& keys) {
  const std::set<std::string_view> asked(keys.begin(), keys.end());
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto line : lines_of(finished.out)) {
    const auto tab = line.find('\t');
    if (tab != std::string_view::npos && asked.contains(line.substr(0, tab)))
      out.emplace_back(line.substr(0, tab), line.substr(tab + 1));
    else if (!out.empty())
      out.back().second += "\n" + std::string(line);
  }
  return out;
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
  constexpr std::size_t most = 20;
  constexpr std::string_view word = "warning: ";
  std::vector<std::string> out;
  for (const auto line : lines_of(finished.err)) {
    const auto at = line.find(word);
    if (at == std::string_view::npos || out.size() == most) continue;
    auto warning = printable(line.substr(at + word.size()), 300);
    if (std::ranges::find(out, warning) == out.end()) out.push_back(std::move(warning));
  }
  return out;
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
  std::string questions;
  for (const auto& key : keys)
    if (key.find('\n') == std::string::npos) questions += key + "\n";
  const auto done = run({"-q", "-"}, map, questions);
  if (!done) return tl::unexpected(done.error());
  return PostmapSaid{rows_for(*done, keys), fault_in(*done), warnings_in(*done)};
}

}  // namespace dane::tools::tls_policy_check
