/// \file  Mail that relayhost sends elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "libdane/policy/findings.hpp"

namespace dane::policy {

/// relayhost is set, and this next-hop is another.
[[nodiscard]] bool is_bypassed(const postfix::Settings& settings, std::string_view nexthop);
/// In front of the verdict: "No mail goes straight there, for relayhost is ...: if it did: ".
[[nodiscard]] std::string bypass_words(const Case& c);
/// The findings, and what they are worth where no mail goes.
[[nodiscard]] Findings with_bypass(const Case& c, Findings findings);

}  // namespace dane::policy
