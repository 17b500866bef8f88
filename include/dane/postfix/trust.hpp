/// \file  What the client trusts: CAfile, CApath, tafile, fingerprints.  And a chain held against
/// it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/bytes.hpp"
#include "dane/core/clock.hpp"
#include "dane/postfix/settings.hpp"
#include "dane/tlsa/record.hpp"
#include "dane/x509/certificate.hpp"

namespace dane::postfix {

/// Certificates of smtp_tls_CAfile and smtp_tls_CApath (and the system's, with
/// tls_append_default_CA where one of them is set).
struct CaCertificates {
  x509::Chain trusted;
  std::vector<ConfigProblem> problems;  ///< unreadable: Postfix disables TLS support
  bool unusable = false;                ///< "TLS is required, but our TLS engine is unavailable"
  bool configured = false;              ///< false: nothing can be trusted
  bool unknown = false;                 ///< what Postfix finds could not be found out
  std::vector<std::string> log_lines;   ///< of smtp(8) at its start, when it sets up TLS
};
/// Relative paths are Postfix's: against its configuration.  \param prefix  put before absolute
/// paths (a copied configuration); may be empty.  \param chroot  put before CApath, which Postfix
/// reads when it is in its chroot already; CAfile is read before.
[[nodiscard]] CaCertificates load_ca_certificates(const Settings& settings,
                                                  const std::filesystem::path& prefix = {},
                                                  const std::filesystem::path& chroot = {});

/// Trust anchors of tafile= or smtp_tls_trust_anchor_file, as the records that Postfix makes of
/// them.  P32
struct TrustAnchors {
  std::vector<tlsa::Record> records;  ///< 2 0 0 / 2 1 0 and, for the leaf itself, 3 0 0 / 3 1 0
  std::vector<std::string> warnings;  ///< as Postfix words them
  bool invalid = false;               ///< "client TLS configuration problem"
  std::string unknown;                ///< why a file was not read, though Postfix may read it
};
/// \param version  up to 3.5 a malformed certificate or key makes the file invalid; later versions
/// find it unusable at each connection.
[[nodiscard]] TrustAnchors load_trust_anchors(const std::vector<std::string>& files,
                                              const std::filesystem::path& prefix = {},
                                              const Version& version = {});

/// One fingerprint of match= or smtp_tls_fingerprint_cert_match.  P31
struct Fingerprints {
  std::vector<std::string> digests;       ///< hex, upper case, colons between octets, as compared
  std::vector<std::string> warnings;      ///< `malformed fingerprint value: zz`
  std::vector<std::string> wrong_length;  ///< never match: not the digest's length
  std::string algorithm;                  ///< "sha256", "md5"
  std::vector<std::string> written;       ///< verbatim: up to 3.5 this text is compared
  std::vector<Bytes> values;              ///< all that is hexadecimal, of any length
};
[[nodiscard]] Fingerprints parse_fingerprints(const std::vector<std::string>& patterns,
                                              std::string_view algorithm);
/// What 3.6 and later hand to OpenSSL for fingerprints: `3 0 255` and `3 1 255` of each value.
[[nodiscard]] std::vector<tlsa::Record> fingerprint_records(const Fingerprints& fingerprints);
/// "ED:F7:..." of octets; empty for an algorithm that OpenSSL does not have.
[[nodiscard]] std::string fingerprint(ByteView octets, std::string_view algorithm);

}  // namespace dane::postfix
