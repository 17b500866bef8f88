#include <algorithm>
#include <charconv>
#include <optional>

#include "libdane/postfix/digests.hpp"
#include "libdane/postfix/name_text.hpp"

namespace dane::postfix {

namespace {

constexpr unsigned highest_matching_type = 254;  // 255 stands for fingerprints

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view separators = ", \t\r\n";
  std::vector<std::string_view> out;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
    if (text.empty()) return out;
    const auto length = std::min(text.find_first_of(separators), text.size());
    out.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

/// SHA-256 and SHA-512 have numbers of their own, which no other algorithm may have.
std::optional<unsigned> registered(std::string_view name) {
  if (equal_ignoring_case(name, "sha256")) return 1;
  if (equal_ignoring_case(name, "sha512")) return 2;
  return std::nullopt;
}

std::optional<unsigned> number_of(std::string_view name, std::string_view number) {
  const auto fixed = registered(name);
  if (number.empty()) return fixed;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(number.begin(), number.end(), value);
  const bool valid =
      error == std::errc() && end == number.end() && value >= 1 && value <= highest_matching_type;
  if (!valid || (fixed ? value != *fixed : value <= 2)) return std::nullopt;
  return value;
}

}  // namespace

std::vector<DaneDigest> parse_dane_digests(std::string_view text) {
  std::vector<DaneDigest> out;
  for (const auto word : words(text)) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto number =
        number_of(name, equals == std::string_view::npos ? "" : word.substr(equals + 1));
    if (name.empty() || !number) continue;
    const bool again = std::any_of(out.begin(), out.end(), [&](const DaneDigest& other) {
      return other.matching_type == *number;
    });
    const EVP_MD* const digest = digest_named(name);
    if (!again && digest != nullptr) out.push_back({std::string(name), *number, digest});
  }
  return out;
}

}  // namespace dane::postfix
