/// \file  Postfix's configuration as a run needs it: settings, tables, CAs.  Reads; never writes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/policy/lint.hpp"

#include "tools/tls-policy-check/arguments.hpp"
#include "tools/tls-policy-check/tables.hpp"

namespace dane::tools::tls_policy_check {

struct LoadedConfiguration {
  policy::Configuration values;
  postfix::Assignments effective;       ///< what values.settings were made of
  std::unique_ptr<Tables> policy_maps;  ///< none where the parameter is empty
  std::unique_ptr<Tables> per_site;
};

/// main.cf, master.cf's overrides for the service, tables and CA certificates.
/// \return `config-unreadable`, `postfix-version-invalid`, `usage`, or what postconf says.
[[nodiscard]] Result<LoadedConfiguration> load_configuration(const Arguments& arguments,
                                                             Deadline deadline);

/// CAs of --ca-file or --system-ca; nothing when neither is given.
[[nodiscard]] Result<std::optional<postfix::CaCertificates>> given_cas(const Arguments& arguments,
                                                                       Deadline deadline);

}  // namespace dane::tools::tls_policy_check
