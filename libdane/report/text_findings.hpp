/// \file  Findings as text.  Internal.
#pragma once

#include <cstddef>
#include <vector>

#include "dane/core/finding.hpp"

#include "libdane/report/writer.hpp"

namespace dane::report {

inline constexpr std::size_t word_columns = 10;  // "CRITICAL" and two blanks

/// Worst first, under a heading; nothing when there are none.
void write_findings(Writer& out, const std::vector<const Finding*>& findings, bool explain);

}  // namespace dane::report
