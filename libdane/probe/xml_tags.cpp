#include "libdane/probe/xml_tags.hpp"

#include <algorithm>

namespace dane::probe {
namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string_view trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
  const auto last = text.find_last_not_of(white_space);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// Position of the '>' that ends the tag at the front: not one inside a quoted value.
std::size_t tag_end(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i;
    }
  }
  return std::string_view::npos;
}

/// What is between '<' and '>'.
bool split_tag(std::string_view inside, Tag& out) {
  out = {};
  if (!inside.empty() && inside.front() == '/') {
    out.closes = true;
    inside.remove_prefix(1);
  } else {
    out.opens = true;
    if (!inside.empty() && inside.back() == '/') {
      out.closes = true;
      inside.remove_suffix(1);
    }
  }
  const auto end = std::min(inside.find_first_of(white_space), inside.size());
  out.name = inside.substr(0, end);
  out.attributes = inside.substr(end);
  if (const auto colon = out.name.find(':'); colon != std::string_view::npos)
    out.name.remove_prefix(colon + 1);
  return !out.name.empty() && out.name.find_first_of("<&\"'=") == std::string_view::npos;
}

}  // namespace

TagStatus decode_tag(std::string_view& text, std::size_t limit, Tag& out) {
  for (;;) {
    const auto open = text.find('<');
    if (open == std::string_view::npos)
      return text.size() > limit ? TagStatus::malformed : TagStatus::incomplete;
    const auto from = text.substr(open);
    const auto end = tag_end(from);
    if (end == std::string_view::npos)
      return from.size() > limit ? TagStatus::malformed : TagStatus::incomplete;
    if (end > limit) return TagStatus::malformed;
    const auto inside = from.substr(1, end - 1);
    text = from.substr(end + 1);
    if (inside.substr(0, 4) == "?xml") continue;
    return split_tag(inside, out) ? TagStatus::complete : TagStatus::malformed;
  }
}

bool has_attribute(const Tag& tag, std::string_view name, std::string_view value) {
  auto rest = tag.attributes;
  while (!rest.empty()) {
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return false;
    const auto key = trim(rest.substr(0, equals));
    rest = trim(rest.substr(equals + 1));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return false;
    const auto end = rest.find(rest[0], 1);
    if (end == std::string_view::npos) return false;
    if (key == name && (value.empty() || rest.substr(1, end - 1) == value)) return true;
    rest.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace dane::probe
