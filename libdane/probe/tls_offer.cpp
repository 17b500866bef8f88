#include "libdane/probe/tls_offer.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <openssl/err.h>

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

bool set_offer(SSL* s, Offer offer, bool allow_old_tls) {
  // Everything that openssl.cnf may set for all programs is set here, so that a probe does not
  // depend on the machine it runs on.
  return SSL_set_min_proto_version(s, allow_old_tls ? TLS1_VERSION : TLS1_2_VERSION) == 1 &&
         SSL_set_max_proto_version(s, 0) == 1 &&
         SSL_set_cipher_list(s, cipher_string(offer, allow_old_tls).c_str()) == 1 &&
         SSL_set_ciphersuites(s, TLS_DEFAULT_CIPHERSUITES) == 1 &&
         SSL_set1_sigalgs_list(s, signature_algorithms(offer, allow_old_tls).c_str()) == 1 &&
         SSL_set1_groups_list(s, "X25519:P-256:X448:P-521:P-384") == 1;
}

std::uint64_t option_against(TlsVersion version) {
  switch (version) {
    case TlsVersion::ssl3:
      return SSL_OP_NO_SSLv3;
    case TlsVersion::tls1:
      return SSL_OP_NO_TLSv1;
    case TlsVersion::tls1_1:
      return SSL_OP_NO_TLSv1_1;
    case TlsVersion::tls1_2:
      return SSL_OP_NO_TLSv1_2;
    case TlsVersion::tls1_3:
      break;
  }
  return SSL_OP_NO_TLSv1_3;
}

std::uint64_t options_against_all_but(const std::vector<TlsVersion>& versions) {
  std::uint64_t out = 0;
  for (const auto known : {TlsVersion::ssl3, TlsVersion::tls1, TlsVersion::tls1_1,
                           TlsVersion::tls1_2, TlsVersion::tls1_3})
    if (std::find(versions.begin(), versions.end(), known) == versions.end())
      out |= option_against(known);
  return out;
}

/// What Postfix sets, in its order: the cipher list may name a security level of its own.
bool set_offer(SSL* s, const TlsOffer& offer) {
  SSL_set_security_level(s, 0);
  if (SSL_set_cipher_list(s, offer.ciphers.c_str()) != 1) return false;
  SSL_set_options(s, SSL_OP_ALL | options_against_all_but(offer.versions));
  if (offer.security_level > 0) SSL_set_security_level(s, offer.security_level);
  return SSL_set_min_proto_version(s, 0) == 1 && SSL_set_max_proto_version(s, 0) == 1 &&
         SSL_set1_groups_list(s, "X25519:X448:P-256:P-521:P-384") == 1;
}

}  // namespace

x509::SslPtr new_session(Offer offer, bool allow_old_tls) {
  auto session = x509::new_tls_session();
  if (!session || !set_offer(session.get(), offer, allow_old_tls)) return nullptr;
  SSL_set_options(session.get(),
                  SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  if (allow_old_tls) SSL_set_options(session.get(), SSL_OP_LEGACY_SERVER_CONNECT);
  return session;
}

x509::SslPtr new_session(const TlsOffer& offer) {
  auto session = x509::new_tls_session();
  if (!session || !set_offer(session.get(), offer)) return nullptr;
  SSL_set_options(session.get(), SSL_OP_NO_RENEGOTIATION);  // on the wire as without it
  return session;
}

void prepare_sessions() {
  const auto session = new_session(Offer::any, false);
  if (!session) return;
  // OpenSSL looks up algorithms when they are first used: in a ClientHello that nobody gets.
  SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_connect(session.get());
  ERR_clear_error();
}

}  // namespace dane::probe
