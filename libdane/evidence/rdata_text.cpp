#include "libdane/evidence/rdata_text.hpp"

#include <fmt/format.h>

#include "dane/core/ip_address.hpp"
#include "dane/core/text.hpp"

namespace dane::evidence {

namespace {
std::string address_text(const Bytes& rdata) {
  const auto address = IpAddress::decode(rdata);
  return address ? address->to_string() : std::string{};
}

std::string mx_text(const Bytes& rdata) {
  const auto mx = dns::decode_mx(rdata);
  return mx ? fmt::format("{} {}", mx->preference, mx->exchange.to_string()) : std::string{};
}

std::string name_text(const Bytes& rdata) {
  const auto name = dns::decode_name(rdata);
  return name ? name->to_string() : std::string{};
}

std::string txt_text(const Bytes& rdata) {
  const auto text = dns::decode_txt(rdata);
  return text ? printable(*text) : std::string{};
}

std::string tlsa_text(const Bytes& rdata) {
  if (rdata.size() < 4) return {};
  const auto field = [&](std::size_t i) { return std::to_integer<int>(rdata[i]); };
  return fmt::format("{} {} {} {}", field(0), field(1), field(2),
                     to_hex(ByteView(rdata).subspan(3)));
}
}  // namespace

std::string rdata_text(dns::RecordType type, const Bytes& rdata) {
  switch (type) {
    case dns::RecordType::a:
    case dns::RecordType::aaaa:
      return address_text(rdata);
    case dns::RecordType::mx:
      return mx_text(rdata);
    case dns::RecordType::ns:
    case dns::RecordType::cname:
    case dns::RecordType::dname:
      return name_text(rdata);
    case dns::RecordType::txt:
      return txt_text(rdata);
    case dns::RecordType::tlsa:
      return tlsa_text(rdata);
    default:
      return {};
  }
}

}  // namespace dane::evidence
