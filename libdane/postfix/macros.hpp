/// \file  `$name` and `${...}` within text.  Internal to postfix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dane::postfix {

struct MacroPart {
  std::string text;
  bool is_macro = false;  ///< `text` stands between the braces, or behind the '$'
};

struct MacroParts {
  std::vector<MacroPart> parts;
  std::string error;  ///< Postfix's words; empty: none
};
[[nodiscard]] MacroParts split_macros(std::string_view text);

}  // namespace dane::postfix
