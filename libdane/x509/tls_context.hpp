/// \file  The one SSL_CTX of the process.  Internal: for verify and probe.
#pragma once

#include <openssl/ssl.h>

namespace dane::x509 {

/// Made when first asked for: that takes as long as a handshake, so that a second one would cost.
/// Enabled for DANE; certificates are collected and judged elsewhere, no store is loaded.  What a
/// connection needs beside is set on its SSL.  Thread-safe.
/// \return null only when OpenSSL is broken or out of memory.
[[nodiscard]] SSL_CTX* shared_tls_context();

}  // namespace dane::x509
