/// \file  The order of the policy maps, and which keys are ever looked up.  P21, P25
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/postfix/destination.hpp"

#include "libdane/policy/lint_view.hpp"

namespace dane::policy {

namespace {

using postfix::Level;
using postfix::MapName;

constexpr auto maps_parameter = "smtp_tls_policy_maps";

/// Its answer is another program's; MTA-STS resolvers answer this way.
bool is_service(const MapName& map) {
  return map.type == "socketmap" || map.type == "tcp";
}

/// It has an answer for every key.
bool answers_always(const MapName& map) {
  return map.type == "static";
}

Finding never_asked(const View& view, const MapName& map) {
  return make_finding(
      Severity::warning, "map-never-asked", {"P21", "P25"}, view.subject(maps_parameter),
      fmt::format("{} has an answer for every destination: the maps behind it are never asked.",
                  printable(map.to_string(), 128)),
      "Put it last.");
}

Finding service_first(const View& view, const MapName& map) {
  return make_finding(
      Severity::warning, "map-order", {"P21", "P25"}, view.subject(maps_parameter),
      fmt::format(
          "{} is asked before your own table: where it has an answer, such as the policy of "
          "an MTA-STS domain, the entry of the table never counts.",
          printable(map.to_string(), 128)),
      "Put your own table first: the first map that has the key decides.");
}

Finding replaces_dane(const View& view, const MapName& map) {
  return make_finding(
      Severity::warning, "map-replaces-dane", {"P25", "P30"}, view.subject(maps_parameter),
      fmt::format(
          "The default level is dane, and {} may answer with level secure for a domain with "
          "MTA-STS: that replaces DANE there, although RFC 8461 (section 2) gives DANE the "
          "precedence.",
          printable(map.to_string(), 128)),
      "Use a resolver that looks for DANE first and answers dane or nothing where it is there (see "
      "its manual), or put entries with level dane into a table in front of it.");
}

/// Its text is the entry of every destination.
Findings static_entry(const View& view, const MapName& map) {
  const postfix::TableRow row{map.to_string(), map.static_value().value_or(""), {}, 0};
  const Entry entry{&row, postfix::parse_policy(row.value, view.configuration.version), {}};
  auto findings = lint_validity(view, entry);
  for (auto& finding : findings)
    finding.subject =
        fmt::format("{} {}", view.subject(maps_parameter), printable(map.to_string(), 128));
  return findings;
}

/// What sends mail to other next-hops than its domain's.
Findings routing(const View& view) {
  const auto names = routing_parameters(view.configuration.assignments);
  if (names.empty()) return {};
  return {make_finding(
      Severity::note, "routing-not-followed", {"P12", "P21"}, view.subject(names.front()),
      fmt::format(
          "{} {} set, and not followed here: mail that it sends to another next-hop goes by "
          "the policy of that next-hop. Name that one to see what becomes of it.",
          list(names), names.size() == 1 ? "is" : "are"))};
}

Findings relayhost(const View& view) {
  const auto& host = view.settings().relayhost;
  if (host.empty() || view.entries.empty()) return {};
  const auto keys = postfix::lookup_keys(lower(host));
  const bool covered = std::ranges::any_of(view.entries, [&](const Entry& entry) {
    return std::ranges::find(keys, lower(entry.row->key)) != keys.end();
  });
  return {make_finding(
      Severity::note, "relayhost-is-the-key", {"P12", "P21"}, view.subject("relayhost"),
      fmt::format("relayhost is set: unless transport_maps says otherwise, {} is the only key that "
                  "Postfix looks up, {}, and the entries of other domains are not reached.",
                  printable(host, 128),
                  covered ? "and the table has it" : "and the table does not have it"))};
}

}  // namespace

Findings lint_maps(const View& view) {
  const auto& maps = view.configuration.policy_maps;
  Findings out;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const bool last = i + 1 == maps.size();
    if (answers_always(maps[i])) {
      const auto own = static_entry(view, maps[i]);
      out.insert(out.end(), own.begin(), own.end());
      if (!last) out.push_back(never_asked(view, maps[i]));
    }
    const bool own_behind =
        std::any_of(maps.begin() + static_cast<std::ptrdiff_t>(i) + 1, maps.end(),
                    [](const MapName& m) { return !is_service(m); });
    if (is_service(maps[i]) && own_behind) out.push_back(service_first(view, maps[i]));
    if (is_service(maps[i]) && view.global.level == Level::dane)
      out.push_back(replaces_dane(view, maps[i]));
  }
  if (!view.configuration.all_listed)
    out.push_back(make_finding(
        Severity::note, "map-not-listed", {"P21"}, view.subject(maps_parameter),
        "At least one map cannot be listed (regular expressions, a service, a database): its "
        "entries are looked up where a next-hop is given, and not checked here."));
  const auto routed = routing(view);
  out.insert(out.end(), routed.begin(), routed.end());
  const auto relay = relayhost(view);
  out.insert(out.end(), relay.begin(), relay.end());
  return out;
}

}  // namespace dane::policy
