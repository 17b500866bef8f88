/// \file  Digest algorithms by OpenSSL's names, and tls_dane_digests.  Internal to postfix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>

namespace dane::postfix {

/// Null for a name that OpenSSL does not know.
[[nodiscard]] const EVP_MD* digest_named(std::string_view name);

/// One matching type of tls_dane_digests, the most preferred first.
struct DaneDigest {
  std::string name;  ///< "sha512"
  unsigned matching_type = 0;
  const EVP_MD* digest = nullptr;
};
/// "sha512 sha256 sha3-256=42": a number stands behind `=`, SHA-256 and SHA-512 need none.  What
/// Postfix refuses there with a warning is left out.
[[nodiscard]] std::vector<DaneDigest> parse_dane_digests(std::string_view text);

}  // namespace dane::postfix
