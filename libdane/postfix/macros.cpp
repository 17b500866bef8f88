#include "libdane/postfix/macros.hpp"

#include <fmt/core.h>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

bool is_name_octet(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Where the parenthesis that opens `text` is closed; npos: nowhere.
std::size_t closing(std::string_view text, char open, char close) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == open) ++depth;
    if (text[i] == close && --depth == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace

MacroParts split_macros(std::string_view text) {
  MacroParts read;
  const auto whole = text;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) read.parts.push_back({std::move(literal), false});
    literal.clear();
  };
  while (!text.empty()) {
    if (text.front() != '$' || text.starts_with("$$")) {
      literal += text.front();
      text.remove_prefix(text.front() == '$' ? 2 : 1);
      continue;
    }
    flush();
    text.remove_prefix(1);
    std::string name;
    if (text.starts_with('{') || text.starts_with('(')) {
      const auto end = closing(text, text.front(), text.front() == '{' ? '}' : ')');
      if (end == std::string_view::npos) {
        read.error = fmt::format("truncated macro reference: \"{}\"", as_logged(whole));
        return read;
      }
      name = text.substr(1, end - 1);
      text.remove_prefix(end + 1);
    } else {
      std::size_t end = 0;
      while (end < text.size() && is_name_octet(text[end])) ++end;
      name = text.substr(0, end);
      text.remove_prefix(end);
    }
    if (name.empty()) {
      read.error = fmt::format("empty macro name: \"{}\"", as_logged(whole));
      return read;
    }
    read.parts.push_back({std::move(name), true});
  }
  flush();
  return read;
}

}  // namespace dane::postfix
