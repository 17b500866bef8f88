/// The small texts of core: times, hexadecimal, base64, addresses, harmless text.
#include <algorithm>

#include "dane/core/bytes.hpp"
#include "dane/core/clock.hpp"
#include "dane/core/ip_address.hpp"
#include "dane/core/text.hpp"

#include "fuzz/check.hpp"

namespace {

void check_addresses(std::string_view text, dane::ByteView octets) {
  if (const auto address = dane::IpAddress::parse(text)) {
    fuzz::check(dane::IpAddress::parse(address->to_string()) == *address);
    fuzz::check(dane::IpAddress::decode(address->octets()) == *address);
  }
  if (const auto address = dane::IpAddress::decode(octets)) {
    fuzz::check(dane::IpAddress::parse(address->to_string()) == *address);
  }
  if (const auto endpoint = dane::parse_endpoint(text, 53)) fuzz::check(endpoint->port != 0);
}

void check_printable(std::string_view text, std::size_t limit) {
  const auto shown = dane::printable(text, limit);
  fuzz::check(shown.size() <= limit);
  fuzz::check(dane::is_utf8(shown));
  fuzz::check(std::none_of(shown.begin(), shown.end(),
                           [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  const auto octets = fuzz::bytes(data, size);
  if (const auto t = dane::parse_rfc3339(text)) {
    const auto again = dane::format_rfc3339(*t);
    // An offset can lead out of the four-digit years.
    fuzz::check(again.size() != 20 || dane::parse_rfc3339(again) == *t);
  }
  if (const auto hex = dane::from_hex(text)) fuzz::check(hex->size() * 2 == size);
  fuzz::check(dane::from_hex(dane::to_hex(octets))->size() == size);
  if (const auto decoded = dane::from_base64(text)) fuzz::check(dane::to_base64(*decoded) == text);
  fuzz::check(std::ranges::equal(*dane::from_base64(dane::to_base64(octets)), octets));
  check_addresses(text, octets);
  check_printable(text, 512);
  check_printable(text, size % 16);
  return 0;
}
