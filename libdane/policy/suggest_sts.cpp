/// \file  An entry made of the destination's MTA-STS policy.
#include <algorithm>

#include <fmt/format.h>

#include "libdane/policy/shared_suffix.hpp"
#include "libdane/policy/suggestions.hpp"

namespace dane::policy {

namespace {

using Patterns = std::vector<std::string>;

/// "*.example.net" -> ".example.net"; nothing for what cannot stand in a match list.
std::optional<std::string> as_match(const std::string& pattern) {
  const bool wildcard = pattern.starts_with("*.");
  const auto name = wildcard ? pattern.substr(2) : pattern;
  if (!is_plain_name(name)) return {};
  return (wildcard ? "." : "") + lower(name);
}

bool covers(const Patterns& patterns, const std::string& hostname) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return postfix::sts_pattern_matches(pattern, hostname);
  });
}

/// What says to a version that knows it that the list came from MTA-STS: other hosts are then not
/// used at all, and the certificate must have the host's own name.
Patterns sts_attributes(const Case& c) {
  const auto& judged = c.judged;
  if (!c.features.enforce_sts_mx_patterns || !c.context.settings.enforce_sts_mx_patterns) return {};
  Patterns out = {"policy_type=sts", "policy_domain=" + lower(judged.destination.domain)};
  for (const auto& pattern : judged.sts_patterns)
    out.push_back("mx_host_pattern=" + lower(pattern));
  return out;
}

bool would_deliver(const Case& c, const Patterns& match, bool enforced) {
  const auto servers = seen_servers(c);
  const bool covered = std::ranges::all_of(servers, [&](const JudgedServer* server) {
    return covers(c.judged.sts_patterns, server->hostname);
  });
  return covered && would_verify_all(c, match) && (!enforced || would_verify_all(c, {"hostname"}));
}

}  // namespace

Suggestions suggest_sts(const Case& c) {
  Patterns match;
  for (const auto& pattern : c.judged.sts_patterns) {
    const auto text = as_match(pattern);
    if (!text) return {};
    match.push_back(*text);
  }
  match = unique(match);
  if (match.empty()) return {};
  auto extra = sts_attributes(c);
  const bool enforced = !extra.empty();
  if (!would_deliver(c, match, enforced)) return {};
  const auto entry =
      write_entry(c, {.level = postfix::Level::secure, .match = match, .extra = extra});
  if (!entry) return {};
  return {{.entry = *entry,
           .trade_off = fmt::format(
               "As safe as the fetch of the policy over HTTPS was: whoever could then show a valid "
               "certificate for mta-sts.{} decides.{} The entry does not follow when the "
               "destination changes its policy; an MTA-STS resolver behind smtp_tls_policy_maps "
               "does.",
               lower(c.judged.destination.domain),
               enforced ? ""
                        : " A pattern such as *.example.net stands for one label there, and "
                          ".example.net for any number here: a little more is accepted."),
           .because = "Each MX host that was seen is in the policy's list. " +
                      because_of(c, enforced ? Patterns{"hostname"} : match)}};
}

}  // namespace dane::policy
