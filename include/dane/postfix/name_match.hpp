/// \file  Which names Postfix looks for in a certificate, and which it finds.  P10-P18
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/version.hpp"
#include "dane/x509/certificate.hpp"

namespace dane::postfix {

/// A pattern as the administrator wrote it and what it stands for.
struct ExpectedName {
  std::string pattern;    ///< "nexthop", "dot-nexthop", "hostname" or a literal
  std::string reference;  ///< A-labels, with the leading dot of a sub-domain match; empty: ignored
  bool any_subdomain = false;
  bool is_address = false;  ///< 3.6 and later compare it with iPAddress names only
  bool operator==(const ExpectedName&) const = default;
};

struct ExpectedNames {
  std::vector<ExpectedName> names;    ///< in list order
  std::vector<std::string> warnings;  ///< `ignoring invalid match name: "."` without the peer
  bool cannot_match = false;          ///< no name could be loaded: num=1.  P16
};
/// \param nexthop  Destination::domain.  \param hostname  the MX host.
[[nodiscard]] ExpectedNames expand_match(const std::vector<std::string>& patterns,
                                         std::string_view nexthop, std::string_view hostname,
                                         const Version& version);

struct NameHit {
  std::string pattern;
  std::string reference;
  std::string name;  ///< of the certificate, as encoded (hostile)
  bool operator==(const NameHit&) const = default;
};

struct NameVerdict {
  std::optional<NameHit> hit;
  int error = 0;  ///< X509_V_ERR_HOSTNAME_MISMATCH (62), IP_ADDRESS_MISMATCH (64), 1; 0 with a hit
};
/// Names alone, whatever the chain is worth.  \param multi_label
/// tls_wildcard_matches_multiple_labels.
[[nodiscard]] NameVerdict match_names(const x509::Certificate& leaf, const ExpectedNames& expected,
                                      const Version& version, bool multi_label = true);

/// What there is to find: dNSNames, else common names, else iPAddress; as encoded.
[[nodiscard]] std::vector<std::string> names_considered(const x509::Certificate& leaf,
                                                        const Version& version);

/// An MTA-STS mx pattern as smtp_tls_enforce_sts_mx_patterns compares it: equal, or `*.rest` for
/// exactly one label.  P30
[[nodiscard]] bool sts_pattern_matches(std::string_view pattern, std::string_view hostname);

}  // namespace dane::postfix
