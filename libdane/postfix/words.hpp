/// \file  Postfix's notions of space, case, lists and host names.  Internal to postfix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dane::postfix {

inline constexpr std::string_view white_space = " \t\n\v\f\r";
inline constexpr std::string_view comma_or_space = ", \t\r\n";

[[nodiscard]] bool is_space(char c);
[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] bool all_digits(std::string_view text);  ///< at least one
[[nodiscard]] std::string_view trim(std::string_view text);
/// In ASCII letters' any case.
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);
/// What lies between runs of `separators`; never an empty word.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text,
                                                  std::string_view separators);
/// In ASCII letters' any case.
[[nodiscard]] bool has_word(std::string_view list, std::string_view word,
                            std::string_view separators = comma_or_space);
/// As a table folds its keys: ASCII, and the Latin, Greek and Cyrillic letters of UTF-8.
[[nodiscard]] std::string fold_case(std::string_view text);
/// As Postfix logs it: what cannot be printed becomes '?'.  Always one line of harmless UTF-8.
[[nodiscard]] std::string as_logged(std::string_view text);

/// Letters, digits, '_' and inner '-', labels of at most 63 octets, 255 in all, not all digits.
[[nodiscard]] bool is_hostname(std::string_view name);
/// The same of what IDNA makes of it.
[[nodiscard]] bool is_utf8_hostname(std::string_view name);

/// `name = value`, white space around both removed.
struct NameValue {
  std::string_view name;
  std::string_view value;
  const char* error = nullptr;  ///< Postfix's words; name and value are empty then
};
[[nodiscard]] NameValue split_name_value(std::string_view text);

}  // namespace dane::postfix
