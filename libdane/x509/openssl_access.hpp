/// \file  The way from x509::Certificate to OpenSSL and back.  Internal: for x509, verify, probe.
#pragma once

#include <memory>
#include <string_view>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "dane/x509/certificate.hpp"

namespace dane::x509 {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};

struct StackDeleter {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};

using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using X509StackPtr = std::unique_ptr<STACK_OF(X509), StackDeleter>;

/// Errors that OpenSSL queues while this lives are dropped with it, so that they are not taken
/// for those of a later TLS operation on the same thread.
class ErrorMark {
 public:
  ErrorMark() { ERR_set_mark(); }
  ~ErrorMark() { ERR_pop_to_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;

  /// OpenSSL's words for the last error queued, or "unknown reason".
  [[nodiscard]] static std::string reason();
};

struct Certificate::Impl {
  X509Ptr x509;
  Bytes der;
  Bytes spki_der;
  std::string cert_sha256;
  std::string spki_sha256;
  std::string subject;
  std::string issuer;
  std::string serial;
  TimePoint not_before;
  TimePoint not_after;
  std::vector<std::string> dns_names;
  std::vector<Bytes> ip_addresses;
  std::vector<std::string> common_names;
  /// How many of common_names OpenSSL gets to compare: it stops at the first that is no character
  /// string.
  std::size_t comparable_common_names = 0;
  KeyType key_type = KeyType::other;
  int key_bits = 0;
  bool is_ca = false;
  bool is_self_issued = false;
};

/// The content octets of a string of any type, without interpretation; views `string`.
[[nodiscard]] inline std::string_view octets_of(const ASN1_STRING* string) {
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
  const int length = ASN1_STRING_length(string);
  if (data == nullptr || length <= 0) return {};
  return {data, static_cast<std::size_t>(length)};
}

/// Owned by the certificate.  Not const, since OpenSSL's functions seldom are; do not modify.
[[nodiscard]] inline X509* native(const Certificate& certificate) {
  return certificate.impl().x509.get();
}

/// All of a stack, in order, as new references: nothing is decoded again.  Null is the empty stack.
[[nodiscard]] Chain from_stack(const STACK_OF(X509) * stack);

/// New references to the chain's certificates, in order.
[[nodiscard]] X509StackPtr to_stack(const Chain& chain);

}  // namespace dane::x509
