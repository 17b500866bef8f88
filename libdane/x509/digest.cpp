#include <stdexcept>

#include <openssl/evp.h>

#include "dane/x509/certificate.hpp"

namespace dane::x509 {

namespace {

Bytes digest(ByteView octets, const EVP_MD* algorithm) {
  Bytes out(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  if (EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(out.data()),
                 &length, algorithm, nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot compute a SHA-2 digest");
  }
  out.resize(length);
  return out;
}

}  // namespace

Bytes sha256(ByteView octets) {
  return digest(octets, EVP_sha256());
}
Bytes sha512(ByteView octets) {
  return digest(octets, EVP_sha512());
}

}  // namespace dane::x509
