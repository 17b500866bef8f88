/// \file  The chain that Postfix up to 3.5 prepares where trust anchors of DANE or of a file count:
/// what is trusted, and what may lie between.  Internal to postfix.
#pragma once

#include <optional>

#include "dane/core/clock.hpp"
#include "dane/tlsa/record.hpp"

#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {

struct OwnTrust {
  x509::X509StackPtr trusted, untrusted;
  std::optional<std::size_t> record;  ///< index of the anchor's record
  int anchor_depth = -1;
};
/// \param anchors  indices of usable records with usage 2
[[nodiscard]] OwnTrust find_own_trust(const x509::Chain& chain,
                                      const std::vector<tlsa::Record>& records,
                                      const std::vector<std::size_t>& anchors, TimePoint at);

}  // namespace dane::postfix
