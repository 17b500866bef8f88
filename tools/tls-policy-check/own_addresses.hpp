/// \file  The addresses at which a Postfix receives mail: it does not deliver to itself.
#pragma once

#include <vector>

#include "dane/core/ip_address.hpp"
#include "dane/postfix/settings.hpp"

namespace dane::tools::tls_policy_check {

/// inet_interfaces and proxy_interfaces as far as they can be told: addresses, and `all` and
/// `loopback-only` where Postfix runs on this machine.  Host names are not looked up.
[[nodiscard]] std::vector<IpAddress> own_addresses(const postfix::Settings& settings,
                                                   bool runs_here);

}  // namespace dane::tools::tls_policy_check
