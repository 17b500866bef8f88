/// \file  What a probe without a chain tells, internal.
#pragma once

#include <cstddef>
#include <vector>

#include "dane/smtp/facts.hpp"

namespace dane::smtp {

enum class ProbeClass {
  presented,      ///< a chain
  failed,         ///< the server was reached and does not do what TLS needs
  missing_chain,  ///< the server has no chain for this offer, but one for another
  untestable      ///< could not be tested from here, or not now
};

/// Classes of all probes of a host, at the same indices.
[[nodiscard]] std::vector<ProbeClass> classify_probes(const std::vector<ProbeFacts>& probes);

/// Refused, rejected in the greeting or closed: what a limit on connections looks like.
[[nodiscard]] bool was_turned_away(const probe::ProbeResult& result);
/// The server greeted us well, whatever came after.
[[nodiscard]] bool passed_greeting(const probe::ProbeResult& result);
[[nodiscard]] bool failed_in_handshake(const probe::ProbeResult& result);
/// There were probes, and no connection came about; for another reason than that this machine has
/// no IPv6.
[[nodiscard]] bool nothing_reached(const std::vector<HostFacts>& hosts);

}  // namespace dane::smtp
