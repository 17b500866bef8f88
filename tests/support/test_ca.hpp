/// \file  A small certification authority for tests.  Header only: OpenSSL and dane/x509.
///
///   using namespace dane::test;
///   const auto root = issue({.common_name = "Root", .is_ca = true});
///   const auto leaf = issue({.common_name = "mx1", .dns_names = {"mx1.example.com"}}, &root);
///   const x509::Chain chain{leaf.certificate, root.certificate};
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "dane/x509/certificate.hpp"

namespace dane::test {

/// A private key; cheaply copied.
using Key = std::shared_ptr<EVP_PKEY>;

inline void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("test CA: ") + what);
}

/// A new key.  \param rsa_bits  only for RSA; 2048 takes a tenth of a second and more.
inline Key generate_key(x509::KeyType type = x509::KeyType::ecdsa, unsigned rsa_bits = 2048) {
  EVP_PKEY* key = nullptr;
  switch (type) {
    case x509::KeyType::rsa:
      key = EVP_RSA_gen(rsa_bits);
      break;
    case x509::KeyType::ecdsa:
      key = EVP_EC_gen("P-256");
      break;
    case x509::KeyType::ed25519:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
      break;
    case x509::KeyType::ed448:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448");
      break;
    case x509::KeyType::other:
      break;
  }
  require(key != nullptr, "key generation");
  return {key, EVP_PKEY_free};
}

/// The `index`-th key of its type, made once a process: for tests that need many certificates.
inline Key pooled_key(x509::KeyType type, std::size_t index = 0) {
  static std::mutex mutex;
  static std::map<std::pair<x509::KeyType, std::size_t>, Key> pool;
  const std::lock_guard lock(mutex);
  auto& key = pool[{type, index}];
  if (!key) key = generate_key(type);
  return key;
}

inline TimePoint at_date(int y, unsigned m, unsigned d) {
  return std::chrono::sys_days{std::chrono::year{y} / static_cast<int>(m) / static_cast<int>(d)};
}

/// What a certificate shall say.
struct CertificateSpec {
  std::string common_name = {};             ///< empty: no common name
  std::vector<std::string> dns_names = {};  ///< any octets; empty: no subjectAltName
  TimePoint not_before = at_date(2020, 1, 1);
  TimePoint not_after = at_date(2040, 1, 1);
  bool is_ca = false;
  std::optional<int> path_length = {};
  Key key = {};                         ///< null: a new ECDSA key
  bool key_identifiers = true;          ///< subject and authority key identifiers
  std::string extended_key_usage = {};  ///< OpenSSL's words, e.g. "clientAuth"; empty: none
  bool version_1 = false;               ///< X.509 v1, no extensions at all
  bool signed_with_sha1 = false;
  std::string organization = "Test";                ///< O=, in the subject
  std::vector<std::string> ip_addresses = {};       ///< octets, in the subjectAltName
  std::vector<std::string> more_common_names = {};  ///< behind common_name
};

/// A certificate and its key; can issue others.
struct Issued {
  x509::Certificate certificate;
  Key key;
};

namespace detail {

using X509Owner = std::unique_ptr<X509, decltype(&X509_free)>;

inline X509Owner decode(const x509::Certificate& certificate) {
  const auto* p = reinterpret_cast<const unsigned char*>(certificate.der().data());
  X509Owner x509(d2i_X509(nullptr, &p, static_cast<long>(certificate.der().size())), X509_free);
  require(x509 != nullptr, "issuer decodes");
  return x509;
}

inline void set_date(ASN1_TIME* target, TimePoint t) {
  const auto count = static_cast<time_t>(t.time_since_epoch().count());
  require(ASN1_TIME_adj(target, count, 0, 0) != nullptr, "date");
}

inline void add_name_part(X509_NAME* name, const char* type, const std::string& value) {
  if (value.empty()) return;
  require(X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(value.data()),
                                     static_cast<int>(value.size()), -1, 0) == 1,
          "subject");
}

inline void add_extension(X509* x509, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, "extension");
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
}

inline void push_name(GENERAL_NAMES* all, int type, const std::string& octets) {
  ASN1_STRING* value = type == GEN_DNS ? ASN1_IA5STRING_new() : ASN1_OCTET_STRING_new();
  ASN1_STRING_set(value, octets.data(), static_cast<int>(octets.size()));
  GENERAL_NAME* general = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(general, type, value);
  sk_GENERAL_NAME_push(all, general);
}

