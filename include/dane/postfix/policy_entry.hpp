/// \file  The right-hand side of a policy table: a level and its attributes.  P22, P23
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dane/postfix/level.hpp"
#include "dane/postfix/version.hpp"

namespace dane::postfix {

struct PolicyEntry {
  Level level = Level::none;
  std::optional<std::string> protocols;  ///< may be empty: no exclusion
  std::optional<std::string> ciphers;
  std::optional<std::string> exclude;
  std::optional<std::string> servername;
  /// Split, in order.  Nothing: main.cf's; an empty list (`match=:`): none, so nothing matches.
  std::vector<std::string> match;
  bool has_match = false;  ///< match= was given
  std::vector<std::string> tafiles;
  std::optional<bool> connection_reuse;
  std::optional<bool> enable_rpk;
  std::optional<std::string> policy_type;  ///< "sts", "no-policy-found"
  std::optional<std::string> policy_domain;
  std::optional<std::string> policy_failure;  ///< forces a certificate failure
  std::optional<long> policy_ttl;
  std::vector<std::string> policy_strings;
  std::vector<std::string> mx_host_patterns;
  bool operator==(const PolicyEntry&) const = default;
};

/// Why Postfix refuses an entry; all mail to the destination is deferred then.
struct EntryFault {
  std::string warning;    ///< as Postfix words it, behind `TITLE, next-hop destination "KEY": `
  std::string attribute;  ///< the attribute or level at fault
  bool other_version = false;  ///< another modelled version would take it
  std::string remedy;
  bool operator==(const EntryFault&) const = default;
};

struct ParsedEntry {
  std::variant<PolicyEntry, EntryFault> outcome;
  std::vector<std::string> notes;  ///< what Postfix warns of and goes on, worded likewise
};

/// Judges the text alone: whether a tafile can be read is for load_trust_anchors() to say.
[[nodiscard]] ParsedEntry parse_policy(std::string_view value, const Version& version);

}  // namespace dane::postfix
