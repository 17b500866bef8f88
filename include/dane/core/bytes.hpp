/// \file  Octets and their textual forms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"

namespace dane {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

[[nodiscard]] Bytes to_bytes(std::string_view octets);
[[nodiscard]] std::string to_octets(ByteView bytes);  ///< the same octets as a std::string
[[nodiscard]] std::string to_hex(ByteView bytes);     ///< lower case, no separators

/// \return the octets, or `hex-odd-length` / `hex-bad-digit`.  White space is not accepted.
[[nodiscard]] Result<Bytes> from_hex(std::string_view hex);

[[nodiscard]] std::string to_base64(ByteView bytes);  ///< RFC 4648 section 4, padded, one line
/// \return the octets, or `base64-invalid`.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

}  // namespace dane
