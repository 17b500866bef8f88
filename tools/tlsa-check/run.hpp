/// \file  One run of tlsa-check, from arguments to exit status.
#pragma once

#include "tools/tlsa-check/arguments.hpp"

namespace dane::tools::tlsa_check {

/// Writes the report to standard output and diagnostics to standard error.  \return the exit
/// status.
[[nodiscard]] int run(const Arguments& arguments);

}  // namespace dane::tools::tlsa_check
