#include "libdane/policy/lint_view.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/postfix/destination.hpp"

namespace dane::policy {

namespace {

/// "smtp:[mx.example.com]" or "relay:example.com": as the transport table writes it.
bool has_transport(std::string_view key) {
  const auto colon = key.find(':');
  if (colon == std::string_view::npos || colon == 0 || key.front() == '[') return false;
  const auto rest = key.substr(colon + 1);
  return rest.starts_with('[') || rest.find_first_of(".:") != std::string_view::npos;
}

DeadKey dead(std::string why, std::string remedy) {
  return {.why = std::move(why), .remedy = std::move(remedy)};
}

DeadKey shadowed(const std::string& map) {
  return dead(
      fmt::format("{} is asked before, and has an answer for this key", printable(map, 128)),
      "Put this row's table in front of it in smtp_tls_policy_maps, or take the row out.");
}

/// In a table behind one that answers for everything.
std::optional<DeadKey> behind_static(const postfix::TableRow& row,
                                     const std::vector<postfix::MapName>& maps) {
  for (auto map = maps.begin(); map != maps.end(); ++map) {
    if (map->name == row.file) return {};
    const bool behind = std::any_of(
        map, maps.end(), [&](const postfix::MapName& other) { return other.name == row.file; });
    if (map->type == "static" && behind) return shadowed(map->to_string());
  }
  return {};
}

/// The rows that were found for whole keys.
std::map<std::string, const postfix::TableRow*> answered_elsewhere(
    const std::vector<JudgedDestination>& judged) {
  std::map<std::string, const postfix::TableRow*> out;
  for (const auto& one : judged) {
    const auto key = lower(one.destination.text);
    if (one.site.row && lower(one.site.row->key) == key) out.emplace(key, &*one.site.row);
  }
  return out;
}

/// NONE and MAY are no stronger than what holds anyway.
std::vector<postfix::Level> per_site_levels(const Configuration& configuration) {
  std::vector<postfix::Level> levels;
  if (!configuration.settings.policy_maps.empty()) return levels;
  for (const auto& row : configuration.per_site_rows) {
    if (equal_fold(row.value, "MUST")) levels.push_back(postfix::Level::verify);
    if (equal_fold(row.value, "MUST_NOPEERMATCH")) levels.push_back(postfix::Level::encrypt);
    if (equal_fold(row.value, "MAY")) levels.push_back(postfix::Level::may);
  }
  return levels;
}

}  // namespace

std::optional<DeadKey> dead_key(const std::string& key) {
  const auto shown = printable(key, 128);
  if (key.empty() || key == "*" || key == ".")
    return dead("Postfix has no key for everything else",
                "The level for all other destinations is smtp_tls_security_level.");
  if (key.find('@') != std::string::npos)
    return dead("Postfix looks for the next-hop, never for a mail address",
                "Write the domain alone.");
  if (key.starts_with("*."))
    return dead("an asterisk has no meaning in a key",
                fmt::format("Write {} for all names below it.", shown.substr(1)));
  if (key.find("//") != std::string::npos)
    return dead("Postfix looks for the next-hop, never for a URL", "Write the domain alone.");
  if (key.ends_with(':'))
    return dead("a next-hop does not end in a colon",
                fmt::format("Write {}.", shown.substr(0, shown.size() - 1)));
  if (has_transport(key))
    return dead("Postfix looks for the next-hop without the transport's name",
                fmt::format("Write {} alone.", shown.substr(shown.find(':') + 1)));
  if (key.ends_with('.'))
    return dead("a next-hop has no dot at its end",
                fmt::format("Write {}.", shown.substr(0, shown.size() - 1)));
  if (key.find_first_of(" \t") != std::string::npos)
    return dead("a next-hop has no white space", "Write the domain alone.");
  if (key.starts_with('.')) {
    if (!postfix::is_searchable_name(key.substr(1)))
      return dead("Postfix looks for .example.com under valid host names only",
                  "Write the domain with a dot in front, and nothing else.");
    return {};
  }
  if (const auto parsed = postfix::parse_destination(key); !parsed)
    return dead(
        fmt::format("no next-hop is written like this ({})", printable(parsed.error().what)),
        "Write it as the transport table or relayhost does: example.com, [mx.example.com] "
        "or [mx.example.com]:587.");
  return {};
}

bool is_dead_key(const std::string& key) {
  return dead_key(key).has_value();
}

bool View::is_set(std::string_view parameter) const {
  return configuration.assignments.find(parameter) != configuration.assignments.end();
}

std::string View::subject(std::string_view parameter) const {
  const auto found = configuration.assignments.find(parameter);
  const std::string name(parameter);
  if (found == configuration.assignments.end())
    return fmt::format("{}/main.cf {}", printable(configuration.folder), name);
  const auto& assignment = found->second;
  const auto file = assignment.file.empty() ? printable(configuration.folder) + "/main.cf"
                                            : printable(assignment.file);
  return assignment.line > 0 ? fmt::format("{}:{} {}", file, assignment.line, name)
                             : fmt::format("{} {}", file, name);
}

bool View::uses(postfix::Level level) const {
  return uses([level](postfix::Level other) { return other == level; });
}

View make_view(const Configuration& configuration, const std::vector<JudgedDestination>& judged) {
  View view{.configuration = configuration,
            .features = postfix::features_of(configuration.version),
            .global = postfix::global_level(configuration.settings),
            .entries = {},
            .per_site = per_site_levels(configuration)};
  std::set<std::string> seen;
  const auto answered = answered_elsewhere(judged);
  for (const auto& row : configuration.rows) {
    auto why = dead_key(row.key);
    if (!why && !seen.insert(lower(row.key)).second)
      why = dead("an earlier row has the same key, and the first one counts",
                 "Take out one of the two rows.");
    if (!why) why = behind_static(row, configuration.policy_maps);
    if (!why) {
      const auto found = answered.find(lower(row.key));
      if (found != answered.end() && found->second->file != row.file)
        why = shadowed(found->second->file);
    }
    view.entries.push_back({.row = &row,
                            .parsed = postfix::parse_policy(row.value, configuration.version),
                            .dead = std::move(why)});
  }
  return view;
}

}  // namespace dane::policy
