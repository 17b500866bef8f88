#include "libdane/postfix/ehlo_keywords.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

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
  return has_word(settings.discard_ehlo_keywords, keyword);
}

bool disables_esmtp(const Settings& settings) {
  return has_word(settings.pix_workarounds, "disable_esmtp");
}

/// A word of its own behind the code.
bool names_esmtp(std::string_view greeting) {
  return has_word(greeting.substr(std::min<std::size_t>(greeting.size(), 4)), "ESMTP", " \t\n");
}

/// What has Postfix say HELO to a server that greets so; empty: nothing.
std::string helo_by(const Settings& settings, std::string_view greeting) {
  if (settings.never_send_ehlo) return "smtp_never_send_ehlo = yes";
  if (looks_like_pix(greeting) && disables_esmtp(settings))
    return "disable_esmtp in smtp_pix_workarounds (the greeting is as a Cisco PIX firewall leaves "
           "it)";
  if (!settings.always_send_ehlo && !greeting.empty() && !names_esmtp(greeting))
    return "smtp_always_send_ehlo = no (the greeting has no word ESMTP)";
  return {};
}

}  // namespace

bool looks_like_pix(std::string_view greeting) {
  return !greeting.empty() && greeting.find_first_not_of("20 *\t\n") == std::string_view::npos;
}

std::string pix_line(const Settings& settings, std::string_view greeting, std::string_view peer) {
  if (!looks_like_pix(greeting) || settings.pix_workarounds.empty()) return {};
  // delay_dotcrlf is for mail that has waited for a while.
  return fmt::format("enabling PIX workarounds: {} for {}",
                     disables_esmtp(settings) ? "disable_esmtp" : "", peer);
}

bool says_ehlo(const Settings& settings, std::string_view greeting) {
  return helo_by(settings, greeting).empty();
}

std::string overlooks_starttls(const Settings& settings, std::string_view greeting) {
  if (settings.wrappermode) return {};
  if (auto why = helo_by(settings, greeting); !why.empty()) return why;
  return discards(settings, "starttls") ? "starttls in smtp_discard_ehlo_keywords" : "";
}

std::string discarding_line(const Settings& settings) {
  std::string line;
  if (discards(settings, "silent-discard")) return line;
  for (const auto& [name, logged] : keywords)
    if (discards(settings, name)) line.append(" ").append(logged);
  return line.empty() ? line : "discarding EHLO keywords:" + line;
}

}  // namespace dane::postfix
