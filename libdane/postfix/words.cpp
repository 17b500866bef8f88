#include "libdane/postfix/words.hpp"

#include <algorithm>

#include "dane/core/domain_name.hpp"
#include "dane/core/text.hpp"

namespace dane::postfix {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// Two octets of UTF-8 hold U+0080 to U+07FF.
char32_t fold_two_octets(char32_t c) {
  const bool is_latin1 = c >= 0xC0 && c <= 0xDE && c != 0xD7;
  const bool is_greek = c >= 0x391 && c <= 0x3A9 && c != 0x3A2;
  const bool is_cyrillic = c >= 0x410 && c <= 0x42F;
  if (is_latin1 || is_greek || is_cyrillic) return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  if (c == 0x178) return 0xFF;
  if (c == 0x3C2) return 0x3C3;  // the final sigma
  // Latin Extended-A: capital and small letter side by side, the capital even or, in two runs, odd.
  const bool capital_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  if (capital_odd) return c % 2 == 1 ? c + 1 : c;
  const bool paired =
      c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149;
  return paired && c % 2 == 0 ? c + 1 : c;
}

bool label_fits(std::string_view label) {
  constexpr std::size_t longest_label = 63;
  if (label.empty() || label.size() > longest_label) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || is_digit(c) || c == '_' || c == '-';
  });
}

}  // namespace

bool is_space(char c) {
  return white_space.find(c) != std::string_view::npos;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  for (auto begin = text.find_first_not_of(separators); begin != std::string_view::npos;
       begin = text.find_first_not_of(separators)) {
    text.remove_prefix(begin);
    words.push_back(text.substr(0, text.find_first_of(separators)));
    text.remove_prefix(words.back().size());
  }
  return words;
}

bool has_word(std::string_view list, std::string_view word, std::string_view separators) {
  const auto words = split(list, separators);
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view other) { return same_word(other, word); });
}

std::string fold_case(std::string_view text) {
  std::string folded;
  const bool utf8 = is_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (utf8 && (lead & 0xE0U) == 0xC0U) {
      const auto next = static_cast<unsigned char>(text[++i]);
      const char32_t c = fold_two_octets((lead & 0x1FU) << 6U | (next & 0x3FU));
      if (c == 0xDF) {
        folded += "ss";
        continue;
      }
      folded += static_cast<char>(0xC0U | c >> 6U);
      folded += static_cast<char>(0x80U | (c & 0x3FU));
    } else {
      folded += lower(text[i]);
    }
  }
  return folded;
}

std::string as_logged(std::string_view text) {
  constexpr std::size_t longest = 2000;
  std::string out;
  while (!text.empty() && out.size() < longest) {
    const auto end = std::find_if(text.begin(), text.end(), is_ascii);
    const auto foreign = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (!foreign.empty()) {
      out += is_utf8(foreign) ? printable(foreign, longest) : std::string(foreign.size(), '?');
      text.remove_prefix(foreign.size());
      continue;
    }
    const char c = text.front();
    out += c >= ' ' && c != '\x7F' ? c : '?';
    text.remove_prefix(1);
  }
  return text.empty() ? out : out + "...";
}

bool is_hostname(std::string_view name) {
  constexpr std::size_t longest_name = 255;
  if (name.empty() || name.size() > longest_name) return false;
  const bool numeric =
      std::all_of(name.begin(), name.end(), [](char c) { return is_digit(c) || c == '.'; });
  if (numeric) return false;
  while (true) {
    const auto dot = name.find('.');
    if (!label_fits(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_utf8_hostname(std::string_view name) {
  if (std::all_of(name.begin(), name.end(), is_ascii)) return is_hostname(name);
  // An absolute name loses its final dot in DomainName, and Postfix refuses it.
  if (name.ends_with('.')) return false;
  const auto parsed = DomainName::parse(name);
  return parsed && is_hostname(parsed->to_string());
}

NameValue split_name_value(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  if (text.empty() || text.front() == '=') return {{}, {}, "missing attribute name"};
  std::size_t end = 0;
  while (end < text.size() && !is_space(text[end]) && text[end] != '=') ++end;
  const auto name = text.substr(0, end);
  const auto rest = trim(text.substr(end));
  if (rest.empty() || rest.front() != '=') return {{}, {}, "missing '=' after attribute name"};
  return {name, trim(rest.substr(1)), nullptr};
}

}  // namespace dane::postfix
