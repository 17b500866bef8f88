/// \file  What Postfix's verification callback remembers of a chain.  Internal to postfix.
#pragma once

#include <string>

#include <openssl/x509_vfy.h>

#include "dane/postfix/peer.hpp"

#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {

using StorePtr = std::unique_ptr<X509_STORE, x509::Deleter<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, x509::Deleter<X509_STORE_CTX_free>>;

/// An error and the certificate that it is about.
struct ChainError {
  int code = X509_V_OK;
  int depth = -1;
  std::string issuer;
};

/// Lets OpenSSL go on after each error, and keeps the one nearest to the leaf; of several at one
/// depth, the first.
class ErrorCollector {
 public:
  struct Rules {
    bool must_fail = false;  ///< one more error, unspecified, and no other
    int depth_limit = -1;    ///< up to 3.5 Postfix looks after smtp_tls_scert_verifydepth itself
    bool host_error_yields = false;  ///< from 3.10.4: any other error replaces a host-name mismatch
    int anchor_depth = -1;  ///< up to 3.5: what lies above this DANE anchor is of no interest
  };
  explicit ErrorCollector(Rules rules) : rules_(rules) {}

  /// \param context  must not outlive this
  void attach(X509_STORE_CTX* context);
  [[nodiscard]] const ChainError& error() const { return error_; }
  /// Names left out.
  [[nodiscard]] const ChainError& chain_error() const { return chain_error_; }

 private:
  static int on_verify(int ok, X509_STORE_CTX* context);
  void see(bool ok, X509_STORE_CTX* context);
  void record(ChainError& kept, int code, int depth, X509* certificate) const;

  Rules rules_;
  ChainError error_, chain_error_;
};

/// Certificates of `cas` as OpenSSL's store.  \return null when out of memory
[[nodiscard]] StorePtr make_store(const x509::Chain& trusted);

/// Copies what was collected.
void fill_errors(const ErrorCollector& collector, PeerVerdict& verdict);

/// Up to 3.5: Postfix's own comparison of names and its own DANE.
[[nodiscard]] PeerVerdict verify_by_postfix(const PeerInput& input, const Version& version);
/// From 3.6: OpenSSL does both.
[[nodiscard]] PeerVerdict verify_by_openssl(const PeerInput& input, const Version& version);

}  // namespace dane::postfix
