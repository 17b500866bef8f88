/// \file  Why a server failed, in its own words.  Internal.  RFC 8914.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "libdane/dns/ldns.hpp"

namespace dane::dns {

struct ExtendedErrors {
  std::uint16_t code = 0;  ///< the first INFO-CODE
  std::string text;        ///< all of them (at most four), printable
};

/// None when the message carries none.
[[nodiscard]] std::optional<ExtendedErrors> decode_extended_errors(ldns_pkt* packet);

}  // namespace dane::dns
