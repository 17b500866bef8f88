/// \file  Certificates with extensions that tests/support/test_ca.hpp does not offer.
#pragma once

#include <string>

#include "tests/support/test_ca.hpp"

namespace dane::test {

/// The same certificate with one extension replaced, added (or removed: empty value), signed anew
/// by `issuer`, or by its own key when that is null.
inline Issued with_extension(const Issued& original, int nid, const std::string& value,
                             const Issued* issuer) {
  const detail::X509Owner x509 = detail::decode(original.certificate);
  const int present = X509_get_ext_by_NID(x509.get(), nid, -1);
  if (present >= 0) X509_EXTENSION_free(X509_delete_ext(x509.get(), present));
  if (!value.empty()) detail::add_extension(x509.get(), x509.get(), nid, value);
  EVP_PKEY* key = issuer != nullptr ? issuer->key.get() : original.key.get();
  require(X509_sign(x509.get(), key, EVP_sha256()) > 0, "signing again");
  return {detail::to_certificate(x509.get()), original.key};
}

}  // namespace dane::test
