/// \file  What smtp(8) does not want to know of a server's EHLO reply.  Internal to postfix.
#pragma once

#include <string>
#include <string_view>

#include "dane/postfix/settings.hpp"

namespace dane::postfix {

/// The setting that has it overlook STARTTLS, in words: smtp_discard_ehlo_keywords, or one that
/// lets it say HELO, which may hang on the greeting; empty: none.
[[nodiscard]] std::string overlooks_starttls(const Settings& settings, std::string_view greeting);

/// Nothing but what a Cisco PIX leaves of a greeting.
[[nodiscard]] bool looks_like_pix(std::string_view greeting);

/// What it logs behind the queue id of a greeting that only a firewall gives; empty: nothing.
[[nodiscard]] std::string pix_line(const Settings& settings, std::string_view greeting,
                                   std::string_view peer);

/// The log line after each EHLO reply; empty: none.
[[nodiscard]] std::string discarding_line(const Settings& settings);

/// It says EHLO.
[[nodiscard]] bool says_ehlo(const Settings& settings, std::string_view greeting);

}  // namespace dane::postfix
