/// \file  A next-hop as transport and policy table write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"

namespace dane::postfix {

/// "example.com", "[mx.example.com]:587", "example.com:submission", "[192.0.2.1]",
/// "[ipv6:2001:db8::1]:25".
struct Destination {
  std::string text;       ///< verbatim: the lookup key
  std::string domain;     ///< without brackets, "ipv6:" and port: the name that is matched.  P12
  bool mx_lookup = true;  ///< no brackets
  std::uint16_t port = 25;
  bool is_address = false;  ///< `domain` is an IP address
  bool port_given = false;  ///< else it is that of smtp_tcp_port
  bool operator==(const Destination&) const = default;
};

/// A service name becomes its port by a small table (smtp, submission, submissions, smtps, lmtp).
/// \return `nexthop-empty`, `nexthop-invalid` (unbalanced brackets, no host),
/// `nexthop-port-invalid`, `nexthop-too-long`.
[[nodiscard]] Result<Destination> parse_destination(std::string_view text);

/// The same with the port of smtp_tcp_port where it has none of its own.
[[nodiscard]] Destination with_default_port(Destination destination, std::string_view service);

/// Is it a name under whose parents Postfix searches too?  Letters (UTF-8 too), digits, '_' and
/// '-', no empty label, no trailing dot, not all digits.
[[nodiscard]] bool is_searchable_name(std::string_view nexthop);

/// Keys in the order in which Postfix looks them up, in the letters of the next-hop: "A.b.c",
/// ".b.c", ".c"; a next-hop with brackets or a port is one key.  P21
[[nodiscard]] std::vector<std::string> lookup_keys(std::string_view nexthop);

}  // namespace dane::postfix
