/// \file  A configuration without a fault, to plant one fault in.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "world.hpp"

namespace dane::test {

inline const std::string sound_main_cf =
    "compatibility_level = 3.10\n"
    "smtp_tls_security_level = dane\n"
    "smtp_dns_support_level = dnssec\n"
    "smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt\n"
    "smtp_tls_loglevel = 1\n"
    "smtp_tls_policy_maps = hash:/etc/postfix/tls_policy\n"
    "smtp_tls_mandatory_protocols = >=TLSv1.2\n";

inline const std::string sound_table =
    "example.com secure match=.example.net ciphers=high\n"
    "example.org dane-only\n"
    "[relay.partner.example]:587 secure match=relay.partner.example\n";

/// The sound main.cf with these lines, which replace those of the same names.
inline std::string sound_with(const std::string& lines) {
  std::istringstream sound(sound_main_cf);
  std::string out, line;
  while (std::getline(sound, line)) {
    const auto name = line.substr(0, line.find(' ') + 1);
    if (("\n" + lines).find("\n" + name) == std::string::npos) out += line + "\n";
  }
  return out + lines;
}

/// Both lints, main.cf's first.
inline std::vector<Finding> lint(const policy::Configuration& configuration) {
  auto out = policy::lint_main_cf(configuration);
  const auto table = policy::lint_table(configuration);
  out.insert(out.end(), table.begin(), table.end());
  return out;
}

}  // namespace dane::test
