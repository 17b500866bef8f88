/// \file  TLSA records as Postfix up to 3.5 reads them by itself.  Internal to postfix.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "dane/tlsa/record.hpp"

namespace dane::postfix {

/// Indices of records, by what they are for.
struct OwnTlsa {
  std::vector<std::size_t> unusable;
  std::vector<std::size_t> anchors;   ///< usage 2
  std::vector<std::size_t> entities;  ///< usage 3
};
/// Of several digests for the same usage and selector only the preferred one stays; the others are
/// in no list.
[[nodiscard]] OwnTlsa sort_tlsa(const std::vector<tlsa::Record>& records,
                                std::string_view dane_digests);

}  // namespace dane::postfix
