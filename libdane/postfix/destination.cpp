#include "dane/postfix/destination.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netdb.h>

#include "dane/core/ip_address.hpp"
#include "dane/core/text.hpp"

#include "libdane/postfix/default_port.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::size_t longest_nexthop = 1024;

struct Service {
  const char* name;
  std::uint16_t port;
};
constexpr std::array services{
    Service{"smtp", 25},   Service{"submission", 587}, Service{"submissions", 465},
    Service{"smtps", 465}, Service{"ssmtp", 465},      Service{"lmtp", 24},
};

tl::unexpected<Error> invalid(std::string_view text, std::string_view why) {
  return fail("nexthop-invalid",
              fmt::format("\"{}\" is no next-hop destination: {}", printable(text, 80), why), {},
              "write a domain, [HOST] or [ADDRESS], and :PORT where it is not 25");
}

/// As this machine's /etc/services has it.
std::optional<std::uint16_t> port_of_service(const std::string& name) {
  servent entry{};
  servent* found = nullptr;
  std::array<char, 2048> space{};
  if (getservbyname_r(name.c_str(), "tcp", &entry, space.data(), space.size(), &found) != 0 ||
      found == nullptr)
    return std::nullopt;
  return ntohs(static_cast<std::uint16_t>(found->s_port));
}

Result<std::uint16_t> parse_port(std::string_view port) {
  const auto service = std::find_if(services.begin(), services.end(),
                                    [&](const Service& s) { return port == s.name; });
  if (service != services.end()) return service->port;
  int value = 0;
  constexpr int largest = 65535;
  const auto* end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data(), end, value);
  if (all_digits(port) && stop == end && error == std::errc{} && value > 0 && value <= largest)
    return static_cast<std::uint16_t>(value);
  return fail("nexthop-port-invalid",
              fmt::format("\"{}\" is neither a port nor a known service", printable(port, 40)), {},
              "give the port as a number from 1 to 65535");
}

std::optional<std::uint16_t> default_port(std::string_view service) {
  if (const auto port = parse_port(service)) return *port;
  return port_of_service(std::string(service));
}

struct HostPort {
  std::string_view host;
  std::string_view port;  ///< empty: the default
};

/// `[host]`, `[host]:port`
Result<HostPort> split_brackets(std::string_view text) {
  constexpr std::string_view v6 = "ipv6:";
  auto inner = text.substr(1);
  const bool has_prefix = same_word(inner.substr(0, v6.size()), v6);
  if (has_prefix) inner.remove_prefix(v6.size());
  const auto close = inner.find(']');
  if (close == std::string_view::npos) return invalid(text, "missing \"]\"");
  const auto host = inner.substr(0, close);
  auto rest = inner.substr(close + 1);
  if (!rest.empty() && rest.front() != ':') return invalid(text, "garbage after \"]\"");
  const auto address = IpAddress::parse(host);
  if (has_prefix && (!address || !address->is_v6())) return invalid(text, "malformed IPv6 address");
  return HostPort{host, rest.empty() ? rest : rest.substr(1)};
}

/// `host`, `host:port`; the last colon counts, so that "::1:25" is an address and a port.
HostPort split_plain(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

/// lmtp(8)'s forms; "inet:25" is a host of that name.
bool is_lmtp_form(std::string_view text) {
  if (text.starts_with("unix:")) return true;
  return text.starts_with("inet:") && !all_digits(text.substr(5));
}

/// "smtp:[mx.example.com]" or "relay:mx.example.com", as transport tables have it.
bool has_transport(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || text.front() == '[') return false;
  const auto rest = text.substr(colon + 1);
  return rest.starts_with('[') ||
         (rest.find(':') == std::string_view::npos && rest.find('.') != std::string_view::npos);
}

}  // namespace

Result<Destination> parse_destination(std::string_view text) {
  if (text.empty())
    return fail("nexthop-empty", "the next-hop destination is empty", {},
                "give a domain or [HOST]:PORT");
  if (text.size() > longest_nexthop)
    return fail("nexthop-too-long",
                fmt::format("the next-hop destination has {} octets", text.size()), {},
                "give a domain, or a host in brackets: '[mx.example.com]:587'");
  if (is_lmtp_form(text))
    return invalid(text, "inet: and unix: belong to lmtp(8); smtp(8) knows neither");
  if (has_transport(text))
    return fail("nexthop-invalid",
                fmt::format("\"{}\" is no next-hop destination: it has a transport in front",
                            printable(text, 80)),
                {},
                fmt::format("leave the transport out: '{}'",
                            printable(text.substr(text.find(':') + 1), 80)));
  HostPort parts;
  if (text.front() == '[') {
    const auto inner = split_brackets(text);
    if (!inner) return tl::unexpected(inner.error());
    parts = *inner;
  } else {
    parts = split_plain(text);
    if (parts.host.empty()) return invalid(text, "missing host information");
  }
  const bool is_address = IpAddress::parse(parts.host).has_value();
  if (!is_address && !is_utf8_hostname(parts.host))
    return invalid(text, "valid hostname or network address required");
  const auto port = parse_port(parts.port.empty() ? "smtp" : parts.port);
  if (!port) return tl::unexpected(port.error());
  return Destination{std::string(text), std::string(parts.host), text.front() != '[', *port,
                     is_address,        !parts.port.empty()};
}

Destination with_default_port(Destination destination, std::string_view service) {
  if (destination.port_given) return destination;
  if (const auto port = default_port(service)) destination.port = *port;
  return destination;
}

std::optional<std::string> default_port_fault(const Destination& destination,
                                              const Settings& settings) {
  const auto& service = settings.smtp_tcp_port;
  if (destination.port_given || !default_of("smtp_tcp_port", settings.version) ||
      default_port(service))
    return std::nullopt;
  if (all_digits(service))
    return fmt::format("bad network port: {} for destination: {}", service,
                       as_logged(destination.text));
  return fmt::format("unknown service: {}/tcp", as_logged(service));
}

bool is_searchable_name(std::string_view nexthop) {
  return nexthop.size() <= longest_nexthop && is_utf8_hostname(nexthop);
}

std::vector<std::string> lookup_keys(std::string_view nexthop) {
  std::vector<std::string> keys;
  if (nexthop.empty() || nexthop.size() > longest_nexthop) return keys;
  keys.emplace_back(nexthop);
  if (!is_searchable_name(nexthop)) return keys;
  for (auto dot = nexthop.find('.'); dot != std::string::npos; dot = nexthop.find('.', dot + 1))
    keys.emplace_back(nexthop.substr(dot));
  return keys;
}

}  // namespace dane::postfix
