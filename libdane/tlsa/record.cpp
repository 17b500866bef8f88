#include "dane/tlsa/record.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "libdane/tlsa/acronyms.hpp"

namespace dane::tlsa {

Result<Record> decode_rdata(ByteView rdata) {
  // Three one-octet fields and at least one octet of association data.
  if (rdata.size() < 4)
    return fail("tlsa-rdata-too-short",
                fmt::format("TLSA RDATA has {} octets, at least 4 are needed", rdata.size()));
  return Record{static_cast<CertificateUsage>(rdata[0]), static_cast<Selector>(rdata[1]),
                static_cast<MatchingType>(rdata[2]), Bytes(rdata.begin() + 3, rdata.end())};
}

Bytes encode_rdata(const Record& record) {
  Bytes out;
  out.reserve(3 + record.association_data.size());
  out.push_back(static_cast<std::byte>(record.usage));
  out.push_back(static_cast<std::byte>(record.selector));
  out.push_back(static_cast<std::byte>(record.matching_type));
  out.insert(out.end(), record.association_data.begin(), record.association_data.end());
  return out;
}

std::string format_parameters(const Record& record) {
  return fmt::format("{} {} {}", static_cast<unsigned>(record.usage),
                     static_cast<unsigned>(record.selector),
                     static_cast<unsigned>(record.matching_type));
}

std::string format_presentation(const Record& record) {
  return format_parameters(record) + ' ' + to_hex(record.association_data);
}

std::string format_acronyms(const Record& record) {
  const auto one = [](auto& names, auto value) {
    const auto number = static_cast<std::uint8_t>(value);
    for (const Acronym& a : names)
      if (a.value == number) return fmt::format("{}({})", a.name, number);
    return fmt::format("{}", number);
  };
  return fmt::format("{} {} {}", one(usage_acronyms, record.usage),
                     one(selector_acronyms, record.selector),
                     one(matching_type_acronyms, record.matching_type));
}

Result<DomainName> owner_name(std::uint16_t port, std::string_view proto, const DomainName& base) {
  if (port == 0)
    return fail("tlsa-port-invalid", "port 0 has no TLSA record", {},
                "give a port from 1 to 65535");
  if (proto != "tcp" && proto != "udp" && proto != "sctp")
    return fail("tlsa-protocol-invalid", "the transport of a TLSA record is tcp, udp or sctp");
  return base.prepend(fmt::format("_{}", proto)).and_then([port](const DomainName& name) {
    return name.prepend(fmt::format("_{}", port));
  });
}

}  // namespace dane::tlsa
