#include "tools/tls-policy-check/own_addresses.hpp"

#include <memory>
#include <optional>
#include <span>

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "dane/core/bytes.hpp"
#include "dane/postfix/route.hpp"

namespace dane::tools::tls_policy_check {

namespace {

template <class Socket>
ByteView octets_of(const Socket& address) {
  return std::as_bytes(std::span(&address, 1));
}

std::optional<IpAddress> address_of(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  Result<IpAddress> decoded = IpAddress();
  if (address->sa_family == AF_INET)
    decoded = IpAddress::decode(octets_of(reinterpret_cast<const sockaddr_in*>(address)->sin_addr));
  else if (address->sa_family == AF_INET6)
    decoded =
        IpAddress::decode(octets_of(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr));
  else
    return std::nullopt;
  return decoded ? std::optional(*decoded) : std::nullopt;
}

std::vector<IpAddress> of_interfaces() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> all(first, freeifaddrs);
  std::vector<IpAddress> addresses;
  for (const auto* one = first; one != nullptr; one = one->ifa_next)
    if (auto address = address_of(one->ifa_addr)) addresses.push_back(*address);
  return addresses;
}

}  // namespace

std::vector<IpAddress> own_addresses(const postfix::Settings& settings, bool runs_here) {
  const auto listening = postfix::listening(settings);
  auto own = listening.addresses;
  if (!runs_here || !(listening.all || listening.loopback_only)) return own;
  for (const auto& address : of_interfaces())
    if (listening.all || address.is_loopback()) own.push_back(address);
  return own;
}

}  // namespace dane::tools::tls_policy_check
