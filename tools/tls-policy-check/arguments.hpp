/// \file  The command line of tls-policy-check.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/common/common_options.hpp"

namespace dane::tools::tls_policy_check {

/// Without any word on it: Debian 12's.
inline constexpr auto default_postfix_version = "3.7.11";

/// As typed; nothing checked yet.
struct Arguments {
  CommonArguments common;
  std::vector<std::string> nexthops;  ///< empty: the whole policy table
  // Configuration
  std::optional<std::string> config_dir;
  bool without_postfix = false;
  std::optional<std::string> policy_table;
  std::optional<std::string> service;
  std::optional<std::string> postfix_version;
  std::optional<std::string> ca_file;
  bool system_ca = false;
  // Live
  bool only_ipv4 = false;
  bool only_ipv6 = false;
  bool tls_required_no = false;
  std::optional<std::string> sts_policy;
  // Offline
  std::optional<std::string> nexthop;
  std::optional<std::string> mx;
  std::optional<std::string> level;
  std::vector<std::string> match;
  std::optional<std::string> entry;
  std::optional<std::string> chain;
  std::vector<std::string> tlsa;
  std::optional<std::string> mx_secure;
  std::optional<std::string> fingerprint_digest;
  [[nodiscard]] bool is_offline() const {
    return nexthop || mx || level || !match.empty() || entry || chain || !tlsa.empty() ||
           mx_secure || fingerprint_digest;
  }
};

[[nodiscard]] std::unique_ptr<CLI::App> make_app(Arguments& arguments);

/// Fills `arguments`.  \return nothing when there is work to do; otherwise the exit status.
[[nodiscard]] std::optional<int> parse_command_line(int argc, const char* const* argv,
                                                    Arguments& arguments);

inline const std::vector<std::string> formats = {"text", "json"};

}  // namespace dane::tools::tls_policy_check
