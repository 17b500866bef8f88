/// \file  The forms of a PolicyReport.  Internal.
#pragma once

#include <string>

#include "dane/report/policy_report.hpp"

namespace dane::report {

[[nodiscard]] std::string render_policy_text(const PolicyReport& report,
                                             const RenderOptions& options);
[[nodiscard]] std::string render_policy_json(const PolicyReport& report);

}  // namespace dane::report
