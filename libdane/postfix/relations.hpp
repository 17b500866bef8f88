/// \file  `{a} == {b}`, `{3.5} <level {3.6}`.  Internal to postfix.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace dane::postfix {

/// "3.6" or "3.6.1": major, minor, patch; nothing for what Postfix calls malformed.
[[nodiscard]] std::optional<std::array<long, 3>> parse_compatibility_level(std::string_view text);

[[nodiscard]] bool is_relation(std::string_view op, bool with_level);
/// Nothing: an operand of a level comparison is malformed.
[[nodiscard]] std::optional<bool> holds(std::string_view left, std::string_view op,
                                        std::string_view right);

}  // namespace dane::postfix
