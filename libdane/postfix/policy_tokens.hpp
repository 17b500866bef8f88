/// \file  Words of a policy table's right-hand side, and of master.cf.  Internal to postfix.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dane::postfix {

/// Split on white space and comma; with `braces`, not within balanced ones.
[[nodiscard]] std::vector<std::string_view> policy_tokens(std::string_view value, bool braces);

/// Split on the separators, but not within balanced braces.  A brace that is never closed takes the
/// rest.
[[nodiscard]] std::vector<std::string_view> split_braced(std::string_view text,
                                                         std::string_view separators);

/// An attribute, or why there is none.
struct Attribute {
  std::string name;
  std::string value;
  std::string text;   ///< the token, for messages
  std::string error;  ///< Postfix's words; empty: none
};
/// `name=value` or, with `braces`, `{ name = value }`.
[[nodiscard]] Attribute read_attribute(std::string_view token, bool braces);

}  // namespace dane::postfix
