/// \file  Plain DNS queries with retries, for the AD-trusting resolver and for authoritative
/// servers. Internal.
#pragma once

#include <span>
#include <variant>

#include "libdane/dns/message.hpp"

namespace dane::dns {

struct QueryFlags {
  bool recursion_desired = false;
  bool authentic_data = false;  ///< AD in the query: "tell me", RFC 6840 section 5.7 (X2)
};

/// Asks the servers in turn, each again and again with growing waits, until one answers or the
/// deadline has passed.  TC=1 is retried over TCP (X3).  DO is set always, for the signatures.
///
/// Only silence, refusal and garbage move on to the next server.  SERVFAIL does not: it may be a
/// validator's verdict, and a server that does not validate would hide it.
[[nodiscard]] std::variant<Message, Failed> exchange(std::span<const Endpoint> servers,
                                                     const Question& question, QueryFlags flags,
                                                     Deadline deadline);

/// "127.0.0.1:53", or several with commas.
[[nodiscard]] std::string names_of(std::span<const Endpoint> servers);

}  // namespace dane::dns
