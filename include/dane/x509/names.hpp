/// \file  Comparing certificate names with reference identifiers.  RFC 6125, RFC 9525, RFC 7672
/// section 3.2.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/x509/certificate.hpp"

namespace dane::x509 {

/// Does presented dNSName `presented` match `reference`?  ASCII case-insensitive; a wildcard is a
/// whole left-most label and stands for one label; never inside or for an A-label fragment; a
/// reference with a leading dot means any proper sub-domain.  I1-I6, S54, S55.
[[nodiscard]] bool dns_id_matches(std::string_view presented, std::string_view reference);

/// The first certificate name that matches one of the references: dNSNames; common names only
/// when the certificate has no dNSName (RFC 7672 section 3.2.3) and `allow_common_name`.
struct NameMatch {
  std::string presented;
  std::string reference;
  bool operator==(const NameMatch&) const = default;
};
[[nodiscard]] std::optional<NameMatch> match_names(const Certificate& leaf,
                                                   const std::vector<std::string>& references,
                                                   bool allow_common_name);

}  // namespace dane::x509
