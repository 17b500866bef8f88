/// \file  Replies in the words of Postfix's log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dane::probe {

/// line_length_limit of Postfix: as much as it keeps of a line, and where it stops to add lines.
inline constexpr std::size_t max_quoted_reply = 2048;

/// A line as a C program has it: up to the first NUL.
[[nodiscard]] std::string_view up_to_nul(std::string_view line);

/// The lines of a reply joined by line feeds, '?' for each octet that is neither printable ASCII
/// nor within UTF-8; each ends at a NUL.  Beyond Postfix, one '?' for each character that
/// printable() would not let pass: the result is safe for terminals.
[[nodiscard]] std::string quote_as_postfix(const std::vector<std::string>& lines);

}  // namespace dane::probe
