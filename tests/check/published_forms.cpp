#include "published_forms.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>

namespace dane::test {

namespace {

std::string crlf(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::string without_end(std::string text) {
  text.pop_back();
  return text;
}

std::string public_pem(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key.get());
  return take_text(bio);
}

/// The subjectPublicKey BIT STRING's content.
std::string key_bits(const x509::Certificate& certificate) {
  const auto x509 = detail::decode(certificate);
  const ASN1_BIT_STRING* bits = X509_get0_pubkey_bitstr(x509.get());
  return {reinterpret_cast<const char*>(bits->data), static_cast<std::size_t>(bits->length)};
}

std::string hex_upper(const std::string& octets) {
  char* text = OPENSSL_buf2hexstr(reinterpret_cast<const unsigned char*>(octets.data()),
                                  static_cast<long>(octets.size()));
  std::string out;
  for (const char* c = text; *c != 0; ++c) {
    if (*c != ':') out += *c;
  }
  OPENSSL_free(text);
  return out;
}

std::string lower(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string base64_line(const std::string& octets) {
  std::string out(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(octets.data()),
                                     static_cast<int>(octets.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string modulus_hex(const Key& key) {
  BIGNUM* n = nullptr;
  require(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &n) == 1, "modulus");
  char* text = BN_bn2hex(n);
  std::string out(text);
  OPENSSL_free(text);
  BN_free(n);
  return out;
}

}  // namespace

std::vector<PublishedForm> published_forms(const Issued& leaf, const x509::Chain& chain) {
  const auto pem = to_pem(leaf.certificate);
  const auto key_pem = public_pem(leaf.key);
  const auto der = der_of(leaf.certificate);
  return {
      {"certificate PEM", pem, "the PEM text of the certificate"},
      {"certificate PEM without the last line end", without_end(pem), "without the last line end"},
      {"certificate PEM with CR LF", crlf(pem), "CR LF"},
      {"certificate PEM with CR LF but the last", without_end(without_end(crlf(pem))), "CR LF"},
      {"key PEM", key_pem, "the PEM text of the public key"},
      {"key PEM with CR LF", crlf(key_pem), "the PEM text of the public key"},
      {"chain file", to_pem(chain), "the whole chain file"},
      {"bare key bits", key_bits(leaf.certificate), "bare key bits"},
      {"hex of the certificate", lower(hex_upper(der)), "hexadecimal text of the certificate"},
      {"upper-case hex with line end", hex_upper(der) + "\n", "upper-case hexadecimal text"},
      {"Base64 of the key", base64_line(spki_of(leaf.key)), "Base64 text of the public key"},
  };
}

std::vector<PublishedForm> rsa_forms(const Issued& leaf) {
  return {
      {"openssl rsa -modulus", "Modulus=" + modulus_hex(leaf.key) + "\n", "openssl rsa -modulus"},
      {"modulus in hex", modulus_hex(leaf.key), "the RSA modulus"},
      {"bare RSA key bits", key_bits(leaf.certificate), "bare key bits"},
  };
}

}  // namespace dane::test
