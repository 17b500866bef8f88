#include "libdane/dns/extended_error.hpp"

#include <array>

#include <fmt/format.h>

#include "dane/core/bytes.hpp"
#include "dane/core/text.hpp"

namespace dane::dns {
namespace {

constexpr std::size_t kMaxShown = 4;

constexpr std::array<std::string_view, 25> kExtendedErrors{"Other",
                                                           "Unsupported DNSKEY Algorithm",
                                                           "Unsupported DS Digest Type",
                                                           "Stale Answer",
                                                           "Forged Answer",
                                                           "DNSSEC Indeterminate",
                                                           "DNSSEC Bogus",
                                                           "Signature Expired",
                                                           "Signature Not Yet Valid",
                                                           "DNSKEY Missing",
                                                           "RRSIGs Missing",
                                                           "No Zone Key Bit Set",
                                                           "NSEC Missing",
                                                           "Cached Error",
                                                           "Not Ready",
                                                           "Blocked",
                                                           "Censored",
                                                           "Filtered",
                                                           "Prohibited",
                                                           "Stale NXDOMAIN Answer",
                                                           "Not Authoritative",
                                                           "Not Supported",
                                                           "No Reachable Authority",
                                                           "Network Error",
                                                           "Invalid Data"};

/// RFC 8914 section 2: INFO-CODE, then UTF-8 text that the server chose.
std::string describe(std::uint16_t code, ByteView extra_text) {
  std::string out = fmt::format("EDE {}", code);
  if (code < kExtendedErrors.size()) out += fmt::format(" ({})", kExtendedErrors[code]);
  std::string text = to_octets(extra_text);
  while (!text.empty() && text.back() == '\0') text.pop_back();  // some servers terminate it
  if (!text.empty()) out += ": " + printable(text, 200);
  return out;
}

}  // namespace

std::optional<ExtendedErrors> decode_extended_errors(ldns_pkt* packet) {
  if (!ldns_pkt_edns(packet)) return std::nullopt;
  const ldns_edns_option_list* options = ldns_pkt_edns_get_option_list(packet);
  if (options == nullptr) return std::nullopt;
  std::optional<ExtendedErrors> out;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < ldns_edns_option_list_get_count(options) && shown < kMaxShown; ++i) {
    const ldns_edns_option* option = ldns_edns_option_list_get_option(options, i);
    if (option == nullptr || ldns_edns_get_code(option) != LDNS_EDNS_EDE) continue;
    const ByteView data(reinterpret_cast<const std::byte*>(ldns_edns_get_data(option)),
                        ldns_edns_get_size(option));
    if (data.size() < 2) continue;
    const auto code = static_cast<std::uint16_t>(std::to_integer<unsigned>(data[0]) << 8U |
                                                 std::to_integer<unsigned>(data[1]));
    if (!out) out = ExtendedErrors{code, {}};
    if (shown++ > 0) out->text += "; ";
    out->text += describe(code, data.subspan(2));
  }
  return out;
}

}  // namespace dane::dns
