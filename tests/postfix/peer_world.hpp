/// \file  A CA, leaves and a verification in one line, for the tests of the peer.
#pragma once

#include "dane/postfix/peer.hpp"

#include "tests/support/test_ca.hpp"

namespace dane::postfix::test_world {

inline const Version v35{3, 5, 27}, v37{3, 7, 11}, v310{3, 10, 13};
inline const TimePoint now = test::at_date(2026, 11, 21);
inline const std::string mx = "mx1.example.test";

inline const test::Issued& root() {
  static const auto issued = test::issue(
      {.common_name = "Root", .is_ca = true, .key = test::pooled_key(x509::KeyType::ecdsa, 1)});
  return issued;
}
inline const test::Issued& other_root() {
  static const auto issued = test::issue(
      {.common_name = "Other", .is_ca = true, .key = test::pooled_key(x509::KeyType::ecdsa, 2)});
  return issued;
}

inline test::CertificateSpec leaf_spec(std::vector<std::string> dns = {mx}) {
  return {.common_name = "leaf",
          .dns_names = std::move(dns),
          .key = test::pooled_key(x509::KeyType::ecdsa, 3)};
}
inline x509::Certificate leaf(const test::CertificateSpec& spec = leaf_spec(),
                              const test::Issued& issuer = root()) {
  return test::issue(spec, &issuer).certificate;
}

/// What verify_peer() is given, with the root trusted.
struct Peer {
  x509::Chain chain{leaf()};
  Level level = Level::secure;
  std::vector<std::string> match{"hostname"};
  std::vector<tlsa::Record> tlsa{};
  bool anchors_replace_cas = false;
  bool forced_failure = false;
  Fingerprints fingerprints{};
  bool trust_root = true;
  int verify_depth = 9;
  std::string dane_digests = "sha512 sha256";
  std::string nexthop = "example.test";

  [[nodiscard]] PeerVerdict verdict(const Version& version) const {
    CaCertificates cas;
    if (trust_root) cas.trusted = {root().certificate};
    ExpectedNames names;
    if (is_pkix(level)) names = expand_match(match, nexthop, mx, version);
    if (is_dane(level)) names = expand_match({mx}, nexthop, mx, version);
    return verify_peer({.chain = chain,
                        .level = level,
                        .cas = cas,
                        .tlsa = tlsa,
                        .anchors_replace_cas = anchors_replace_cas,
                        .expected = names,
                        .base_domain = mx,
                        .forced_failure = forced_failure,
                        .multi_label_wildcards = true,
                        .verify_depth = verify_depth,
                        .dane_digests = dane_digests,
                        .at = now,
                        .fingerprints = fingerprints},
                       version);
  }

  /// "Verified", "Trusted 62", "Untrusted 20"
  [[nodiscard]] std::string word(const Version& version) const {
    const auto v = verdict(version);
    if (v.matched) return "Verified";
    const std::string trust = v.trusted ? "Trusted" : "Untrusted";
    return v.error == 0 ? trust : trust + " " + std::to_string(v.error);
  }
  [[nodiscard]] std::string words() const {
    return word(v35) + ", " + word(v37) + ", " + word(v310);
  }
};

inline tlsa::Record record(int usage, int selector, int type, const x509::Certificate& of) {
  return tlsa::make_record(static_cast<tlsa::CertificateUsage>(usage),
                           static_cast<tlsa::Selector>(selector),
                           static_cast<tlsa::MatchingType>(type), of)
      .value();
}
inline tlsa::Record parsed(const std::string& text) {
  return tlsa::parse_presentation(text).value();
}

}  // namespace dane::postfix::test_world
