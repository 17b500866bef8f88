/// \file  What the ClientHello offers.
#pragma once

#include <memory>

#include <openssl/ssl.h>

#include "dane/probe/prober.hpp"

namespace dane::probe {

struct SessionDeleter {
  void operator()(SSL* session) const { SSL_free(session); }
};
using SessionPtr = std::unique_ptr<SSL, SessionDeleter>;

/// A client session that offers `offer`.  Null only when OpenSSL is broken or out of memory.
[[nodiscard]] SessionPtr new_session(Offer offer, bool allow_old_tls);

/// Does ahead what the first session would have to: takes as long as a handshake.  Thread-safe.
void prepare_sessions();

}  // namespace dane::probe
