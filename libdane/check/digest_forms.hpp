/// \file  The things that people digest when they make a TLSA record by hand.
#pragma once

#include <string>
#include <vector>

#include "dane/x509/certificate.hpp"

namespace dane::check {

struct DigestForm {
  Bytes octets;
  std::string what;  ///< "the PEM text of the certificate (with CR LF line ends)"
};

/// Wrong forms only: text forms of certificate and key, the bare key bits, the RSA modulus.
[[nodiscard]] std::vector<DigestForm> wrong_forms(const x509::Certificate& certificate);
/// The PEM text of all certificates one after the other, as in a fullchain.pem file.
[[nodiscard]] std::vector<DigestForm> chain_file_forms(const x509::Chain& chain);

/// Content of the subjectPublicKey BIT STRING, without the algorithm identifier (RFC 5280 section
/// 4.1); empty when the octets are no SubjectPublicKeyInfo.
[[nodiscard]] Bytes key_bits(ByteView spki_der);
/// The modulus of an RSAPublicKey (RFC 8017 appendix A.1.1), no leading zero; empty when it is
/// none.
[[nodiscard]] Bytes rsa_modulus(ByteView rsa_public_key);

}  // namespace dane::check
