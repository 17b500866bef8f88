#include <algorithm>

#include <fmt/format.h>

#include "libdane/policy/suggestions.hpp"

namespace dane::policy {

namespace {

/// Nothing to do: each server that showed a certificate is authenticated already.
bool all_verified(const std::vector<const JudgedServer*>& seen) {
  return std::ranges::all_of(seen, [](const JudgedServer* server) {
    const auto cause = cause_of(*server);
    return cause == Cause::verified || cause == Cause::half_dane;
  });
}

/// A line made from what the server showed would make a man in the middle the right one; and where
/// Postfix has no TLS at all, no line helps.
bool must_not_suggest(const Case& c) {
  return c.context.cas.unusable ||
         std::ranges::any_of(c.judged.servers, [](const JudgedServer& server) {
           return cause_of(server) == Cause::tlsa_mismatch;
         });
}

/// The line has to stand somewhere.
bool needs_table(const Case& c) {
  return !c.judged.offline && c.context.settings.policy_maps.empty();
}

constexpr auto first_a_table =
    "First set smtp_tls_policy_maps = hash:/etc/postfix/tls_policy in main.cf, which is empty now, "
    "and run postmap on that file (smtp_tls_per_site is ignored from then on). ";

}  // namespace

std::vector<report::SuggestionRow> suggest(const JudgedDestination& judged,
                                           const Context& context) {
  const auto c = make_case(judged, context);
  if (judged.lookup_failed || judged.site.fault || all_verified(seen_servers(c))) return {};
  if (must_not_suggest(c)) return {};
  Suggestions out;
  for (auto* make : {&suggest_dane, &suggest_names, &suggest_sts}) {
    for (auto& row : (*make)(c)) {
      const bool known = std::ranges::any_of(
          out, [&](const report::SuggestionRow& other) { return other.entry == row.entry; });
      if (!known) out.push_back(std::move(row));
    }
  }
  if (const auto left_out = attributes_left_out(c); !left_out.empty())
    for (auto& row : out)
      row.because += fmt::format(
          " Left out: {}, which the present entry has and which is weak or "
          "cannot work.",
          left_out);
  if (!needs_table(c)) return out;
  for (auto& row : out) row.trade_off.insert(0, first_a_table);
  return out;
}

}  // namespace dane::policy
