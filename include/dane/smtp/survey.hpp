/// \file  Gathering the facts: all hosts, all addresses, both key types, at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/smtp/facts.hpp"
#include "dane/sources.hpp"

namespace dane::smtp {

struct SurveyOptions {
  std::uint16_t port = 25;
  probe::Protocol protocol = probe::Protocol::smtp;
  bool ipv4 = true;
  bool ipv6 = true;
  bool probe = true;         ///< false: DNS only
  bool compare_sni = false;  ///< one handshake more for each DANE host, without SNI; O5, S61.
                             ///< Chains that do not verify are compared in any case.  S60
  bool authorities = false;  ///< ask every authoritative server for the TLSA RRsets (rehearsal)
  std::vector<Endpoint> authority_servers;  ///< ask these instead of the zone's NS
  std::uint16_t authority_port = 53;
  /// Mail host tried, on the same port, when nothing at all could be reached; the root: try none.
  /// Leave it the root for other ports than 25 unless the user named a host.
  DomainName reference_host;
  std::size_t max_hosts = 50;       ///< MX hosts looked at; more are reported
  std::size_t max_addresses = 200;  ///< addresses a host
  Deadline deadline;                ///< the whole run
};

/// Surveys a mail domain: MX, hosts, addresses, TLSA, probes.
[[nodiscard]] DomainFacts survey_domain(const Sources&, const DomainName& domain,
                                        const SurveyOptions&);

/// Surveys one service, no MX step.
[[nodiscard]] DomainFacts survey_host(const Sources&, const DomainName& host, const SurveyOptions&);

}  // namespace dane::smtp
