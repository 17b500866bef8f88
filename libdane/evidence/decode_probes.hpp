/// \file  The probes of an evidence file.  Internal.
#pragma once

#include <map>
#include <string>

#include "dane/probe/prober.hpp"

#include "libdane/evidence/reader.hpp"

namespace dane::evidence {

inline constexpr std::size_t max_text = 65536;

/// By the SHA-256 of the DER.
using Certificates = std::map<std::string, x509::Certificate>;

[[nodiscard]] Endpoint read_endpoint(const Node& address, const Node& port);
[[nodiscard]] Certificates read_certificates(const Node& node);
[[nodiscard]] probe::ProbeRequest read_request(const Node& node);
/// What came of `request`: it decides which fields may be there.
[[nodiscard]] probe::ProbeResult read_probe_result(const Node& node,
                                                   const probe::ProbeRequest& request,
                                                   const Certificates& certificates);

}  // namespace dane::evidence
