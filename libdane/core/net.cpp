#include "libdane/core/net.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

namespace dane::net {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

SocketAddress socket_address(const Endpoint& endpoint) {
  SocketAddress out;
  const auto put = [&out](const auto& in) {
    std::memcpy(&out.storage, &in, sizeof in);
    out.length = sizeof in;
  };
  const Bytes octets = endpoint.address.octets();
  if (endpoint.address.is_v6()) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(endpoint.port);
    std::memcpy(&in.sin6_addr, octets.data(), sizeof in.sin6_addr);
    put(in);
  } else {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    std::memcpy(&in.sin_addr, octets.data(), sizeof in.sin_addr);
    put(in);
  }
  return out;
}

Descriptor open_socket(const Endpoint& to, int type) {
  const int family = to.address.is_v6() ? AF_INET6 : AF_INET;
  return Descriptor(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Wait wait_for(int fd, short events, Deadline deadline) {
  using std::chrono::milliseconds;
  constexpr milliseconds longest{3'600'000};  // poll takes an int
  for (;;) {
    // Rounded up: poll must not come back just before the deadline, again and again.
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Wait::timed_out;
    pollfd p{fd, events, 0};
    const int n = ::poll(&p, 1, static_cast<int>(std::min(left, longest).count()));
    if (n > 0) return Wait::ready;
    if (n < 0 && errno != EINTR) return Wait::failed;
  }
}

}  // namespace dane::net
