/// \file  Postfix takes a resolver's word for DNSSEC, whatever is validated here.
#pragma once

#include <optional>

#include "dane/core/clock.hpp"

#include "tools/common/common_options.hpp"

namespace dane::tools::tls_policy_check {

/// Does the resolver that Postfix would ask set the AD bit, here on the root's name servers?
/// Nothing: it gave no answer in two seconds.
[[nodiscard]] std::optional<bool> resolver_sets_ad(const CommonOptions& common, Deadline deadline);

}  // namespace dane::tools::tls_policy_check
