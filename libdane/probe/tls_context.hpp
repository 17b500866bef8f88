/// \file  What the ClientHello offers.
#pragma once

#include <memory>
#include <mutex>

#include <openssl/ssl.h>

#include "dane/probe/prober.hpp"

namespace dane::probe {

struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SessionDeleter {
  void operator()(SSL* session) const { SSL_free(session); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, ContextDeleter>;
using SessionPtr = std::unique_ptr<SSL, SessionDeleter>;

/// One context for all offers: a second one would cost as much as a handshake.  Thread-safe.
class TlsContext {
 public:
  explicit TlsContext(bool allow_old_tls) : allow_old_tls_(allow_old_tls) {}
  /// Makes the context, which is else made for the first session.
  void prepare();
  /// A client session that offers `offer`.  Null only when OpenSSL is broken or out of memory.
  [[nodiscard]] SessionPtr new_session(Offer offer);

 private:
  bool allow_old_tls_;
  std::once_flag made_;
  ContextPtr context_;
};

}  // namespace dane::probe
