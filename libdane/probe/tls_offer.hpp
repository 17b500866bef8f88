/// \file  What the ClientHello offers.
#pragma once

#include "dane/probe/prober.hpp"

#include "libdane/x509/tls_context.hpp"

namespace dane::probe {

/// A client session that offers `offer`.  Null only when OpenSSL is broken or out of memory.
[[nodiscard]] x509::SslPtr new_session(Offer offer, bool allow_old_tls);
/// The same for an offer as Postfix makes it.  Null also when OpenSSL refuses the cipher list: then
/// OpenSSL's error queue says why.
[[nodiscard]] x509::SslPtr new_session(const TlsOffer& offer);

/// Does ahead what the first session would have to: takes as long as a handshake.  Thread-safe.
void prepare_sessions();

}  // namespace dane::probe
