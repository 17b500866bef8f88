/// \file  What the ClientHello offers: one SSL_CTX for each Offer, shared by all connections.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include <openssl/ssl.h>

#include "dane/probe/prober.hpp"

namespace dane::probe {

struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, ContextDeleter>;

/// Made when first asked for.  Thread-safe.
class TlsContexts {
 public:
  explicit TlsContexts(bool allow_old_tls) : allow_old_tls_(allow_old_tls) {}
  /// Null only when OpenSSL is broken or out of memory.
  SSL_CTX* get(Offer offer);

 private:
  bool allow_old_tls_;
  std::mutex mutex_;
  std::array<ContextPtr, 3> contexts_;
};

}  // namespace dane::probe
