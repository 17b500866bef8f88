#include "libdane/probe/quote.hpp"

#include <algorithm>
#include <string_view>

#include "dane/core/text.hpp"

namespace dane::probe {
namespace {

bool is_printable_ascii(char c) {
  return c >= ' ' && c <= '~';
}

/// Octets of the UTF-8 character beyond ASCII that `text` begins with; 0 when there is none.
std::size_t character_length(std::string_view text) {
  if (static_cast<unsigned char>(text.front()) < 0x80) return 0;
  for (std::size_t length = 2; length <= std::min<std::size_t>(4, text.size()); ++length)
    if (is_utf8(text.substr(0, length))) return length;
  return 0;
}

}  // namespace

std::string_view up_to_nul(std::string_view line) {
  return line.substr(0, line.find('\0'));
}

std::string quote_as_postfix(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& whole : lines) {
    const auto line = up_to_nul(whole);
    if (!out.empty()) out += '\n';
    for (std::size_t at = 0; at < line.size();) {
      const auto rest = line.substr(at);
      const auto length = character_length(rest);
      const auto character = rest.substr(0, std::max<std::size_t>(length, 1));
      const bool shown =
          length == 0 ? is_printable_ascii(rest.front()) : printable(character) == character;
      out += shown ? character : "?";
      at += character.size();
    }
  }
  return out;
}

}  // namespace dane::probe
