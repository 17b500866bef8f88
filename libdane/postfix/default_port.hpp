/// \file  What smtp(8) makes of smtp_tcp_port.  Internal to postfix and policy.
#pragma once

#include <optional>
#include <string>

#include "dane/postfix/destination.hpp"
#include "dane/postfix/settings.hpp"

namespace dane::postfix {

/// \return the last words of the smtp(8) that is to deliver there; nothing: it knows the port
[[nodiscard]] std::optional<std::string> default_port_fault(const Destination& destination,
                                                            const Settings& settings);

}  // namespace dane::postfix
