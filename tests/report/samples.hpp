/// \file  Reports for the tests of the renderers, as a check would fill them.
#pragma once

#include <string>

#include "dane/report/report.hpp"

namespace dane::test {

[[nodiscard]] TimePoint time_of(const std::string& rfc3339);

/// 64 hex digits: a digest that begins with `head`.
[[nodiscard]] std::string digest(const std::string& head);

/// example.com: mx1 verified (RSA and ECDSA, IPv4 and IPv6), mx2 refuted, one address untested.
[[nodiscard]] report::Report two_hosts();
/// The offline mode: one chain, no addresses.
[[nodiscard]] report::Report offline();
/// Escape sequences, NUL, line feeds, broken UTF-8, quotes, '|' and '<' in every field.
[[nodiscard]] report::Report hostile();
/// Two domains with the same MX host, duplicate records, a failed lookup.
[[nodiscard]] report::Report several_domains();

}  // namespace dane::test
