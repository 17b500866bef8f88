/// \file  Well-known public CAs by digest, so that a pinned root can be called by its name.
#pragma once

#include <optional>
#include <string_view>

#include "dane/tlsa/record.hpp"

namespace dane::check {

/// One CA certificate of the public trust store.  Facts only; nothing is trusted because of it.
struct KnownCa {
  std::string_view name;         ///< common name
  std::string_view spki_sha256;  ///< hex
  std::string_view cert_sha256;
};

/// The CA whose certificate or key this record is the digest of, if it is a known one.
[[nodiscard]] std::optional<std::string_view> known_ca_name(const tlsa::Record& record);

}  // namespace dane::check
