/// \file  The names of TLSA parameters.  RFC 7218 section 2.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dane::tlsa {

struct Acronym {
  std::string_view name;
  std::uint8_t value;
};

inline constexpr std::array<Acronym, 5> usage_acronyms{
    {{"PKIX-TA", 0}, {"PKIX-EE", 1}, {"DANE-TA", 2}, {"DANE-EE", 3}, {"PrivCert", 255}}};
inline constexpr std::array<Acronym, 3> selector_acronyms{
    {{"Cert", 0}, {"SPKI", 1}, {"PrivSel", 255}}};
inline constexpr std::array<Acronym, 4> matching_type_acronyms{
    {{"Full", 0}, {"SHA2-256", 1}, {"SHA2-512", 2}, {"PrivMatch", 255}}};

}  // namespace dane::tlsa
