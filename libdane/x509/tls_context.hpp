/// \file  TLS sessions from the one SSL_CTX of the process.  Internal: for verify and probe.
#pragma once

#include <memory>

#include <openssl/ssl.h>

#include "libdane/x509/openssl_access.hpp"

namespace dane::x509 {

using SslPtr = std::unique_ptr<SSL, Deleter<SSL_free>>;

/// A client session.  The context is made for the first: that takes as long as a handshake, so that
/// a second one would cost.  Enabled for DANE; certificates are collected and judged elsewhere, no
/// store is loaded.  What a connection needs beside is set on the session.  Thread-safe.
/// \return null only when OpenSSL is broken or out of memory.
[[nodiscard]] SslPtr new_tls_session();

}  // namespace dane::x509
