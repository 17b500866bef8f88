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

/// The destination as level secure sees it with servername=hostname.
JudgedDestination with_hostname_sent(const Case& c) {
  auto judged = c.judged;
  judged.site.entry.servername = "hostname";
  for (auto& server : judged.servers) server.secure_chain = server.hostname_chain;
  return judged;
}

/// A server that chooses its certificate by the name that it is asked for shows the one meant for
/// mail when it is asked for its own.
Suggestions names_with_servername(const Case& c) {
  const bool chooses = std::ranges::any_of(c.judged.servers, [](const JudgedServer& server) {
    return !server.hostname_chain.empty() && server.hostname_chain != server.secure_chain;
  });
  if (c.features.servername && chooses) {
    const auto judged = with_hostname_sent(c);
    auto rows = suggest_names(make_case(judged, c.context));
    for (auto& row : rows)
      row.because +=
          " The server chooses its certificate by the name that it is asked for; "
          "servername=hostname asks for the MX host's.";
    if (!rows.empty()) return rows;
  }
  return suggest_names(c);
}

/// Its entries have servername=hostname.
Suggestions sts_with_servername(const Case& c) {
  if (!c.features.servername) return suggest_sts(c);
  const auto judged = with_hostname_sent(c);
  return suggest_sts(make_case(judged, c.context));
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
  for (const auto& rows : {suggest_dane(c), names_with_servername(c), sts_with_servername(c)}) {
    for (const auto& row : rows) {
      const bool known = std::ranges::any_of(
          out, [&](const report::SuggestionRow& other) { return other.entry == row.entry; });
      if (!known) out.push_back(row);
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
