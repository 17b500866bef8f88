#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "libdane/verify/path.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::verify {
namespace {

/// What security level 1 asks for: RSA with 1024 bits, curves with 160, no SHA-1.
constexpr int least_security_bits = 80;

bool is_weak_signature(const x509::Certificate& certificate) {
  int bits = -1;
  return X509_get_signature_info(x509::native(certificate), nullptr, nullptr, &bits, nullptr) !=
             1 ||
         bits < least_security_bits;
}

}  // namespace

std::optional<std::string> key_weakness(const Link& link) {
  const EVP_PKEY* key = X509_get0_pubkey(x509::native(link.certificate));
  if (key == nullptr) return describe(link) + " has a key that cannot be used";
  if (EVP_PKEY_get_security_bits(key) >= least_security_bits) return std::nullopt;
  return fmt::format("{} has a weak key, {} with {} bits", describe(link),
                     to_string(link.certificate.key_type()), link.certificate.key_bits());
}

std::optional<std::string> path_weakness(const Path& path) {
  const x509::ErrorMark quiet;
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    if (auto weak = key_weakness(path[depth])) return weak;
    const bool is_anchor = depth + 1 == path.size();
    if (!is_anchor && is_weak_signature(path[depth].certificate))
      return fmt::format("{} has a weak signature (SHA-1 or older)", describe(path[depth]));
  }
  return std::nullopt;
}

}  // namespace dane::verify
