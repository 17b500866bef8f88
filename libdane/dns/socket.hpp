/// \file  One query over UDP or TCP to one server, bounded in time and size.  Internal.
#pragma once

#include <variant>

#include "dane/core/bytes.hpp"
#include "dane/core/clock.hpp"
#include "dane/core/ip_address.hpp"
#include "dane/dns/records.hpp"

namespace dane::dns {

/// Why no reply came.
enum class NoReply {
  timeout,      ///< nothing acceptable before the deadline
  unreachable,  ///< the system says that the server cannot be reached
  local         ///< this machine has no socket to give
};

using Received = std::variant<Bytes, NoReply>;

/// Sends `query` in one datagram and waits for its reply.  Datagrams from elsewhere, with another
/// id or another question are ignored.
[[nodiscard]] Received exchange_datagram(const Endpoint& server, ByteView query,
                                         const Question& question, Deadline deadline);

/// The same over a fresh TCP connection.  RFC 7766.
[[nodiscard]] Received exchange_stream(const Endpoint& server, ByteView query,
                                       const Question& question, Deadline deadline);

}  // namespace dane::dns
