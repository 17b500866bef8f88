/// \file  Postfix's versions, and all that differs between them, as data.
///
/// Code elsewhere never compares version numbers: it asks features_of().
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"

namespace dane::postfix {

/// "3.7.11", "3.12", "2.11.0", "3.12-20260821", "3.9.0-RC1": a snapshot or candidate counts as the
/// release that it leads to.
struct Version {
  int major = 3;
  int minor = 7;
  int patch = 11;
  auto operator<=>(const Version&) const = default;
  [[nodiscard]] std::string to_string() const;  ///< "3.7.11"
};

/// \return `postfix-version-invalid`; also for what is older than 2.6.0, which is not modelled.
[[nodiscard]] Result<Version> parse_version(std::string_view text);

/// How names in certificates are compared, and how the result is logged.
enum class MatchEra {
  own,              ///< up to 3.5: Postfix's own comparison; a wrong name leaves "Trusted"
  openssl,          ///< 3.6.0 to 3.10.3: OpenSSL compares; a wrong name makes "Untrusted"
  openssl_trusted,  ///< from 3.10.4: OpenSSL compares; a wrong name leaves "Trusted"
};

/// Who decides about a usable TLSA record behind an insecure MX RRset:
/// smtp_tls_dane_insecure_mx_policy's default.
enum class InsecureMxDefault {
  dane,           ///< always "dane"
  by_main_level,  ///< "dane" where smtp_tls_security_level is dane, "may" elsewhere
};

/// What a version knows and does.  Each field's history stands in libdane/postfix/version.cpp.
struct Features {
  bool eecdh_curves = false;         ///< tls_eecdh_auto_curves is a list
  bool key_exchange_groups = false;  ///< which may be empty, beside tls_ffdhe_auto_groups
  MatchEra era = MatchEra::openssl;
  bool dane = true;      ///< 2.11: levels dane and dane-only, tafile
  bool halfdane = true;  ///< 3.1: smtp_tls_dane_insecure_mx_policy
  InsecureMxDefault insecure_mx_default = InsecureMxDefault::dane;
  bool servername = true;                     ///< 3.4: servername=, smtp_tls_servername
  bool connection_reuse = true;               ///< 3.4: connection_reuse=
  bool raw_public_keys = false;               ///< 3.9: enable_rpk=
  bool external_policy = false;               ///< 3.10: policy_type= and its kin
  bool braces = false;                        ///< 3.10: { name = value } in an entry
  bool enforce_sts_mx_patterns = false;       ///< 3.10.5: smtp_tls_enforce_sts_mx_patterns
  bool tls_required_header = false;           ///< 3.10: TLS-Required: no
  bool log_tls_field = false;                 ///< 3.11: tls=... in delivery lines
  bool protocol_bounds = true;                ///< 3.6: >=TLSv1.2
  bool names_tls11_and_tls12 = true;          ///< 2.6.15, 2.7.9, 2.8.10, 2.9.2, 2.10
  bool names_tls13 = true;                    ///< 3.0.14, 3.1.10, 3.2.7, 3.3.2, 3.4
  bool key_exchange_in_summary = true;        ///< 3.4.0, 3.3.2, 3.2.7, 3.1.10
  bool anonymous_word = true;                 ///< 2.8.18, 2.9.10, 2.10: a client logs "Anonymous"
  bool untrusted_text = false;                ///< up to 3.5: "Server certificate not trusted"
  bool match_at_any_high_level = false;       ///< up to 2.10: match= at each level above encrypt
  bool policy_checked_before_connect = true;  ///< 2.11: 4.7.5 instead of 4.7.0 after the greeting
  bool multi_label_wildcards = false;         ///< 2.11 to 3.5: tls_wildcard_matches_multiple_labels
  bool public_key_fingerprints = true;        ///< 2.9
  bool md5_fingerprints_by_default = false;   ///< up to 3.5
  bool security_level_may_by_default = false;  ///< 3.11, with compatibility_level 3.11 or more
  bool conditional_expressions = true;         ///< 3.0: ${name?{x}:{y}}, ${{a} == {b} ? {x} : {y}}
  bool level_operators = true;                 ///< 3.6: ${{$compatibility_level} <level {3.6} ...}
  bool weak_grades_are_medium = false;         ///< 3.8: grades low and export mean medium
  bool cipher_fault_aborts = false;            ///< up to 3.3 its line ends ": aborting TLS session"
  bool null_mx = true;  ///< 3.0: a null MX has words of its own; earlier its name is malformed
  bool nexthop_lists = true;  ///< 3.5: next-hops in a row, "[a]:587, [b]"
  bool logs_setup = false;  ///< up to 2.7 the summary's level logs "setting up TLS connection" too
};

[[nodiscard]] Features features_of(const Version& version);

}  // namespace dane::postfix
