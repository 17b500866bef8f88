#include "libdane/postfix/smtp_reply.hpp"

#include <algorithm>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

/// One to three digits at the front of `text`, which is left without them.
bool take_number(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto size = static_cast<std::size_t>(end - text.begin());
  if (size == 0 || size > 3) return false;
  text.remove_prefix(size);
  return true;
}

/// "4.7.0" at the front of `text`, or nothing.  RFC 3463 section 2
std::string_view enhanced_code(std::string_view text) {
  std::string_view rest = text;
  if (rest.size() < 2 || !is_digit(rest[0]) || rest[1] != '.') return {};
  rest.remove_prefix(2);
  if (!take_number(rest) || !rest.starts_with('.')) return {};
  rest.remove_prefix(1);
  if (!take_number(rest)) return {};
  return rest.empty() || rest[0] == ' ' ? text.substr(0, text.size() - rest.size())
                                        : std::string_view();
}

}  // namespace

std::string status_of_reply(std::string_view reply) {
  reply.remove_prefix(reply.rfind('\n') + 1);  // nothing found: npos + 1 is 0
  const bool has_code =
      reply.size() >= 3 && std::all_of(reply.begin(), reply.begin() + 3, is_digit);
  if (!has_code || (reply[0] != '4' && reply[0] != '5')) return "5.5.0";
  std::string_view text = reply.substr(std::min<std::size_t>(reply.size(), 4));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto code = enhanced_code(text);
  if (!code.empty() && code[0] == reply[0]) return std::string(code);
  return std::string(1, reply[0]) + ".0.0";
}

std::string one_line(std::string_view reply) {
  std::string line;
  for (const char c : reply) {
    if (c != '\r') line += c == '\n' ? ' ' : c;
  }
  return line;
}

}  // namespace dane::postfix
