/// \file  Judged destinations as rows of the report.
#pragma once

#include "dane/report/policy_report.hpp"

#include "libdane/policy/findings.hpp"

namespace dane::policy {

/// All but findings and suggestions.
[[nodiscard]] report::DestinationRow make_row(const Case& c);

}  // namespace dane::policy
