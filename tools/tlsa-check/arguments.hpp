/// \file  The command line of tlsa-check.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/common/common_options.hpp"

namespace dane::tools::tlsa_check {

/// As typed; nothing checked yet.  What was not given holds nothing, so that the modes can refuse
/// what they would not heed.
struct Arguments {
  CommonArguments common;
  std::vector<std::string> domains;
  std::optional<std::string> host;
  std::optional<std::string> starttls;
  std::optional<std::string> port;
  bool only_ipv4 = false;
  bool only_ipv6 = false;
  bool without_sni = false;
  std::optional<std::string> reference_host;
  bool require_dane = false;
  std::optional<std::string> days;
  std::optional<std::string> profile;
  bool check_ee_names = false;
  std::optional<std::string> ca_file;
  bool no_ca = false;
  // Renewal rehearsal
  std::optional<std::string> cert;
  std::optional<std::string> key;
  std::vector<std::string> authorities;
  std::optional<std::string> authority_port;
  // Offline
  std::optional<std::string> chain;
  std::vector<std::string> tlsa;
  std::vector<std::string> names;
};

/// The application with all options bound to `arguments`, which must outlive it.  Mail domains are
/// what parsing leaves over.
[[nodiscard]] std::unique_ptr<CLI::App> make_app(Arguments& arguments);

/// Fills `arguments`.  \return nothing when there is work to do; otherwise the exit status, after
/// --help, --version or an error that has been printed.
[[nodiscard]] std::optional<int> parse_command_line(int argc, const char* const* argv,
                                                    Arguments& arguments);

inline const std::vector<std::string> formats = {"text", "json", "nagios", "prometheus"};

}  // namespace dane::tools::tlsa_check
