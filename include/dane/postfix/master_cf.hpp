/// \file  master.cf: the services that deliver mail, and what they override.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/settings.hpp"

namespace dane::postfix {

struct Service {
  std::string name;       ///< "smtp", "relay"
  std::string type;       ///< "unix"
  std::string chroot;     ///< the field: "y", "n" or "-" for the default
  std::string command;    ///< "smtp", whatever the service's name
  Assignments overrides;  ///< of `-o name=value` and `-o { name = value }`
  int line = 0;
  /// An smtp(8) of its own that mail can be given to.
  [[nodiscard]] bool delivers() const { return type == "unix" && command == "smtp"; }
};
struct MasterCf {
  std::vector<Service> services;
  std::vector<ConfigProblem> problems;
};
[[nodiscard]] MasterCf parse_master_cf(std::string_view text, std::string_view file);

}  // namespace dane::postfix
