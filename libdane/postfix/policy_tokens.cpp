#include "libdane/postfix/policy_tokens.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

/// The length of the token at the front of `text`.
std::size_t token_length(std::string_view text, std::string_view separators) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') {
      ++depth;
    } else if (depth > 0 && text[i] == '}') {
      --depth;
    } else if (depth == 0 && separators.find(text[i]) != std::string_view::npos) {
      return i;
    }
  }
  return text.size();
}

/// Where the brace that opens `token` is closed: the octet behind it; 0: nowhere.
std::size_t balanced_length(std::string_view token) {
  int depth = 0;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '{') ++depth;
    if (token[i] == '}' && --depth == 0) return i + 1;
  }
  return 0;
}

/// What the braces hold; line ends within a value become spaces.
Attribute unbrace(std::string_view token) {
  Attribute read;
  const auto length = balanced_length(token);
  const auto inner = length == 0 ? token.substr(1) : token.substr(1, length - 2);
  read.text = trim(inner);
  std::replace_if(read.text.begin(), read.text.end(), is_space, ' ');
  if (length == 0) {
    read.error = fmt::format("missing '}}' in \"{}\"", as_logged(token));
  } else if (length < token.size()) {
    read.error = fmt::format("syntax error after '}}' in \"{}\"", as_logged(token));
  }
  return read;
}

}  // namespace

std::vector<std::string_view> policy_tokens(std::string_view value, bool braces) {
  return braces ? split_braced(value, comma_or_space) : split(value, comma_or_space);
}

std::vector<std::string_view> split_braced(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> tokens;
  while (true) {
    const auto begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return tokens;
    text.remove_prefix(begin);
    tokens.push_back(text.substr(0, token_length(text, separators)));
    text.remove_prefix(tokens.back().size());
  }
}

Attribute read_attribute(std::string_view token, bool braces) {
  Attribute read;
  if (braces && token.starts_with('{')) {
    read = unbrace(token);
  } else {
    read.text = token;
  }
  if (!read.error.empty()) return read;
  const auto [name, value, error] = split_name_value(read.text);
  if (error != nullptr) {
    read.error = error;
  } else {
    read.name = name;
    read.value = value;
  }
  return read;
}

}  // namespace dane::postfix
