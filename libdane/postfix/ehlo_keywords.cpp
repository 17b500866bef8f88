#include "libdane/postfix/ehlo_keywords.hpp"

#include <algorithm>
#include <string_view>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

struct Keyword {
  std::string_view name;
  std::string_view logged;
};
/// In the order in which they are logged, one of them with a slip of Postfix's.
constexpr Keyword keywords[] = {
    {"8BITMIME", "8BITMIME"},
    {"AUTH", "AUTH"},
    {"ETRN", "ETRN"},
    {"PIPELINING", "PIPELINING"},
    {"SIZE", "SIZE"},
    {"VERP", "VERP"},
    {"VRFY", "VRFY"},
    {"XCLIENT", "XCLIENT"},
    {"XFORWARD", "XFORWARD"},
    {"STARTTLS", "STARTTLS"},
    {"ENHANCEDSTATUSCODES", "ENHANCEDSTATUSCODES"},
    {"DSN", "DSN"},
    {"SMTPUTF8", "EHLO_MASK_SMTPUTF8"},
    {"CHUNKING", "CHUNKING"},
};

bool discards(const Settings& settings, std::string_view keyword) {
  const auto words = split(settings.discard_ehlo_keywords, comma_or_space);
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return same_word(word, keyword); });
}

}  // namespace

bool overlooks_starttls(const Settings& settings) {
  return !settings.wrappermode && (settings.never_send_ehlo || discards(settings, "starttls"));
}

std::string discarding_line(const Settings& settings) {
  std::string line;
  if (settings.never_send_ehlo || discards(settings, "silent-discard")) return line;
  for (const auto& [name, logged] : keywords)
    if (discards(settings, name)) line.append(" ").append(logged);
  return line.empty() ? line : "discarding EHLO keywords:" + line;
}

}  // namespace dane::postfix
