/// \file  X.500 names as harmless text.  Internal to x509.
#pragma once

#include <optional>
#include <string>

#include <openssl/x509.h>

namespace dane::x509 {

/// RFC 2253 form (last RDN first), UTF-8, safe to print: what is not printable reads `\xNN`.
/// Very long values and names are cut with "...".
[[nodiscard]] std::string format_distinguished_name(const X509_NAME* name);

/// A string of any ASN.1 character string type as UTF-8; nothing when its octets are not valid in
/// that type.  NUL characters stay in.
[[nodiscard]] std::optional<std::string> utf8_of(const ASN1_STRING* value);

}  // namespace dane::x509
