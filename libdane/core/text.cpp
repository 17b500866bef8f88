#include "dane/core/text.hpp"

#include <cstdint>

namespace dane {

namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t octets = 0;  ///< 0: the text does not begin with valid UTF-8
};

struct Lead {
  std::size_t octets;
  unsigned char mask;
  char32_t smallest;  ///< smaller values would be overlong forms
};

Lead classify(unsigned char lead) {
  if (lead < 0x80) return {1, 0x7F, 0};
  if (lead >= 0xC2 && lead <= 0xDF) return {2, 0x1F, 0x80};
  if (lead >= 0xE0 && lead <= 0xEF) return {3, 0x0F, 0x800};
  if (lead >= 0xF0 && lead <= 0xF4) return {4, 0x07, 0x10000};
  return {0, 0, 0};
}

/// RFC 3629: the code point at the front of `text`, which is not empty.
CodePoint decode_front(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const Lead lead = classify(first);
  if (lead.octets == 0 || text.size() < lead.octets) return {};
  char32_t value = first & lead.mask;
  for (std::size_t i = 1; i < lead.octets; ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if ((octet & 0xC0) != 0x80) return {};
    value = value << 6U | (octet & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lead.smallest || value > 0x10FFFF || surrogate) return {};
  return {value, lead.octets};
}

/// Code points that move the cursor, reorder, hide or break a line.
bool is_harmful(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return true;  // C0, DEL, C1
  if (c == 0x00AD || c == 0x061C || c == 0x180E)
    return true;                                // soft hyphen, Arabic and Mongolian marks
  if (c >= 0x200B && c <= 0x200F) return true;  // zero width; left-to-right and right-to-left marks
  if (c >= 0x2028 && c <= 0x202E) return true;  // line, paragraph separators; embeddings, overrides
  if (c >= 0x2060 && c <= 0x206F) return true;  // word joiner, invisible operators, isolates
  if (c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB)) return true;   // byte order mark, annotations
  if (c >= 0xE0000 && c <= 0xE007F) return true;                  // tags
  return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);  // noncharacters
}

void append_escaped(std::string& out, std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    out += "\\x";
    out += digits[octet >> 4U];
    out += digits[octet & 0xFU];
  }
}

}  // namespace

std::string printable(std::string_view hostile, std::size_t limit) {
  constexpr std::string_view ellipsis = "...";
  const std::size_t room = limit > ellipsis.size() ? limit - ellipsis.size() : 0;
  std::string out;
  std::size_t cut = 0;  // where "..." goes if the whole does not fit
  while (!hostile.empty()) {
    const CodePoint c = decode_front(hostile);
    const std::string_view unit = hostile.substr(0, c.octets == 0 ? 1 : c.octets);
    if (c.octets == 0 || is_harmful(c.value)) {
      append_escaped(out, unit);
    } else if (c.value == U'\\') {
      out += "\\\\";
    } else {
      out += unit;
    }
    if (out.size() > limit) {
      out.resize(cut);
      return out.append(ellipsis.substr(0, limit));
    }
    if (out.size() <= room) cut = out.size();
    hostile.remove_prefix(unit.size());
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint c = decode_front(text);
    if (c.octets == 0) return false;
    text.remove_prefix(c.octets);
  }
  return true;
}

}  // namespace dane
