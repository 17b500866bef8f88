/// \file  Level dane, where the destination publishes TLSA records that fit.
#include <algorithm>

#include <fmt/format.h>

#include "libdane/policy/dane_remedy.hpp"
#include "libdane/policy/suggestions.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

bool fits_everywhere(const Case& c) {
  const auto servers = seen_servers(c);
  return c.judged.dane == DaneOffer::all && !servers.empty() &&
         std::ranges::all_of(servers, [](const JudgedServer* server) {
           return server->dane_authenticates == true;
         });
}

/// Offline nobody knows main.cf.
std::string needs(const Case& c) {
  if (!c.judged.offline) return missing_for_dane(c.context);
  return fmt::format("It needs {} in main.cf and a validating resolver on the mail server. ",
                     remedy_of(postfix::DaneObstacle::dns_support_level));
}

std::string dane_cost(const Case& c) {
  return needs(c) +
         "Nobody but the destination, who signs its DNS, can change what is accepted. If it takes "
         "its TLSA records away (DNSSEC proves that they are gone, so nobody in between can fake "
         "it), Postfix falls back to TLS that is not authenticated. dane-only does not fall back; "
         "mail waits then.";
}

std::string dane_only_cost(const Case& c) {
  return needs(c) +
         "As dane, and never falls back: when the destination takes its TLSA records away, gives "
         "up DNSSEC, or when your own resolver no longer validates, mail to it waits until you "
         "change this entry.";
}

}  // namespace

Suggestions suggest_dane(const Case& c) {
  const auto level = c.judged.site.level;
  if (!c.features.dane || postfix::is_dane(level) || !fits_everywhere(c)) return {};
  const auto servers = seen_servers(c).size();
  const auto because = fmt::format(
      "The destination publishes usable TLSA records at every MX host, and they match "
      "the certificate of {}.",
      servers == 1 ? std::string("the server that was seen")
                   : fmt::format("each of the {} servers that were seen", servers));
  Suggestions out;
  if (const auto entry = write_entry(c, {.level = Level::dane, .match = {}, .extra = {}}))
    out.push_back({.entry = *entry, .trade_off = dane_cost(c), .because = because});
  if (const auto entry = write_entry(c, {.level = Level::dane_only, .match = {}, .extra = {}}))
    out.push_back({.entry = *entry, .trade_off = dane_only_cost(c), .because = because});
  return out;
}

}  // namespace dane::policy
