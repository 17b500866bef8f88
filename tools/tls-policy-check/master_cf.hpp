/// \file  master.cf: what a delivery service overrides.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dane/postfix/settings.hpp"

namespace dane::tools::tls_policy_check {

struct ServiceOptions {
  bool found = false;
  std::string chroot;              ///< the field: "y", "n" or "-" for the default
  postfix::Assignments overrides;  ///< of `-o name=value` and `-o { name = value }`
};
/// The unix service `name` ("smtp", "relay") of master.cf's text.
[[nodiscard]] ServiceOptions parse_master_cf(std::string_view text, std::string_view file,
                                             std::string_view name);

}  // namespace dane::tools::tls_policy_check
