#include <algorithm>

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

}  // namespace

std::vector<report::SuggestionRow> suggest(const JudgedDestination& judged,
                                           const Context& context) {
  const auto c = make_case(judged, context);
  if (judged.lookup_failed || judged.site.fault || all_verified(seen_servers(c))) return {};
  Suggestions out;
  for (auto* make : {&suggest_dane, &suggest_names, &suggest_sts}) {
    for (auto& row : (*make)(c)) {
      const bool known = std::ranges::any_of(
          out, [&](const report::SuggestionRow& other) { return other.entry == row.entry; });
      if (!known) out.push_back(std::move(row));
    }
  }
  return out;
}

}  // namespace dane::policy
