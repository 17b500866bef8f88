/// \file  Small things about the text of names.  Internal to postfix.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "dane/core/bytes.hpp"

namespace dane::postfix {

[[nodiscard]] inline char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

[[nodiscard]] inline bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

[[nodiscard]] inline bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

/// The octets of an IP address, in every form that OpenSSL takes for one ("010.0.0.1" too).
[[nodiscard]] std::optional<Bytes> openssl_address(std::string_view text);

}  // namespace dane::postfix
