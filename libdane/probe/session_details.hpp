/// \file  What Postfix logs of a TLS session.
#pragma once

#include <openssl/ssl.h>

#include "dane/probe/prober.hpp"

namespace dane::probe {

/// Of a client's session after its handshake.
[[nodiscard]] SessionDetails session_details(SSL* ssl);

}  // namespace dane::probe
