/// \file  Where the service is shut in, and what it does not find there.
#pragma once

#include <string>

#include "dane/policy/lint.hpp"

#include "tools/tls-policy-check/configuration_files.hpp"

namespace dane::tools::tls_policy_check {

/// The folder; empty: the service is not shut in, or it is not known where.  A copied configuration
/// has its queue elsewhere; one that names a queue of its own, which is there, is no copy.
[[nodiscard]] std::string find_chroot(const ConfigurationFiles& files,
                                      const postfix::Assignments& effective,
                                      const postfix::Settings& settings);

/// Adds a problem for each file that Postfix reads in there only, and that is not there.
void check_chroot(policy::Configuration& values);

}  // namespace dane::tools::tls_policy_check
