/// \file  Certification paths for the explanation: who may have issued whom, and is a path valid.
///
/// Plain X.509 (RFC 5280 section 6), with the choices that OpenSSL makes where the RFC leaves them
/// open.  Nothing of OpenSSL's DANE code is used here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dane/verify/verify.hpp"

namespace dane::verify {

/// Where a certificate of a path came from.
enum class Origin { presented, record, trusted };

struct Link {
  x509::Certificate certificate;
  Origin origin = Origin::presented;
  std::size_t index = 0;  ///< in Request::chain, records or trusted
};
using Path = std::vector<Link>;  ///< leaf first

/// "certificate 1 (CN=...)", "the certificate in record 0 (CN=...)".
[[nodiscard]] std::string describe(const Link& link);

/// Self-issued, with key identifiers and algorithms that agree; the signature is not checked.
[[nodiscard]] bool is_self_signed(const x509::Certificate& certificate);

/// By names, key identifiers and algorithms; key usage and signature are not looked at.
[[nodiscard]] bool may_have_issued(const x509::Certificate& issuer,
                                   const x509::Certificate& subject);

/// The issuer among `candidates`: the first that is in date, else the one that expired last.
/// Certificates that are in the path already do not count, to prevent loops.
[[nodiscard]] std::optional<std::size_t> choose_issuer(const std::vector<Link>& candidates,
                                                       const Path& path, TimePoint at);
[[nodiscard]] std::optional<std::size_t> choose_trusted_issuer(const x509::Chain& trusted,
                                                               const x509::Certificate& subject,
                                                               TimePoint at);

struct PathFault {
  Refusal kind = Refusal::constraints;  ///< dates, signature or constraints
  std::string text;                     ///< printable
};

/// Why the path is not valid for a TLS server at this time: extensions, purpose, path length,
/// signatures, dates and name constraints; names of the server are not looked at.
/// \param bare_key  the top is signed by a key in a "2 1 0" record: its date counts, and no
///                  further issuer.
[[nodiscard]] std::optional<PathFault> path_fault(const Path& path, TimePoint at, bool bare_key);

/// What is too weak for OpenSSL's security level 1: a key, or a signature below the anchor.
[[nodiscard]] std::optional<std::string> key_weakness(const Link& link);
[[nodiscard]] std::optional<std::string> path_weakness(const Path& path);

/// True when `key` (SubjectPublicKeyInfo DER) verifies the signature on the certificate.
[[nodiscard]] bool is_signed_by_key(const x509::Certificate& certificate, const Bytes& key);

}  // namespace dane::verify
