/// \file  The report of tls-policy-check as values: what Postfix would do with each destination.
///
/// As in report.hpp: network text is printable() when it gets here, and escaped again for the
/// format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/finding.hpp"
#include "dane/report/report.hpp"

namespace dane::report {

struct MatchedNameRow {
  std::string pattern;    ///< "dot-nexthop", or the literal of match=
  std::string reference;  ///< ".example.com"
  std::string name;       ///< of the certificate
};

/// One address of one MX host (or the offline input).
struct PolicyServerRow {
  std::string hostname;
  std::string address;  ///< empty offline and where no address was tried
  std::uint16_t port = 25;
  std::string effective_level;                 ///< after DANE; empty: refused before a connection
  std::vector<std::string> certificate_names;  ///< what Postfix compares: dNSNames, else CNs
  std::optional<std::string> chain_error;      ///< "X509_V_ERR_CERT_HAS_EXPIRED"; names excluded
  std::optional<std::string> log_word;         ///< "Verified", ...; none: no TLS session
  std::optional<MatchedNameRow> matched;
  int verify_error = 0;  ///< what the log shows as num=
  std::string verify_error_name = "X509_V_OK";
  bool tried = true;       ///< false: beyond smtp_mx_address_limit, judged all the same
  std::string delivery;    ///< "delivered", "deferred", "skipped", "bounced"
  bool encrypted = false;  ///< delivered over TLS
  std::string dsn, text;
  std::string tls, cipher;             ///< empty offline
  std::vector<std::string> log_lines;  ///< as "postfix/smtp[PID]: ..." shows them
  std::vector<std::string> reasoning;  ///< for --explain
  std::vector<std::string> rules;
};

struct SuggestionRow {
  std::string entry;      ///< a line for the policy table
  std::string trade_off;  ///< what it costs: what an attacker could then do
  std::string because;    ///< why it would verify
};

struct DestinationRow {
  std::string nexthop;
  std::optional<std::string> key;  ///< the table key that matched
  std::string file;                ///< of that row; empty: not known
  int line = 0;
  std::string source;  ///< "policy-table", "per-site", "main.cf", "command-line", "tls-required-no"
  std::string parameter;  ///< that decided: "smtp_tls_policy_maps", "smtp_tls_security_level"
  std::string level;      ///< as configured; empty: Postfix refuses the policy
  std::optional<std::string> refused_level;  ///< then, what stands there for it
  std::string effective_level;               ///< the weakest of all servers tried; empty: refused
  std::vector<std::string> match, expected_names;
  std::string delivery, dsn, text;  ///< of the whole delivery
  std::string verdict;              ///< one sentence: what happens to mail, and why
  Status status = Status::ok;
  std::vector<PolicyServerRow> servers;
  std::vector<SuggestionRow> suggestions;
  std::vector<std::string> log_lines;  ///< before any connection: policy and DNS warnings
  std::size_t findings_begin = 0, findings_end = 0;
};

/// What the whole table shows: keys, in the table's order.
struct TableLists {
  std::vector<std::string> dead, weakens_default, fails, could_be_dane, unknown_attributes;
};

struct PolicyReport {
  std::string tool, version;
  std::string postfix_version;
  std::string configuration;  ///< the folder; empty offline
  TimePoint evaluated_at;
  std::vector<DestinationRow> destinations;
  std::optional<TableLists> table;  ///< with the whole table
  /// First those of the configuration, then each destination's.
  std::vector<Finding> findings;
  [[nodiscard]] Status status() const { return overall_status(findings); }
};

/// Text or JSON; the other formats are tlsa-check's.
[[nodiscard]] std::string render(const PolicyReport& report, const RenderOptions& options);

}  // namespace dane::report
