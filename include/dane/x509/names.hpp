/// \file  Comparing certificate names with reference identifiers.  RFC 6125, RFC 9525, RFC 7672
/// section 3.2.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/x509/certificate.hpp"

namespace dane::x509 {

/// Does presented dNSName `presented` match `reference`?  As OpenSSL and with it Postfix decide:
/// ASCII case-insensitive; a wildcard is the whole left-most label, has two more labels behind it,
/// and stands for one label of letters, digits and hyphens; a reference with a leading dot means
/// any sub-domain, at any depth, and is compared as text with a wildcard.  A trailing dot never
/// matches: take references from DomainName::to_string().  A reference that is an IP address, is
/// empty or is not ASCII matches nothing.  I1-I6, S54, S55.
[[nodiscard]] bool dns_id_matches(std::string_view presented, std::string_view reference);

/// The certificate's name that matched, as encoded (hostile), and the reference that it matched.
struct NameMatch {
  std::string presented;
  std::string reference;
  bool operator==(const NameMatch&) const = default;
};

/// The first reference, in the caller's order, that one of the certificate's names matches: its
/// dNSNames; its common names only when it has no dNSName (RFC 7672 section 3.2.3, S53) and
/// `allow_common_name` says so.
[[nodiscard]] std::optional<NameMatch> match_names(const Certificate& leaf,
                                                   const std::vector<std::string>& references,
                                                   bool allow_common_name);

}  // namespace dane::x509
