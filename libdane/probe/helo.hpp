/// \file  The name that EHLO carries.  RFC 5321 sections 4.1.1.1, 4.1.2 and 4.1.3.
#pragma once

#include <string>
#include <string_view>

#include "dane/core/ip_address.hpp"

namespace dane::probe {

/// "[192.0.2.1]", "[IPv6:2001:db8::1]"
[[nodiscard]] std::string address_literal(const IpAddress& address);

/// This machine's host name when it is fully qualified, else empty.
[[nodiscard]] std::string qualified_host_name();

}  // namespace dane::probe
