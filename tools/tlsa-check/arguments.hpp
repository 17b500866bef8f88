/// \file  The command line of tlsa-check.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/common/common_options.hpp"

namespace dane::tools::tlsa_check {

/// As typed; nothing checked yet.
struct Arguments {
  CommonArguments common;
  std::vector<std::string> domains;
  std::string host;
  std::string starttls;
  std::optional<int> port;
  bool only_ipv4 = false;
  bool only_ipv6 = false;
  bool require_dane = false;
  std::optional<int> days;
  std::string profile;
  bool check_ee_names = false;
  std::string ca_file;
  bool no_ca = false;
  // Renewal rehearsal
  std::string cert;
  std::string key;
  std::vector<std::string> authorities;
  std::optional<int> authority_port;
  std::optional<std::string> reference_host;
  // Offline
  std::string chain;
  std::vector<std::string> tlsa;
  std::vector<std::string> names;
};

/// The application with all options bound to `arguments`, which must outlive it.
[[nodiscard]] std::unique_ptr<CLI::App> make_app(Arguments& arguments);

inline const std::vector<std::string> formats = {"text", "json", "nagios", "prometheus"};

}  // namespace dane::tools::tlsa_check
