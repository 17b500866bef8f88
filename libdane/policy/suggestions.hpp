/// \file  The makers of suggestions, and the checks that each one has to pass.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libdane/policy/findings.hpp"

namespace dane::policy {

using Suggestions = std::vector<report::SuggestionRow>;

/// Attributes of the present entry with which no suggestion would be sound, "ciphers=null"; empty:
/// all can be kept.
[[nodiscard]] std::string attributes_left_out(const Case& c);

/// A line for the table: level and match list as given, other attributes as in the present entry.
struct Draft {
  postfix::Level level = postfix::Level::secure;
  std::vector<std::string> match;
  std::vector<std::string> extra;  ///< further attributes: "servername=hostname"
};
/// "example.com secure match=.example.net ciphers=high"; nothing where the version at hand would
/// not take it, or would read something else than the draft.
[[nodiscard]] std::optional<std::string> write_entry(const Case& c, const Draft& draft);

/// Servers that showed a certificate, in whatever handshake.
[[nodiscard]] std::vector<const JudgedServer*> seen_servers(const Case& c);
/// Would level secure with these patterns authenticate this server?  Chain and names, as Postfix
/// has OpenSSL do it.  Where no CA was given, names alone.
[[nodiscard]] bool would_verify(const Case& c, const JudgedServer& server,
                                const std::vector<std::string>& patterns);
[[nodiscard]] bool would_verify_all(const Case& c, const std::vector<std::string>& patterns);
/// "The certificate of each of the 2 servers seen has such a name."
[[nodiscard]] std::string because_of(const Case& c, const std::vector<std::string>& patterns);

[[nodiscard]] Suggestions suggest_dane(const Case& c);
[[nodiscard]] Suggestions suggest_names(const Case& c);
[[nodiscard]] Suggestions suggest_sts(const Case& c);

}  // namespace dane::policy
