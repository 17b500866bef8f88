/// \file  JSON text from a stranger, bounded before it becomes values.  Internal.
#pragma once

#include <cstddef>
#include <string_view>

#include <nlohmann/json.hpp>

#include "dane/core/error.hpp"

namespace dane::evidence {

using Json = nlohmann::json;  // a sorted map: an object of a million fields is no trap

inline constexpr std::size_t max_file_octets = 64U << 20U;
inline constexpr std::size_t max_depth = 32;
inline constexpr std::size_t max_values =
    2'000'000;  ///< a value takes up to a hundred octets in memory

/// \return the value, `evidence-too-large` (octets, depth, number of values) or `evidence-not-json`
/// (syntax, not UTF-8, the same field twice in an object).
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view where);

/// Evidence::request as a value: an object, empty for an empty text.  \return `evidence-invalid` or
/// what parse_json() returns.
[[nodiscard]] Result<Json> parse_request(std::string_view text);

}  // namespace dane::evidence
