/// \file  The mx patterns of an MTA-STS policy file that the user fetched.  RFC 8461 section 3.2.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"

namespace dane::tools::tls_policy_check {

/// \return the patterns, none without a file; `file-unreadable`, or `sts-policy-invalid` for what
/// is no policy or has no mx.
[[nodiscard]] Result<std::vector<std::string>> read_sts_patterns(
    const std::optional<std::string>& file, Deadline deadline);

}  // namespace dane::tools::tls_policy_check
