#include "dane/core/ip_address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane {

namespace {

constexpr std::size_t longest_text = INET6_ADDRSTRLEN;
constexpr std::size_t groups = 8;

using Octets = std::array<std::uint8_t, 16>;

bool is_v4_mapped(const Octets& o) {
  return std::all_of(o.begin(), o.begin() + 10, [](auto x) { return x == 0; }) && o[10] == 0xFF &&
         o[11] == 0xFF;
}

unsigned group_at(const Octets& o, std::size_t i) {
  return static_cast<unsigned>(o[2 * i]) << 8U | o[2 * i + 1];
}

/// The run of zero groups that "::" stands for: the longest, the first of equals, at least two.
/// RFC 5952 section 4.2.
std::pair<std::size_t, std::size_t> longest_zero_run(const Octets& o) {
  std::size_t best = 0, best_length = 1;
  for (std::size_t i = 0; i < groups; ++i) {
    std::size_t end = i;
    while (end < groups && group_at(o, end) == 0) ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
    i = std::max(i, end);
  }
  return best_length > 1 ? std::pair{best, best + best_length} : std::pair{groups, groups};
}

std::string format_v6(const Octets& o) {
  // inet_ntop would print ::1:0 as ::0.1.0.0; only IPv4-mapped addresses read better so.
  if (is_v4_mapped(o)) return fmt::format("::ffff:{}.{}.{}.{}", o[12], o[13], o[14], o[15]);
  const auto [from, to] = longest_zero_run(o);
  std::string out;
  for (std::size_t i = 0; i < groups; ++i) {
    if (i == from) {
      out += "::";
      i = to - 1;
      continue;
    }
    if (!out.empty() && !out.ends_with(':')) out += ':';
    out += fmt::format("{:x}", group_at(o, i));
  }
  return out;
}

tl::unexpected<Error> bad_address(std::string_view text) {
  return fail("address-invalid", "\"" + printable(text, 64) + "\" is not an IPv4 or IPv6 address");
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= longest_text || text.find('\0') != std::string_view::npos) {
    return bad_address(text);
  }
  const std::string terminated(text);
  IpAddress out;
  if (inet_pton(AF_INET, terminated.c_str(), out.octets_.data()) == 1) return out;
  out.v6_ = true;
  if (inet_pton(AF_INET6, terminated.c_str(), out.octets_.data()) == 1) return out;
  return bad_address(text);
}

Result<IpAddress> IpAddress::decode(ByteView octets) {
  if (octets.size() != 4 && octets.size() != 16) {
    return fail("address-invalid",
                fmt::format("an address has 4 or 16 octets, not {}", octets.size()));
  }
  IpAddress out;
  out.v6_ = octets.size() == 16;
  std::transform(octets.begin(), octets.end(), out.octets_.begin(),
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return out;
}

bool IpAddress::is_loopback() const {
  if (!v6_) return octets_[0] == 127;
  if (is_v4_mapped(octets_)) return octets_[12] == 127;
  return std::all_of(octets_.begin(), octets_.end() - 1, [](auto o) { return o == 0; }) &&
         octets_[15] == 1;
}

std::string IpAddress::to_string() const {
  if (v6_) return format_v6(octets_);
  return fmt::format("{}.{}.{}.{}", octets_[0], octets_[1], octets_[2], octets_[3]);
}

Bytes IpAddress::octets() const {
  const auto all = std::as_bytes(std::span(octets_));
  return {all.begin(), v6_ ? all.end() : all.begin() + 4};
}

std::string Endpoint::to_string() const {
  if (address.is_v6()) return fmt::format("[{}]:{}", address.to_string(), port);
  return fmt::format("{}:{}", address.to_string(), port);
}

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  const auto at = text.find('@');
  const auto address = IpAddress::parse(text.substr(0, at));
  if (!address) return tl::unexpected(address.error());
  if (at == std::string_view::npos) return Endpoint{*address, default_port};
  const auto digits = text.substr(at + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) {
    return fail("port-invalid", "\"" + printable(digits, 64) + "\" is not a port (1 to 65535)");
  }
  return Endpoint{*address, port};
}

}  // namespace dane
