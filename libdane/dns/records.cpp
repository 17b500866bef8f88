#include "dane/dns/records.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>

#include "libdane/dns/ldns.hpp"

namespace dane::dns {
namespace {

/// OPT and the QTYPEs that no record has.  RFC 6895 section 3.1.
bool is_meta(unsigned type) {
  return type == 0 || type == 41 || (type >= 128 && type <= 255);
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

}  // namespace

std::string to_string(RecordType type) {
  struct Free {
    void operator()(char* p) const { std::free(p); }
  };
  const std::unique_ptr<char, Free> text(ldns_rr_type2str(static_cast<ldns_rr_type>(type)));
  return text ? std::string(text.get()) : fmt::format("TYPE{}", static_cast<std::uint16_t>(type));
}

Result<RecordType> parse_record_type(std::string_view text) {
  const auto unknown = [&] {
    return fail("record-type-unknown", "not the name of a DNS record type", {},
                "use a name such as TLSA, or TYPE and a number (RFC 3597)");
  };
  if (text.empty() || text.size() > 16) return unknown();
  const std::string name = upper(text);
  unsigned number = 0;
  if (name.starts_with("TYPE")) {
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + 4, end, number);
    if (error != std::errc{} || stop != end || number > 0xffff) return unknown();
  } else {
    number = static_cast<unsigned>(ldns_get_rr_type_by_name(name.c_str()));
  }
  if (is_meta(number)) return unknown();
  return static_cast<RecordType>(number);
}

std::string Question::to_string() const {
  return fmt::format("{} {}", name.to_string(), dns::to_string(type));
}

Result<Mx> decode_mx(ByteView rdata) {
  // Preference and at least the root.  RFC 1035 section 3.3.9.
  if (rdata.size() < 3) return fail("mx-rdata-invalid", "MX record data is too short");
  auto exchange = DomainName::decode_wire(rdata.subspan(2));
  if (!exchange) return fail("mx-rdata-invalid", "the host name in an MX record is malformed");
  const auto preference = static_cast<std::uint16_t>(std::to_integer<unsigned>(rdata[0]) << 8U |
                                                     std::to_integer<unsigned>(rdata[1]));
  return Mx{preference, std::move(*exchange)};
}

Result<DomainName> decode_name(ByteView rdata) {
  return DomainName::decode_wire(rdata);
}

Result<std::string> decode_txt(ByteView rdata) {
  if (rdata.empty()) return fail("txt-rdata-invalid", "a TXT record without a string");
  std::string out;
  while (!rdata.empty()) {
    const auto length = std::to_integer<std::size_t>(rdata[0]);
    if (length + 1 > rdata.size())
      return fail("txt-rdata-invalid", "a string in a TXT record is cut short");
    out += to_octets(rdata.subspan(1, length));
    rdata = rdata.subspan(1 + length);
  }
  return out;
}

std::vector<IpAddress> decode_addresses(const Answer& answer) {
  std::vector<IpAddress> out;
  for (const auto& rdata : answer.rdata) {
    if (auto address = IpAddress::decode(rdata)) out.push_back(*address);
  }
  return out;
}

}  // namespace dane::dns
