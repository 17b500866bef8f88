/// \file  What tls-policy-check does.
#pragma once

#include "tools/tls-policy-check/arguments.hpp"

namespace dane::tools::tls_policy_check {

/// \return the exit status.
[[nodiscard]] int run(const Arguments& arguments);

}  // namespace dane::tools::tls_policy_check
