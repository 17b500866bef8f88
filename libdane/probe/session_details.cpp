#include "libdane/probe/session_details.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "libdane/x509/openssl_access.hpp"

namespace dane::probe {
namespace {

/// OpenSSL's short name for the key's algorithm: "X25519", "ED25519", "RSASSA-PSS".
std::string algorithm_name(EVP_PKEY* key) {
  const char* name = OBJ_nid2sn(EVP_PKEY_get_base_id(key));
  return name != nullptr ? name : "";
}

/// "ECDHE (prime256v1)", and without the parentheses for a curve that OpenSSL has no name for.
std::string with_curve(const char* algorithm, EVP_PKEY* key) {
  std::array<char, 80> curve{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &length) != 1) return algorithm;
  return fmt::format("{} ({})", algorithm, curve.data());
}

std::string key_exchange(SSL* ssl) {
  EVP_PKEY* raw = nullptr;
  if (SSL_get_peer_tmp_key(ssl, &raw) != 1) return {};
  const x509::PkeyPtr key(raw);
  return EVP_PKEY_get_base_id(raw) == EVP_PKEY_EC ? with_curve("ECDHE", raw) : algorithm_name(raw);
}

/// TLS 1.3 leaves RSA keys no choice but PSS.  RFC 8446 section 4.2.3
std::string signature(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return fmt::format("RSA-PSS ({} bits)", EVP_PKEY_get_bits(key));
    case EVP_PKEY_EC:
      return with_curve("ECDSA", key);
    default:
      return algorithm_name(key);
  }
}

std::string digest(SSL* ssl) {
  int nid = NID_undef;
  const bool known = SSL_get_peer_signature_nid(ssl, &nid) == 1 && nid != NID_undef;
  return known ? OBJ_nid2sn(nid) : "";
}

}  // namespace

SessionDetails session_details(SSL* ssl) {
  SessionDetails out;
  out.used_bits = SSL_CIPHER_get_bits(SSL_get_current_cipher(ssl), &out.algorithm_bits);
  if (SSL_version(ssl) < TLS1_3_VERSION) return out;
  out.key_exchange = key_exchange(ssl);
  X509* const leaf = SSL_get0_peer_certificate(ssl);
  EVP_PKEY* const key = leaf != nullptr ? X509_get0_pubkey(leaf) : nullptr;
  if (key == nullptr) return out;
  out.signature = signature(key);
  out.digest = digest(ssl);
  return out;
}

}  // namespace dane::probe
