/// \file  An IPv4 or IPv6 address as a value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "dane/core/bytes.hpp"
#include "dane/core/error.hpp"

namespace dane {

class IpAddress {
 public:
  /// Dotted quad or RFC 4291 text, no brackets, no zone.  \return `address-invalid` otherwise.
  [[nodiscard]] static Result<IpAddress> parse(std::string_view text);
  /// 4 octets (A) or 16 octets (AAAA), network order.  \return `address-invalid` otherwise.
  [[nodiscard]] static Result<IpAddress> decode(ByteView octets);

  [[nodiscard]] bool is_v6() const { return v6_; }
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] std::string to_string() const;  ///< RFC 5952, no brackets
  [[nodiscard]] Bytes octets() const;           ///< 4 or 16

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v6_ = false;
  std::array<std::uint8_t, 16> octets_{};
};

/// An address and a port: one transport endpoint.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
  /// "192.0.2.1:25", "[2001:db8::1]:25"
  [[nodiscard]] std::string to_string() const;
};

/// `ADDR[@PORT]`, as --resolver takes it.  \return `address-invalid` or `port-invalid`.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port);

}  // namespace dane
