/// \file  main.cf parameters that bear on client TLS, with their defaults by version.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"
#include "dane/postfix/level.hpp"
#include "dane/postfix/version.hpp"

namespace dane::postfix {

/// One setting as a file (or postconf, or a command line) has it.
struct Assignment {
  std::string value;  ///< before `$name` expansion
  std::string file;   ///< where it stands; empty: not from a file
  int line = 0;
};
/// By parameter name: the last assignment of a name counts.
using Assignments = std::map<std::string, Assignment, std::less<>>;

/// Something wrong or remarkable in a configuration file.
struct ConfigProblem {
  std::string code;  ///< stable, lower-case-with-hyphens
  std::string what;  ///< one sentence, printable
  std::string file;
  int line = 0;
  std::string effect;  ///< what Postfix itself does with it
  std::string remedy;
  bool fatal = false;  ///< Postfix does not start, or ends
  /// Of a smtp(8) that ends at its start: what it logs as "fatal:", behind lines of warnings.
  std::string last_words = {};
};

struct MainCf {
  Assignments assignments;
  std::vector<ConfigProblem> problems;
};
/// main.cf's syntax: comments, continuation lines, `name = value`, the last one wins.
[[nodiscard]] MainCf parse_main_cf(std::string_view text, std::string_view file);

/// `$name`, `${name}`, `$(name)`, `${name?text}`, `${name:text}`, `${{a} == {b} ? {c} : {d}}`,
/// against the assignments and then the version's defaults; loops and unbalanced braces are
/// problems and leave the text as it is, as Postfix's own message says.
struct Expanded {
  std::string text;
  std::vector<ConfigProblem> problems;
};
[[nodiscard]] Expanded expand(std::string_view text, const Assignments& assignments,
                              const Version& version);

/// The effective values for one delivery agent.  Strings are as Postfix sees them after expansion.
struct Settings {
  Version version;
  std::string security_level;  ///< smtp_tls_security_level; empty: use_tls and enforce_tls decide
  bool use_tls = false, enforce_tls = false, enforce_peername = true;
  std::string policy_maps, per_site;
  std::string protocols, mandatory_protocols;
  std::string ciphers, mandatory_ciphers;
  std::string exclude_ciphers, mandatory_exclude_ciphers;
  std::string verify_cert_match, secure_cert_match, fingerprint_cert_match, fingerprint_digest;
  std::string ca_file, ca_path, trust_anchor_file;
  std::string cert_file, dcert_file, eccert_file, chain_files;  ///< of this client
  std::string key_file, dkey_file, eckey_file;
  bool append_default_ca = false;
  std::string servername;
  std::string dane_insecure_mx_policy;
  bool force_insecure_host_tlsa_lookup = false;
  bool enforce_sts_mx_patterns = true;
  bool wrappermode = false;  ///< smtp_tls_wrappermode: TLS from the first octet
  bool wildcard_matches_multiple_labels = true;
  bool cname_overrides_servername = false;
  bool ignore_mx_lookup_error = false;
  bool disable_dns_lookups = false;
  bool never_send_ehlo = false;
  bool always_send_ehlo = true;
  bool skip_5xx_greeting = true;
  bool balance_inet_protocols = false;  ///< smtp_balance_inet_protocols
  bool defer_if_no_mx_address = false;  ///< smtp_defer_if_no_mx_address_found
  std::string host_lookup = "dns", dns_support_level, dns_resolver_options;
  std::string dnssec_probe;  ///< "ns:."; empty: Postfix does not ask whether its resolver validates
  std::string dane_digests = "sha512 sha256";
  std::string tls_loglevel = "0";
  bool note_starttls_offer = false;            ///< smtp_tls_note_starttls_offer
  bool fingerprint_digest_is_default = false;  ///< smtp_tls_fingerprint_digest is not set
  std::string address_preference = "any";      ///< any, ipv4, ipv6; empty before 2.8: ipv6
  std::string inet_interfaces = "all", proxy_interfaces, best_mx_transport;
  std::string discard_ehlo_keywords;  ///< smtp_discard_ehlo_keywords
  std::string pix_workarounds = "disable_esmtp,delay_dotcrlf", pix_workaround_maps;
  std::string fallback_relay;  ///< smtp_fallback_relay
  std::string relayhost, myhostname, compatibility_level, mail_version;
  std::string smtp_tcp_port = "smtp";
  int scert_verifydepth = 9;
  int mx_address_limit = 5;                         ///< smtp_mx_address_limit; 0: none
  std::string inet_protocols = "all";               ///< "ipv4", "ipv6, ipv4"
  std::map<std::string, std::string> cipher_lists;  ///< tls_high_cipherlist and its kin, by grade
  std::string eecdh_curves;  ///< tls_eecdh_auto_curves; empty: as compiled in
  std::string last_words;    ///< smtp(8) ends at its start with these; empty: it starts
};

struct EvaluatedSettings {
  Settings settings;
  std::vector<ConfigProblem> problems;  ///< values that Postfix would refuse
};
/// \param assignments  of main.cf, overridden by the service's `-o` options.
[[nodiscard]] EvaluatedSettings evaluate_settings(const Assignments& assignments,
                                                  const Version& version);

/// Default before expansion, "" for what is empty; nothing for a parameter that the version does
/// not have or that is not modelled.
[[nodiscard]] std::optional<std::string> default_of(std::string_view parameter,
                                                    const Version& version);
/// Every modelled parameter that the version knows.
[[nodiscard]] std::vector<std::string> known_parameters(const Version& version);

/// The level without a table entry, and the parameter that it comes from.
struct GlobalLevel {
  Level level = Level::none;
  std::string source;                ///< "smtp_tls_security_level", "smtp_use_tls", "default", ...
  std::optional<std::string> fatal;  ///< Postfix ends at start with this message
};
[[nodiscard]] GlobalLevel global_level(const Settings& settings);

/// Patterns of a main.cf parameter: split on white space, comma and, where `colon`, colon.  P11
[[nodiscard]] std::vector<std::string> split_list(std::string_view text, bool colon);

/// relayhost: one next-hop, or several where the version knows lists; they are tried in turn.
[[nodiscard]] std::vector<std::string> relay_hosts(const Settings& settings);

/// compatibility_level: is `level` at least `major.minor`?  "2" < "3.6" < "3.10".
[[nodiscard]] bool compatibility_at_least(std::string_view level, int major, int minor);

}  // namespace dane::postfix
