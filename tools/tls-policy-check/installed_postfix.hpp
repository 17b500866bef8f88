/// \file  The Postfix of this machine: its programs, its version, and its word on a configuration.
#pragma once

#include <optional>
#include <string>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/postfix/settings.hpp"

namespace dane::tools::tls_policy_check {

struct Programs {
  std::string postconf, postmap;  ///< paths; empty: not installed, or not to be run
};
[[nodiscard]] Programs find_programs(bool without_postfix);

struct Installed {
  std::optional<postfix::Version> version;
  /// What is set and what is compiled in, before `$name` expansion; nothing for a main.cf that is
  /// broken.
  std::optional<postfix::Assignments> values;
  std::optional<Error> fault;  ///< postconf gave no values
};
/// A main.cf that is broken beyond doubt is not shown to postconf, which would say less of it.
[[nodiscard]] Installed ask_installed(const Programs& programs, const std::string& folder,
                                      const postfix::MainCf& main, Deadline deadline);

}  // namespace dane::tools::tls_policy_check
