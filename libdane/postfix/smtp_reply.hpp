/// \file  What an SMTP reply means to Postfix.
#pragma once

#include <string>
#include <string_view>

namespace dane::postfix {

/// The enhanced status code of a reply's last line where it agrees with the reply's first digit,
/// else "4.0.0" or "5.0.0" by that digit; "5.5.0" for what is no refusal at all.
[[nodiscard]] std::string status_of_reply(std::string_view reply);

/// As it stands in a log: "454-4.7.1 not now 454 4.7.1 come back later".
[[nodiscard]] std::string one_line(std::string_view reply);

}  // namespace dane::postfix
