/// \file  Domain names as people type them, IDN included.  Internal to core.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"

namespace dane {

/// The labels of a typed name, U-labels as A-labels, lengths not yet checked.  Errors as
/// DomainName::parse() lists them.
[[nodiscard]] Result<std::vector<std::string>> parse_typed_domain(std::string_view text);

}  // namespace dane
