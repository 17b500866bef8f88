/// \file  The chain and names of a server, verified the way Postfix has OpenSSL do it.  P3-P9,
/// P31-P33
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/postfix/level.hpp"
#include "dane/postfix/name_match.hpp"
#include "dane/postfix/trust.hpp"
#include "dane/tlsa/record.hpp"
#include "dane/x509/certificate.hpp"

namespace dane::postfix {

struct PeerInput {
  const x509::Chain& chain;  ///< as sent, leaf first; not empty
  Level level = Level::may;  ///< effective: decides security level 0 or 1, and what counts
  const CaCertificates& cas;
  std::vector<tlsa::Record> tlsa;    ///< of DNS, or made of trust anchors
  bool anchors_replace_cas = false;  ///< tafile: CAfile and CApath are not used
  const ExpectedNames& expected;     ///< empty where no name is compared
  std::string base_domain;           ///< DANE: the TLSA base domain
  bool forced_failure = false;       ///< policy_failure=
  bool multi_label_wildcards = true;
  int verify_depth = 9;  ///< smtp_tls_scert_verifydepth
  std::string dane_digests = "sha512 sha256";
  TimePoint at;
  Fingerprints fingerprints = {};  ///< level fingerprint: these count, `tlsa` does not
};

/// What Postfix holds at the end of the handshake.
struct PeerVerdict {
  bool trusted = false;    ///< TLS_CERT_FLAG_TRUSTED: the log says "Trusted"
  bool matched = false;    ///< TLS_CERT_FLAG_MATCHED (and secured): mail goes out above encrypt
  int error = 0;           ///< X509_V_*: the error that is logged as num= or in words; 0: none
  int depth = 0;           ///< of the certificate at fault
  std::string error_name;  ///< "X509_V_ERR_HOSTNAME_MISMATCH"
  int chain_error = 0;     ///< the same without any comparison of names
  int chain_depth = 0;
  std::string issuer;           ///< of the certificate at fault, as X509_NAME_oneline has it, with
                                ///< '?' for what is not printable ASCII
  std::optional<NameHit> name;  ///< compared alone, whatever the chain is worth
  std::string peername;         ///< `matched peername: ` of the log; empty: none
  std::optional<std::size_t> tlsa_match;  ///< index into `tlsa`, or into fingerprint_records()
  int tlsa_depth = 0;
  std::vector<std::size_t> unusable_tlsa;  ///< indices that OpenSSL (or 3.5) does not take
  bool fell_back_to_encrypt = false;       ///< dane, halfdane: all records unusable
  std::vector<std::string> notes;  ///< lines logged before the handshake's result, behind the
                                   ///< peer's name: `unusable TLSA RR: 3 1 1 0011`, `all TLSA
                                   ///< records unusable, fallback to unauthenticated TLS`
};
[[nodiscard]] PeerVerdict verify_peer(const PeerInput& input, const Version& version);

/// What of a server's own certificate fails at levels verify and secure whichever CAs are trusted:
/// expired, not yet valid, not made for servers, a weak key.  0: nothing.
[[nodiscard]] int fault_of_leaf(const x509::Certificate& leaf, TimePoint at);

/// Up to 3.5 Postfix itself says of a TLSA record why it is unusable, when it reads the RRset: the
/// words in front of ` RR: OWNER IN TLSA U S M ...`, as in "malformed sha256 digest, length 5, in".
/// Nothing for a usable record.
[[nodiscard]] std::optional<std::string> own_tlsa_fault(const tlsa::Record& record,
                                                        std::string_view dane_digests);

/// The line that tells a verification error, without "certificate verification failed for PEER":
/// prefix "server ", "CA " or "" and what stands behind the colon.  Nothing for error 0.
struct ErrorWords {
  std::string who;   ///< "server ", "CA ", ""
  std::string what;  ///< "num=62:hostname mismatch", "untrusted issuer /O=Lab/CN=Other Root CA"
};
[[nodiscard]] std::optional<ErrorWords> verification_words(const PeerVerdict& verdict,
                                                           const Version& version);

}  // namespace dane::postfix
