#include "libdane/probe/ber.hpp"

namespace dane::probe {
namespace {

constexpr std::uint8_t tag_integer = 0x02;
constexpr std::uint8_t tag_octet_string = 0x04;
constexpr std::uint8_t tag_enumerated = 0x0a;
constexpr std::uint8_t tag_sequence = 0x30;
constexpr std::uint8_t tag_extended_request = 0x77;   // [APPLICATION 23], constructed
constexpr std::uint8_t tag_extended_response = 0x78;  // [APPLICATION 24], constructed
constexpr std::uint8_t tag_request_name = 0x80;       // [0]
constexpr std::string_view start_tls_oid = "1.3.6.1.4.1.1466.20037";

std::uint8_t octet(char c) {
  return static_cast<std::uint8_t>(c);
}

std::string element(std::uint8_t tag, std::string_view content) {
  std::string out;
  out += static_cast<char>(tag);
  out += static_cast<char>(content.size());  // all that we send is shorter than 128 octets
  out += content;
  return out;
}

/// A non-negative INTEGER or ENUMERATED of at most 31 bits.
std::optional<std::uint32_t> decode_number(const BerElement& e, std::uint8_t tag) {
  if (e.tag != tag || e.content.empty() || e.content.size() > 4 || octet(e.content[0]) >= 0x80)
    return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : e.content) value = value << 8U | octet(c);
  return value;
}

}  // namespace

BerStatus decode_ber(std::string_view& octets, std::size_t limit, BerElement& out) {
  if (octets.empty()) return BerStatus::incomplete;
  if ((octet(octets[0]) & 0x1fU) == 0x1fU) return BerStatus::malformed;
  if (octets.size() < 2) return BerStatus::incomplete;
  std::size_t header = 2;
  std::size_t length = octet(octets[1]);
  if (length >= 0x80) {
    const std::size_t count = length & 0x7fU;
    if (count == 0 || count > 4) return BerStatus::malformed;
    if (octets.size() < 2 + count) return BerStatus::incomplete;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8U | octet(octets[2 + i]);
    header += count;
  }
  if (length > limit) return BerStatus::malformed;
  if (octets.size() - header < length) return BerStatus::incomplete;
  out = {octet(octets[0]), octets.substr(header, length)};
  octets.remove_prefix(header + length);
  return BerStatus::complete;
}

std::string encode_start_tls_request() {
  const auto name = element(tag_request_name, start_tls_oid);
  return element(tag_sequence, element(tag_integer, "\x01") + element(tag_extended_request, name));
}

std::optional<ExtendedResponse> decode_extended_response(std::string_view content) {
  const auto next = [](std::string_view& from) -> std::optional<BerElement> {
    BerElement e;
    if (decode_ber(from, from.size(), e) != BerStatus::complete) return std::nullopt;
    return e;
  };
  const auto id = next(content);
  const auto operation = next(content);
  if (!id || !operation || operation->tag != tag_extended_response) return std::nullopt;
  auto fields = operation->content;
  const auto code = next(fields);
  const auto matched_dn = next(fields);
  const auto diagnostic = next(fields);
  if (!code || !matched_dn || matched_dn->tag != tag_octet_string || !diagnostic ||
      diagnostic->tag != tag_octet_string)
    return std::nullopt;
  const auto message_id = decode_number(*id, tag_integer);
  const auto result_code = decode_number(*code, tag_enumerated);
  if (!message_id || !result_code) return std::nullopt;
  return ExtendedResponse{*message_id, *result_code, std::string(diagnostic->content)};
}

}  // namespace dane::probe
