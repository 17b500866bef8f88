#include <array>

#include <fmt/core.h>

#include "dane/postfix/protocols.hpp"

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::array grades{"high", "medium", "low", "export", "null"};

/// The grade's name in lower case; from 3.8 on, low and export mean medium.
std::optional<std::string> find_grade(std::string_view text, const Features& features) {
  for (const std::string_view grade : grades) {
    if (!same_word(text, grade)) continue;
    const bool is_weak = grade == "low" || grade == "export";
    return is_weak && features.weak_grades_are_medium ? "medium" : std::string(grade);
  }
  return std::nullopt;
}

}  // namespace

CipherChoice choose_ciphers(std::string_view grade, std::string_view exclusions,
                            const Settings& settings) {
  const auto known = find_grade(grade, features_of(settings.version));
  if (!known) return {std::nullopt, fmt::format("invalid cipher grade: \"{}\"", as_logged(grade))};
  const auto list = settings.cipher_lists.find(*known);
  if (list == settings.cipher_lists.end() || list->second.empty())
    return {std::nullopt, fmt::format("empty \"{}\" cipherlist", *known)};
  std::string chosen = list->second;
  for (const auto token : split(exclusions, ", \t\r\n:")) {
    if (std::string_view("!+-@").find(token.front()) != std::string_view::npos)
      return {std::nullopt,
              fmt::format("invalid unary '!+-@' in cipher exclusion: {}", as_logged(token))};
    chosen += ":!" + std::string(token);
  }
  return {chosen, {}};
}

}  // namespace dane::postfix