inline void add_alternative_names(X509* x509, const CertificateSpec& spec) {
  if (spec.dns_names.empty() && spec.ip_addresses.empty()) return;
  GENERAL_NAMES* all = sk_GENERAL_NAME_new_null();
  for (const auto& name : spec.dns_names) push_name(all, GEN_DNS, name);
  for (const auto& address : spec.ip_addresses) push_name(all, GEN_IPADD, address);
  require(X509_add1_ext_i2d(x509, NID_subject_alt_name, all, 0, X509V3_ADD_DEFAULT) == 1,
          "subjectAltName");
  GENERAL_NAMES_free(all);
}

inline void add_extensions(X509* x509, X509* issuer, const CertificateSpec& spec) {
  if (spec.is_ca) {
    std::string constraints = "critical,CA:TRUE";
    if (spec.path_length) constraints += ",pathlen:" + std::to_string(*spec.path_length);
    add_extension(x509, issuer, NID_basic_constraints, constraints);
    add_extension(x509, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  if (spec.key_identifiers) {
    add_extension(x509, issuer, NID_subject_key_identifier, "hash");
    if (issuer == x509 || X509_get_ext_by_NID(issuer, NID_subject_key_identifier, -1) >= 0) {
      add_extension(x509, issuer, NID_authority_key_identifier, "keyid:always");
    }
  }
  if (!spec.extended_key_usage.empty()) {
    add_extension(x509, issuer, NID_ext_key_usage, spec.extended_key_usage);
  }
  add_alternative_names(x509, spec);
}

inline void set_serial(X509* x509) {
  std::array<unsigned char, 8> octets{};
  RAND_bytes(octets.data(), static_cast<int>(octets.size()));
  octets[0] = (octets[0] & 0x3F) | 0x40;
  BIGNUM* number = BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
  BN_free(number);
}

inline bool signs_without_digest(EVP_PKEY* key) {
  const int type = EVP_PKEY_get_base_id(key);
  return type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448;
}

inline x509::Certificate to_certificate(X509* x509) {
  unsigned char* raw = nullptr;
  const int length = i2d_X509(x509, &raw);
  require(length > 0, "encoding");
  const auto view = std::as_bytes(std::span(raw, static_cast<std::size_t>(length)));
  const auto certificate = x509::Certificate::decode_der(view);
  OPENSSL_free(raw);
  require(certificate.has_value(), "the certificate made decodes");
  return *certificate;
}

}  // namespace detail

/// A certificate as `spec` says, signed by `issuer`, or by its own key when that is null.
inline Issued issue(const CertificateSpec& spec, const Issued* issuer = nullptr) {
  const Key key = spec.key ? spec.key : generate_key();
  const detail::X509Owner x509(X509_new(), X509_free);
  X509_set_version(x509.get(), spec.version_1 ? X509_VERSION_1 : X509_VERSION_3);
  detail::set_serial(x509.get());
  detail::add_name_part(X509_get_subject_name(x509.get()), "O", spec.organization);
  detail::add_name_part(X509_get_subject_name(x509.get()), "CN", spec.common_name);
  for (const auto& name : spec.more_common_names) {
    detail::add_name_part(X509_get_subject_name(x509.get()), "CN", name);
  }
  detail::set_date(X509_getm_notBefore(x509.get()), spec.not_before);
  detail::set_date(X509_getm_notAfter(x509.get()), spec.not_after);
  X509_set_pubkey(x509.get(), key.get());
  const detail::X509Owner issuer_x509 = issuer != nullptr ? detail::decode(issuer->certificate)
                                                          : detail::X509Owner(nullptr, X509_free);
  X509* signer = issuer_x509 ? issuer_x509.get() : x509.get();
  X509_set_issuer_name(x509.get(), X509_get_subject_name(signer));
  if (!spec.version_1) detail::add_extensions(x509.get(), signer, spec);
  EVP_PKEY* signing_key = issuer != nullptr ? issuer->key.get() : key.get();
  const EVP_MD* digest = detail::signs_without_digest(signing_key) ? nullptr
                         : spec.signed_with_sha1                   ? EVP_sha1()
                                                                   : EVP_sha256();
  require(X509_sign(x509.get(), signing_key, digest) > 0, "signing");
  return {detail::to_certificate(x509.get()), key};
}

/// The CA `subject` once more, same name and key, signed by another `issuer`.
inline Issued cross_sign(const CertificateSpec& spec, const Issued& subject, const Issued& issuer) {
  CertificateSpec again = spec;
  again.key = subject.key;
  return issue(again, &issuer);
}

inline std::string take_text(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(length));
  BIO_free(bio);
  return out;
}

inline std::string to_pem(const x509::Certificate& certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, detail::decode(certificate).get());
  return take_text(bio);
}

inline std::string to_pem(const x509::Chain& chain) {
  std::string out;
  for (const auto& certificate : chain) out += to_pem(certificate);
  return out;
}

/// PKCS #8, not encrypted.
inline std::string to_pem(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return take_text(bio);
}

}  // namespace dane::test
