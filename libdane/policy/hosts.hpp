/// \file  The hosts of a destination, with what DNS says of each.  Internal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/core/ip_address.hpp"
#include "dane/policy/survey.hpp"
#include "dane/smtp/selection.hpp"

#include "libdane/policy/name_service.hpp"

namespace dane::policy {

/// One host of a destination and what DNS says of it.
struct Host {
  std::string name;
  std::vector<IpAddress> addresses;
  std::optional<NameServiceFault> no_address;
  smtp::HostPolicy policy;
  postfix::DaneFacts dane;
};

struct Hosts {
  std::vector<Host> list;
  std::optional<NameServiceFault> fault;  ///< there is no host to connect to
  std::vector<std::string> warnings;      ///< log lines on the way there
  bool mx_secure = false;
  DaneOffer offer = DaneOffer::unknown;
};

/// MX hosts by preference, the host itself in brackets, or the address; the families are those that
/// main.cf's inet_protocols and the options allow.
[[nodiscard]] Hosts find_hosts(const Sources& sources, const postfix::Settings& settings,
                               const SurveyOptions& options,
                               const postfix::Destination& destination);

}  // namespace dane::policy
