/// \file  What of a configuration the report stands on: only that goes into saved evidence.
#pragma once

#include "dane/postfix/settings.hpp"

namespace dane::tools::tls_policy_check {

/// The parameters of client TLS in any version, and those that they refer to.  main.cf may hold
/// passwords of databases, for instance; evidence is made to be handed on.
[[nodiscard]] postfix::Assignments relevant_parameters(const postfix::Assignments& assignments);

}  // namespace dane::tools::tls_policy_check
