#include "libdane/probe/tls_context.hpp"

#include <string>

namespace dane::probe {
namespace {

/// TLS 1.3 servers choose their certificate by the signature algorithms, TLS 1.2 servers by the
/// cipher suites as well.  The PKCS#1 algorithms in `ecdsa` serve strict TLS 1.2 servers whose
/// ECDSA certificate was signed by an RSA issuer: they cannot sign a TLS 1.3 handshake, and the
/// suites of TLS 1.2 demand ECDSA, so no RSA certificate can come of them.
/// RFC 8446 section 4.2.3, RFC 5246 section 7.4.2.
struct OfferedAlgorithms {
  const char* authentication;  ///< added to each part of the cipher string
  const char* signatures;
};

constexpr OfferedAlgorithms algorithms_of(Offer offer) {
  switch (offer) {
    case Offer::rsa:
      return {"+aRSA",
              "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
              "rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:"
              "RSA+SHA256:RSA+SHA384:RSA+SHA512"};
    case Offer::ecdsa:
      return {"+aECDSA", "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"};
    case Offer::any:
      break;
  }
  return {"",
          "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:"
          "rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:"
          "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
          "RSA+SHA256:RSA+SHA384:RSA+SHA512"};
}

/// As Postfix at its dane level: grade medium, no anonymous suites (S62), OpenSSL security level
/// 1, not Debian's 2.  The level bounds key exchange and signatures here; the size of the
/// certificates' keys is for the verification of the chain to judge.
std::string cipher_string(Offer offer, bool allow_old_tls) {
  const std::string with = algorithms_of(offer).authentication;
  return "HIGH" + with + ":MEDIUM" + with +
         ":!aNULL:!eNULL:!PSK:!SRP:!aDSS:!SEED:!IDEA:!RC4:!MD5:@STRENGTH:@SECLEVEL=" +
         (allow_old_tls ? "0" : "1");
}

std::string signature_algorithms(Offer offer, bool allow_old_tls) {
  std::string text = algorithms_of(offer).signatures;
  if (!allow_old_tls) return text;
  if (offer != Offer::ecdsa) text += ":RSA+SHA1";
  if (offer != Offer::rsa) text += ":ECDSA+SHA1";
  return text;
}

int accept_any_chain(X509_STORE_CTX*, void*) {
  return 1;
}

ContextPtr make_context(bool allow_old_tls) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return nullptr;
  SSL_CTX* c = context.get();
  // Everything that openssl.cnf may set for all programs is set here or for the session, so that a
  // probe does not depend on the machine it runs on.
  if (SSL_CTX_set_min_proto_version(c, allow_old_tls ? TLS1_VERSION : TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(c, 0) != 1 ||
      SSL_CTX_set1_groups_list(c, "X25519:P-256:X448:P-521:P-384") != 1)
    return nullptr;
  // A resumed session shows no certificate, and hides a new one.
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  if (allow_old_tls) SSL_CTX_set_options(c, SSL_OP_LEGACY_SERVER_CONNECT);
  // The chain is judged elsewhere, for many records and names; here it is only collected.  No
  // certificate store is loaded.
  SSL_CTX_set_verify(c, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_cert_verify_callback(c, accept_any_chain, nullptr);
  return context;
}

}  // namespace

void TlsContext::prepare() {
  std::call_once(made_, [this] { context_ = make_context(allow_old_tls_); });
}

SessionPtr TlsContext::new_session(Offer offer) {
  prepare();
  SessionPtr session(context_ ? SSL_new(context_.get()) : nullptr);
  if (!session) return nullptr;
  SSL* const s = session.get();
  if (SSL_set_cipher_list(s, cipher_string(offer, allow_old_tls_).c_str()) != 1 ||
      SSL_set1_sigalgs_list(s, signature_algorithms(offer, allow_old_tls_).c_str()) != 1)
    return nullptr;
  return session;
}

}  // namespace dane::probe
