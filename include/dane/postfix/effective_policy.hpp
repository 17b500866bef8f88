/// \file  The policy for one (next-hop, MX host): table, main.cf and TLSA records put together, in
/// the order of Postfix's own evaluation.  P19-P30, P34
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dane/postfix/destination.hpp"
#include "dane/postfix/policy_entry.hpp"
#include "dane/postfix/policy_table.hpp"
#include "dane/postfix/settings.hpp"
#include "dane/postfix/trust.hpp"
#include "dane/tlsa/record.hpp"

namespace dane::postfix {

/// What of main.cf rules DANE out.
enum class DaneObstacle { host_lookup, dns_support_level, mx_errors_ignored, resolver_options };
/// All that stand in the way, in the order in which Postfix finds them; empty: DANE can be.  P28
[[nodiscard]] std::vector<DaneObstacle> dane_obstacles(const Settings& settings);

enum class LevelSource { policy_table, per_site, main_cf, tls_required_no, command_line };
[[nodiscard]] std::string to_string(LevelSource);  ///< "policy-table", "main.cf", ...

/// What the tables say about a next-hop (and, for per_site, its host).
struct SiteChoice {
  Level level = Level::none;
  LevelSource source = LevelSource::main_cf;
  std::string parameter;              ///< the parameter that decided
  std::optional<TableRow> row;        ///< the table row that matched
  PolicyEntry entry;                  ///< attributes; only the level where no table decided
  std::optional<EntryFault> fault;    ///< the destination is refused: 4.7.5 (or `dsn`)
  std::string dsn, text;              ///< with a fault: "4.7.5", "client TLS configuration problem"
  std::vector<std::string> warnings;  ///< log lines, as Postfix writes them, "warning: " in front
  std::vector<std::string> opening;   ///< log lines of the first lookup alone: a table's error
  bool unknown = false;               ///< with a fault: what a table says could not be found out
  bool never_starts = false;          ///< with a fault: smtp(8) ends at its start, and says no more
};
/// smtp(8) ends before it looks at any mail.
[[nodiscard]] bool never_starts(const Settings& settings);
/// smtp_tls_policy_maps where set, else smtp_tls_per_site, else main.cf.
/// \param tls_required_no  the message has `TLS-Required: no`.  P34
[[nodiscard]] SiteChoice choose_site_policy(const Destination& destination,
                                            const std::string& hostname, const Settings& settings,
                                            const TableLookup& policy_maps,
                                            const TableLookup& per_site, bool tls_required_no);

/// What DNS says of one MX host, as Postfix's own lookups see it.
struct DaneFacts {
  bool mx_used = true;        ///< an MX lookup was made (no brackets)
  bool mx_secure = false;     ///< the MX RRset (or its denial) is validated
  bool host_secure = false;   ///< the A and AAAA RRsets are
  bool alias_secure = false;  ///< the host is an alias whose own CNAME is validated: TLSA records
                              ///< are then looked up though `host_secure` is false
  enum class Tlsa { not_asked, found, none, insecure, failed } tlsa = Tlsa::not_asked;
  std::vector<tlsa::Record> records;
  std::string base_domain;         ///< TLSA base domain: SNI and the first name.  P20
  std::string owner;               ///< "_25._tcp.mx.example.com"
  std::vector<std::string> names;  ///< base domain, MX owner name, query name.  P19
};

enum class Refusal {
  configuration,  ///< of the entry or of main.cf
  tlsa_lookup,    ///< TLSA records could not be looked up
  no_dane         ///< dane-only without DANE
};
struct Refused {          ///< the MX is skipped, mail waits
  std::string dsn, text;  ///< "4.7.5", "TLSA lookup error for mx.example.com:25"
  Refusal why = Refusal::configuration;
};
struct Skipped {  ///< an STS pattern does not cover this MX, or wrappermode needs a higher level
  std::string warning;  ///< as logged, "warning: " in front
  Level level = Level::none;
};
struct Usable {
  Level level = Level::none;       ///< effective
  std::vector<std::string> match;  ///< patterns; for DANE the names themselves
  std::string protocols, grade, exclusions, sni;
  std::vector<tlsa::Record> tlsa;    ///< of DNS, or made of trust anchors
  bool anchors_replace_cas = false;  ///< CAfile and CApath are not used
  Fingerprints fingerprints;
  bool forced_failure = false;         ///< policy_failure=
  std::string policy_failure;          ///< its word, which the log tells
  std::optional<Level> fallback_from;  ///< dane: to may or encrypt, and why
};
struct EffectivePolicy {
  std::variant<Usable, Refused, Skipped> outcome;
  std::vector<std::string> warnings;  ///< log lines, in order: SiteChoice's, then this evaluation's
  std::string because;                ///< one sentence where the level changed
};
/// \param anchors  of the entry's tafile= or of smtp_tls_trust_anchor_file, loaded.
[[nodiscard]] EffectivePolicy effective_policy(const SiteChoice& site,
                                               const Destination& destination,
                                               const std::string& hostname,
                                               const Settings& settings, const DaneFacts& dns,
                                               const TrustAnchors& anchors);

}  // namespace dane::postfix
