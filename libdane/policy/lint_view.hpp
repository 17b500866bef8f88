/// \file  A configuration as the lints look at it: entries parsed, levels in use.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dane/policy/lint.hpp"
#include "dane/postfix/policy_entry.hpp"
#include "dane/postfix/protocols.hpp"

#include "libdane/policy/words.hpp"

namespace dane::policy {

/// Why no lookup ever finds a row.
struct DeadKey {
  std::string why;  ///< one clause
  std::string remedy;
};

struct Entry {
  const postfix::TableRow* row = nullptr;
  postfix::ParsedEntry parsed;
  std::optional<DeadKey> dead;
  [[nodiscard]] const postfix::PolicyEntry* policy() const {
    return std::get_if<postfix::PolicyEntry>(&parsed.outcome);
  }
  [[nodiscard]] const postfix::EntryFault* fault() const {
    return std::get_if<postfix::EntryFault>(&parsed.outcome);
  }
};

struct View {
  const Configuration& configuration;
  postfix::Features features;
  postfix::GlobalLevel global;
  std::vector<Entry> entries;            ///< in the table's order
  std::vector<postfix::Level> per_site;  ///< levels of smtp_tls_per_site, where it counts

  [[nodiscard]] const postfix::Settings& settings() const { return configuration.settings; }
  [[nodiscard]] bool is_set(std::string_view parameter) const;  ///< in main.cf, to anything
  /// "/etc/postfix/main.cf:12 smtp_tls_CAfile", as much of it as is known.
  [[nodiscard]] std::string subject(std::string_view parameter) const;
  /// Is a level for which `holds` is true in use: by default, or in an entry that is reached?
  template <class Predicate>
  [[nodiscard]] bool uses(Predicate holds) const {
    if (holds(global.level)) return true;
    for (const auto& entry : entries) {
      if (!entry.dead && entry.policy() && holds(entry.policy()->level)) return true;
    }
    return std::any_of(per_site.begin(), per_site.end(), holds);
  }
  /// The same of services beside the one that is judged.
  template <class Predicate>
  [[nodiscard]] bool may_be_used_elsewhere(Predicate holds) const {
    const auto& c = configuration;
    return std::any_of(c.other_services.begin(), c.other_services.end(),
                       [&](const auto& s) { return s.own_tables || holds(s.level); });
  }
  [[nodiscard]] bool uses(postfix::Level level) const;
};
/// \param judged  with these, rows for which another table answers first are dead too.
[[nodiscard]] View make_view(const Configuration& configuration,
                             const std::vector<JudgedDestination>& judged = {});

/// Keys that no next-hop can be; duplicates are not seen here.
[[nodiscard]] std::optional<DeadKey> dead_key(const std::string& key);

/// What to write instead, where an entry that is refused shows what was meant and Postfix's own
/// words do not tell; else empty.
[[nodiscard]] std::string likely_mistake(const std::string& value,
                                         const postfix::EntryFault& fault);

/// One list, in main.cf or in an entry.  \param used  some level in use goes by it.
[[nodiscard]] Findings lint_protocols(const std::string& list, const std::string& subject,
                                      const View& view, bool used);
[[nodiscard]] Findings lint_ciphers(const std::string& grade, const std::string& exclusions,
                                    const std::string& subject, const View& view, bool used);
/// \param names_host  the key is a host in brackets: no MX record comes into it.
[[nodiscard]] Findings lint_patterns(const std::vector<std::string>& patterns,
                                     const std::string& subject, postfix::Level level,
                                     bool names_host = false);
[[nodiscard]] Findings lint_fingerprints(const std::vector<std::string>& patterns,
                                         const std::string& subject, const View& view);

// main.cf, a subject each.
[[nodiscard]] Findings lint_reading(const View& view);
[[nodiscard]] Findings lint_levels(const View& view);
[[nodiscard]] Findings lint_dane(const View& view);
[[nodiscard]] Findings lint_trust(const View& view);
[[nodiscard]] Findings lint_lists(const View& view);
[[nodiscard]] Findings lint_parameters(const View& view);
[[nodiscard]] Findings lint_maps(const View& view);

// One entry of the table.
[[nodiscard]] Findings lint_validity(const View& view, const Entry& entry);
[[nodiscard]] Findings lint_key(const View& view, const Entry& entry);
[[nodiscard]] Findings lint_strength(const View& view, const Entry& entry);
[[nodiscard]] Findings lint_attributes(const View& view, const Entry& entry);
[[nodiscard]] bool weakens_default(const View& view, const Entry& entry);

}  // namespace dane::policy
