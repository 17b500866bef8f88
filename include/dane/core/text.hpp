/// \file  Making network text harmless.  Banners, certificate names and DNS data are hostile.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dane {

/// Printable UTF-8 stays; control characters (C0, DEL, C1), bidirectional controls, line
/// separators, zero-width and other invisible characters, and octets that are not UTF-8 become
/// `\xNN` an octet; a backslash becomes `\\`.  A result longer than `limit` octets is cut, never
/// within a character or an escape, and ends with "...".  The result is valid UTF-8 on one line:
/// safe for terminals, JSON and HTML text after the usual escaping of those formats.
[[nodiscard]] std::string printable(std::string_view hostile, std::size_t limit = 512);

/// True when `text` is valid UTF-8 (no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace dane
