/// \file  A report as values, on nothing but core.  The JSON form is `dane-report/1`, schema in
/// vectors/schema/dane-report-1.json.
///
/// Who fills these values makes network text printable() first; the renderers escape again, for
/// their own format.  A line feed is kept in one place only, Finding::advice, where it separates
/// lines; a line of the form "OWNER ... TLSA ..." there is printed as it is, from the first
/// column and never wrapped, so that it can be pasted into a zone file.
///
/// An empty string that stands for "does not apply" (no address offline, no security state of a
/// failed lookup) becomes null in JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/finding.hpp"

namespace dane::report {

struct TlsaRow {
  int usage = 0, selector = 0, matching_type = 0;
  std::string data;  ///< hex
  bool usable = false;
  std::optional<std::string> unusable_reason;
  bool set_aside_by_agility = false;
  std::vector<std::size_t> matches;  ///< chain positions, union over the chains
  std::vector<std::string> fate;     ///< for people: one line a chain or reason, e.g. "matches the
                                     ///< leaf of RSA at 192.0.2.1"
  std::string unusable_rule;         ///< "S45"; empty when usable
};

struct CertificateRow {
  std::string subject, issuer;
  TimePoint not_before, not_after;
  std::vector<std::string> dns_names;  ///< printable
  std::string key;                     ///< "RSA 2048"
  std::string spki_sha256, cert_sha256;
};

struct MatchedRow {
  std::size_t record = 0;
  int depth = 0;
};

struct ChainRow {
  std::string address;   ///< empty offline
  std::string key_type;  ///< of the leaf: "RSA", "ECDSA", ...
  std::string tls;       ///< empty offline
  std::string cipher;    ///< empty offline
  std::string source;    ///< offline and rehearsal: the file; else empty
  std::string sni;       ///< name sent; empty: none
  bool authenticated = false;
  std::string verdict;  ///< verify::Verdict: "authenticated", "refuted", "unusable",
                        ///< "undetermined"; empty: no records to judge by
  std::string because;  ///< one sentence: the explanation's reason
  std::optional<MatchedRow> matched;
  int verify_error = 0;
  std::string verify_error_name = "X509_V_OK";
  std::optional<std::string> matched_name;
  std::vector<CertificateRow> certificates;
  std::vector<std::string> reasoning;  ///< for --explain
};

/// A probe that brought no chain.
struct FailureRow {
  std::string address, key_type;
  std::string kind;  ///< "starttls-not-offered", ...
  std::string text;  ///< printable
  std::string reply, alert;
  std::string counts_as;  ///< "failure", "no-such-chain", "untestable"
};

struct AuthorityRow {  ///< renewal rehearsal: one server's view
  std::string server, address;
  std::string outcome;               ///< "found", "absent", "failed"
  std::vector<std::string> records;  ///< "3 1 1 hex"
  std::optional<bool> new_chain_passes;
  std::string text;
};

/// One host (or the offline input).
struct Subject {
  std::string domain;  ///< next-hop domain; empty with --host and offline
  std::string name;
  std::string protocol = "smtp";  ///< probe::Protocol, "none" is implicit TLS; empty offline
  std::uint16_t port = 25;        ///< 0 offline
  std::optional<std::uint16_t> preference;
  std::string outcome;             ///< smtp::HostOutcome: "verified", "refuted", ...
  std::string because;             ///< why DANE applies or not
  std::vector<std::string> rules;  ///< of `because`
  std::string base_domain, tlsa_owner;
  std::string tlsa_security;             ///< "secure", "insecure", "" when not found
  std::optional<std::int64_t> tlsa_ttl;  ///< seconds
  std::string
      address_security;  ///< of A and AAAA together: "secure", "insecure", "mixed", "" when none
  std::vector<std::string> aliases;  ///< CNAMEs followed from the host name, in order
  std::vector<std::string> addresses;
  std::vector<std::string> reference_identifiers;
  std::vector<TlsaRow> tlsa;
  std::vector<ChainRow> chains;
  std::vector<FailureRow> failures;
  std::vector<AuthorityRow> authorities;
  std::vector<std::string> recommended;  ///< TLSA records to publish, zone-file lines
};

struct DomainRow {
  std::string domain;
  std::string route;        ///< smtp::MailRoute: "mx", "implicit-mx", "null-mx", ...
  std::string mx_security;  ///< "secure", "insecure", ""
  std::string verdict;      ///< one sentence: would DANE senders deliver, and if not, why
  Status status = Status::ok;
  /// Which of Report::subjects and Report::findings are this domain's: [begin, end).  Both empty:
  /// subjects are found by their `domain`, findings are shown once for all domains.
  std::size_t subjects_begin = 0, subjects_end = 0;
  std::size_t findings_begin = 0, findings_end = 0;
};

struct Report {
  std::string tool, version;
  TimePoint evaluated_at;
  std::vector<DomainRow> domains;
  std::string answer;  ///< without domains (offline): one sentence, as DomainRow::verdict
  std::vector<Subject> subjects;
  std::vector<Finding> findings;
  [[nodiscard]] Status status() const { return overall_status(findings); }
};

enum class Format { text, json, nagios, prometheus };

struct RenderOptions {
  Format format = Format::text;
  bool color = false;
  bool explain = false;  ///< text: reasoning and rules
  int verbosity = 0;     ///< -1 quiet, 0, 1 verbose
};

/// Everything that came from the network is escaped again here, for the format at hand.
[[nodiscard]] std::string render(const Report& report, const RenderOptions& options);

}  // namespace dane::report
