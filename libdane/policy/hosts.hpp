/// \file  The hosts of a destination, with what DNS says of each.  Internal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/core/ip_address.hpp"
#include "dane/policy/survey.hpp"
#include "dane/postfix/route.hpp"
#include "dane/smtp/selection.hpp"

#include "libdane/policy/name_service.hpp"

namespace dane::policy {

/// One host of a destination and what DNS says of it.
struct Host {
  std::string name;
  std::uint16_t preference = 0;
  std::vector<IpAddress> addresses;
  std::optional<NoAddress> no_address;
  smtp::HostPolicy policy;
  postfix::DaneFacts dane;
};

struct Hosts {
  std::vector<Host> list;                   ///< in order of preference
  postfix::Attempts attempts;               ///< by index in `list`
  std::optional<RouteFault> fault;          ///< there is no host to connect to
  std::vector<std::string> warnings;        ///< log lines on the way there
  std::vector<std::string> names_left_out;  ///< of MX records
  std::size_t hosts_cut = 0;                ///< MX hosts beyond SurveyOptions::max_hosts
  bool is_own_host = false;                 ///< this machine is one of them
  bool mx_secure = false;
  DaneOffer offer = DaneOffer::unknown;
};

/// MX hosts by preference, the host itself in brackets, or the address; the families are those that
/// main.cf's inet_protocols and the options allow.
[[nodiscard]] Hosts find_hosts(const Sources& sources, const Context& context,
                               const SurveyOptions& options,
                               const postfix::Destination& destination);

}  // namespace dane::policy
