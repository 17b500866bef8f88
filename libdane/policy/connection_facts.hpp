/// \file  What a probe saw, in the terms of Postfix's delivery agent.  Internal.
#pragma once

#include <string>

#include "dane/postfix/session.hpp"
#include "dane/probe/prober.hpp"

namespace dane::policy {

struct Peer {
  std::string hostname, address;
  std::uint16_t port = 25;
  bool skips_5xx_greeting = true;  ///< smtp_skip_5xx_greeting
};
/// The probe's outcome as Postfix would have met it.
[[nodiscard]] postfix::ConnectionFacts connection_facts(const probe::ProbeResult& result,
                                                        const Peer& peer);

/// What the server greeted with, by the transcript; line feeds between its lines.
[[nodiscard]] std::string greeting_of(const probe::ProbeResult& result);

/// The failure tells of this machine or network, not of the server: no route, no time, a timeout of
/// connect.
[[nodiscard]] bool says_nothing_of_the_server(const probe::ProbeResult& result);

}  // namespace dane::policy
