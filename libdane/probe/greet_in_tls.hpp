/// \file  The EHLO that follows the handshake.
#pragma once

#include <optional>
#include <string>

#include "libdane/probe/tls_session.hpp"

namespace dane::probe {

/// Says EHLO within TLS and waits for the reply.  Only then a client knows that the server, too,
/// takes the handshake for done and goes on.
/// \return why there is no going on.
[[nodiscard]] std::optional<ProbeFailed> greet_in_tls(TlsSession& tls, const std::string& helo,
                                                      Deadline deadline);

}  // namespace dane::probe
