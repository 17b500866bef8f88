/// \file  What smtp(8) does not want to know of a server's EHLO reply.  Internal to postfix.
#pragma once

#include <string>

#include "dane/postfix/settings.hpp"

namespace dane::postfix {

/// Does it overlook STARTTLS?  By smtp_discard_ehlo_keywords, or because it never says EHLO.
[[nodiscard]] bool overlooks_starttls(const Settings& settings);

/// The log line after each EHLO reply; empty: none.
[[nodiscard]] std::string discarding_line(const Settings& settings);

}  // namespace dane::postfix
