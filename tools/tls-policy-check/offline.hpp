/// \file  The offline mode: one next-hop, MX host, level and chain, without a network.
#pragma once

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/policy/judged.hpp"
#include "dane/policy/lint.hpp"

#include "tools/tls-policy-check/arguments.hpp"

namespace dane::tools::tls_policy_check {

struct OfflineCase {
  policy::Context context;
  policy::JudgedDestination judged;
  policy::Configuration table;  ///< of one row, which says the same
};

/// Checks the arguments, reads the files, judges.  \return `usage`, or what the input's parsers
/// say.
[[nodiscard]] Result<OfflineCase> judge_offline(const Arguments& arguments, TimePoint at,
                                                Deadline deadline);

}  // namespace dane::tools::tls_policy_check
