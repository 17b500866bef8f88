/// \file  main.cf and master.cf as they stand in a folder, and the service that is meant.
#pragma once

#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/postfix/master_cf.hpp"
#include "dane/postfix/settings.hpp"

#include "tools/tls-policy-check/arguments.hpp"

namespace dane::tools::tls_policy_check {

inline constexpr auto default_folder = "/etc/postfix";

struct ConfigurationFiles {
  std::string folder;
  postfix::MainCf main;
  postfix::Service service;              ///< what is judged; by default smtp
  bool service_found = false;            ///< master.cf has it
  std::vector<postfix::Service> others;  ///< that run smtp(8) too
  std::vector<postfix::ConfigProblem> problems;
};
/// \return `config-unreadable`, `usage` for a service that there is not.
[[nodiscard]] Result<ConfigurationFiles> read_configuration_files(const Arguments& arguments,
                                                                  Deadline deadline);

}  // namespace dane::tools::tls_policy_check
