/// \file  Which addresses could be reached at all.
#pragma once

#include "dane/smtp/facts.hpp"

namespace dane::check {

/// No connection came about.
[[nodiscard]] bool is_connect_failure(probe::ProbeFailure kind);

/// At least one connection to the address was made, whatever came of it.
[[nodiscard]] bool was_reached(const smtp::HostFacts& host, const IpAddress& address);

/// The host was probed, and none of its addresses was reached.
[[nodiscard]] bool was_never_reached(const smtp::HostFacts& host);

}  // namespace dane::check
