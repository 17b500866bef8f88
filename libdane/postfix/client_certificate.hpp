/// \file  The certificates of this client and their keys, as smtp(8) loads them at its start.
/// Internal to postfix.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dane/postfix/settings.hpp"

#include "libdane/postfix/tls_engine.hpp"

namespace dane::postfix {

struct ClientCertificates {
  std::optional<EngineFault> fault;         ///< Postfix goes on without TLS
  std::optional<ConfigProblem> not_loaded;  ///< not readable here; Postfix, which is root, may
  std::vector<std::string> log_lines;       ///< of what ends nothing
};

[[nodiscard]] ClientCertificates load_client_certificates(const Settings& settings,
                                                          const std::filesystem::path& prefix);

}  // namespace dane::postfix
