/// \file  Level secure with names that are in the certificates.
#include <algorithm>

#include <fmt/format.h>

#include "libdane/policy/shared_suffix.hpp"
#include "libdane/policy/suggestions.hpp"

namespace dane::policy {

namespace {

using postfix::Level;
using Patterns = std::vector<std::string>;

constexpr std::size_t most_names = 6;  ///< a longer list nobody keeps up to date

const Patterns standard_patterns = {"nexthop", "dot-nexthop"};

bool is_standard(const std::string& main_cf_list) {
  auto patterns = postfix::split_list(main_cf_list, true);
  for (auto& pattern : patterns) pattern = lower(pattern);
  return patterns == standard_patterns;
}

constexpr std::string_view upkeep =
    " You keep this entry by hand: when the destination changes its provider, or the provider its "
    "names, mail waits until you change it.";

/// The names that level secure asks for by itself: nothing to maintain.
Suggestions own_names(const Case& c) {
  if (!would_verify_all(c, standard_patterns)) return {};
  const bool by_default = is_standard(c.context.settings.secure_cert_match);
  const auto entry = write_entry(
      c,
      {.level = Level::secure, .match = by_default ? Patterns{} : standard_patterns, .extra = {}});
  if (!entry) return {};
  return {{.entry = *entry,
           .trade_off = "The servers have to show a certificate for the destination's own name, or "
                        "for one below it. Whoever controls DNS for that domain, or deceives one "
                        "of the CAs that you trust, can get such a certificate; nobody else.",
           .because = because_of(c, standard_patterns)}};
}

std::string suffix_cost(const std::string& suffix) {
  const auto provider = suffix.substr(1);
  return fmt::format(
      "Whoever can forge the MX record, and has a certificate for any name below {0}, could "
      "receive this mail: that is {0} itself, and each of its other customers who has a host and a "
      "certificate below that name. See, by another way than DNS, that {0} really runs the mail "
      "servers of this destination.{1}",
      provider, upkeep);
}

Suggestions by_suffix(const Case& c) {
  std::vector<std::string> hosts;
  std::vector<Patterns> names;
  for (const auto* server : seen_servers(c)) {
    if (server->secure_chain.empty()) return {};
    hosts.push_back(server->hostname);
    names.push_back(
        postfix::names_considered(server->secure_chain.front(), c.context.settings.version));
  }
  const auto suffix = shared_suffix(hosts, names);
  if (!suffix || !would_verify_all(c, {*suffix})) return {};
  const auto entry = write_entry(c, {.level = Level::secure, .match = {*suffix}, .extra = {}});
  if (!entry) return {};
  return {
      {.entry = *entry, .trade_off = suffix_cost(*suffix), .because = because_of(c, {*suffix})}};
}

/// Could this name stand alone in a match list and mean just itself?
bool is_literal(const std::string& name) {
  return is_plain_name(name) && !is_public_suffix(name);
}

/// One name that every certificate has, word for word.
std::optional<std::string> common_name(const Case& c) {
  const auto servers = seen_servers(c);
  if (servers.empty() || servers.front()->secure_chain.empty()) return {};
  auto candidates =
      postfix::names_considered(servers.front()->secure_chain.front(), c.context.settings.version);
  // What a host is called says more than what else its certificate has.
  std::stable_partition(candidates.begin(), candidates.end(), [&](const std::string& name) {
    return std::ranges::any_of(servers, [&](const JudgedServer* server) {
      return lower(server->hostname) == lower(name);
    });
  });
  for (const auto& name : candidates) {
    if (is_literal(name) && would_verify_all(c, {lower(name)})) return lower(name);
  }
  return {};
}

/// The name of this server's certificate that its host has, else any that can be written.
std::optional<std::string> name_for(const Case& c, const JudgedServer& server) {
  if (server.secure_chain.empty()) return {};
  Patterns candidates = {lower(server.hostname)};
  for (const auto& name :
       postfix::names_considered(server.secure_chain.front(), c.context.settings.version))
    candidates.push_back(lower(name));
  for (const auto& name : candidates) {
    if (is_literal(name) && would_verify(c, server, {name})) return name;
  }
  return {};
}

std::optional<Patterns> one_name_each(const Case& c) {
  Patterns names;
  for (const auto* server : seen_servers(c)) {
    const bool covered = !names.empty() && would_verify(c, *server, names);
    if (covered) continue;
    const auto name = name_for(c, *server);
    if (!name) return {};
    names.push_back(*name);
  }
  names = unique(names);
  if (names.empty() || names.size() > most_names || !would_verify_all(c, names)) return {};
  return names;
}

Suggestions by_list(const Case& c) {
  std::optional<Patterns> names;
  if (const auto common = common_name(c)) names = Patterns{*common};
  if (!names) names = one_name_each(c);
  if (!names) return {};
  const auto entry = write_entry(c, {.level = Level::secure, .match = *names, .extra = {}});
  if (!entry) return {};
  return {{.entry = *entry,
           .trade_off = fmt::format(
               "Only a server with a certificate for {} can receive this mail, whatever DNS says. "
               "See, by another way than DNS, that whoever runs the destination's mail servers has "
               "{}: the list was made from what DNS says today, and whoever forges DNS today is "
               "in it.{}",
               list(*names), names->size() == 1 ? "this name" : "these names", upkeep),
           .because = because_of(c, *names)}};
}

}  // namespace

Suggestions suggest_names(const Case& c) {
  if (auto own = own_names(c); !own.empty()) return own;
  Suggestions out = by_list(c);
  for (auto& wider : by_suffix(c)) out.push_back(std::move(wider));
  return out;
}

}  // namespace dane::policy
