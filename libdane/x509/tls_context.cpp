#include "libdane/x509/tls_context.hpp"

#include <memory>

namespace dane::x509 {

namespace {

int accept_any_chain(X509_STORE_CTX*, void*) {
  return 1;
}

SSL_CTX* shared_context() {
  static const std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> context = [] {
    std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> made(SSL_CTX_new(TLS_client_method()));
    if (made && SSL_CTX_dane_enable(made.get()) <= 0) made.reset();
    if (!made) return made;
    // A resumed session shows no certificate, and hides a new one.
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_cert_verify_callback(made.get(), accept_any_chain, nullptr);
    return made;
  }();
  return context.get();
}

}  // namespace

SslPtr new_tls_session() {
  SSL_CTX* const context = shared_context();
  return SslPtr(context != nullptr ? SSL_new(context) : nullptr);
}

}  // namespace dane::x509
