/// \file  Sockets: owned descriptors, addresses in the system's form, deadlines.  Internal.
#pragma once

#include <utility>

#include <sys/socket.h>

#include "dane/core/clock.hpp"
#include "dane/core/ip_address.hpp"

namespace dane::net {

/// Owns a descriptor; negative when there is none.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// A sockaddr of either family.  Empty, it has room for what the system fills in.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

[[nodiscard]] SocketAddress socket_address(const Endpoint& endpoint);

/// A socket of the endpoint's family that never blocks and no child process inherits.  `type`:
/// SOCK_STREAM or SOCK_DGRAM.  Holds none, with errno set, when the system gives none.
[[nodiscard]] Descriptor open_socket(const Endpoint& to, int type);

enum class Wait {
  ready,
  timed_out,
  failed  ///< poll itself does, for want of memory; errors of the socket count as ready
};

/// Waits for `events` (POLLIN, POLLOUT) until the deadline.
[[nodiscard]] Wait wait_for(int fd, short events, Deadline deadline);

}  // namespace dane::net
