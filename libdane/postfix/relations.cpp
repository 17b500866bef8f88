#include "libdane/postfix/relations.hpp"

#include <algorithm>
#include <charconv>
#include <compare>

#include "dane/postfix/settings.hpp"

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view level_suffix = "level";

std::optional<long> number(std::string_view text) {
  long value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (!all_digits(text) || stop != end || error != std::errc{}) return std::nullopt;
  return value;
}

bool decide(std::strong_ordering order, std::string_view op) {
  if (op == "==") return order == 0;
  if (op == "!=") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">=") return order >= 0;
  return order > 0;
}

}  // namespace

std::optional<std::array<long, 3>> parse_compatibility_level(std::string_view text) {
  constexpr long largest = 100'000;
  std::array<long, 3> level{};
  for (std::size_t i = 0; i < level.size(); ++i) {
    const auto dot = text.find('.');
    const auto part = number(text.substr(0, dot));
    if (!part || *part > largest) return std::nullopt;
    level.at(i) = *part;
    if (dot == std::string_view::npos) return level;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

bool is_relation(std::string_view op, bool with_level) {
  if (op.ends_with(level_suffix)) {
    if (!with_level) return false;
    op.remove_suffix(level_suffix.size());
  }
  constexpr std::array known{"==", "!=", "<", "<=", ">=", ">"};
  return std::find(known.begin(), known.end(), op) != known.end();
}

std::optional<bool> holds(std::string_view left, std::string_view op, std::string_view right) {
  if (op.ends_with(level_suffix)) {
    const auto a = parse_compatibility_level(left);
    const auto b = parse_compatibility_level(right);
    if (!a || !b) return std::nullopt;
    return decide(*a <=> *b, op.substr(0, op.size() - level_suffix.size()));
  }
  const auto a = number(left);
  const auto b = number(right);
  return decide(a && b ? *a <=> *b : left <=> right, op);
}

bool compatibility_at_least(std::string_view level, int major, int minor) {
  const auto parsed = parse_compatibility_level(trim(level));
  return parsed && *parsed >= std::array<long, 3>{major, minor, 0};
}

}  // namespace dane::postfix
