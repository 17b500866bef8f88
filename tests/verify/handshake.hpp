/// \file  A complete TLS handshake over memory, with OpenSSL's DANE on the client's side.
#pragma once

#include <optional>
#include <string>

#include "dane/verify/verify.hpp"

#include "tests/support/test_ca.hpp"

namespace dane::test {

struct HandshakeResult {
  bool any_usable = false;     ///< OpenSSL took at least one record
  bool completed = false;      ///< the client finished; it insists on verification
  bool authenticated = false;  ///< by a TLSA record
  long verify_result = 0;
  std::optional<verify::Matched> matched;
};

/// The server presents `request.chain` and proves the leaf's key; the client is set up with the
/// public functions of libssl alone, as a mail client would.  \param tls13  else TLS 1.2.
[[nodiscard]] HandshakeResult shake_hands(const verify::Request& request, const Key& leaf_key,
                                          bool tls13);

}  // namespace dane::test
