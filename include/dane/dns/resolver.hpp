/// \file  The narrow door to the DNS.
#pragma once

#include "dane/core/clock.hpp"
#include "dane/dns/records.hpp"

namespace dane::dns {

/// Validated lookups.  Implementations may be called from many threads at once; lookup() blocks
/// its caller until there is an outcome or the deadline has passed (then: Failed, timeout).
///
/// An implementation follows aliases itself, completes partial answers, and reports the
/// weakest security state of all hops.  RFC 7672 section 2.1.3.
class Resolver {
 public:
  virtual ~Resolver() = default;
  [[nodiscard]] virtual LookupOutcome lookup(const Question& question, Deadline deadline) = 0;
};

/// Asks one named server without recursion and without validation: what *this* authoritative
/// server says.  Security of an outcome is always insecure.  An answer without the AA bit is
/// Failed (other_rcode, "not authoritative").
class AuthorityClient {
 public:
  virtual ~AuthorityClient() = default;
  [[nodiscard]] virtual LookupOutcome query(const Endpoint& server, const Question& question,
                                            Deadline deadline) = 0;
};

}  // namespace dane::dns
