#include "libdane/probe/connection.hpp"

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace dane::probe {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t read_size = 16U << 10U;

/// Waits for `events`; false when the deadline passes first.
bool wait_for(int fd, short events, Deadline deadline) {
  auto end = net::Wait::failed;
  while (end == net::Wait::failed) end = net::wait_for(fd, events, deadline);  // no memory: again
  return end == net::Wait::ready;
}

ProbeFailed failure(ProbeFailure kind, std::string what, int error) {
  return {kind, std::move(what), {}, {}, FailureDetails{ProbeStage::connect, error_text(error)}};
}

ProbeFailed connect_failure(int error, const Endpoint& to) {
  const auto where = to.to_string();
  switch (error) {
    case ECONNREFUSED:
      return failure(ProbeFailure::refused, fmt::format("{} refuses the connection", where), error);
    case ECONNRESET:  // it was established, then reset before we looked
      return failure(ProbeFailure::closed, fmt::format("{} resets the connection at once", where),
                     error);
    case ETIMEDOUT:
      return failure(ProbeFailure::connect_timeout, fmt::format("{} does not answer", where),
                     error);
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EACCES:
    case EPERM:
      return failure(ProbeFailure::no_route,
                     fmt::format("this machine cannot reach {}: {}", where, error_text(error)),
                     error);
    default:
      return failure(ProbeFailure::connect_failed,
                     fmt::format("the connection to {} fails: {}", where, error_text(error)),
                     error);
  }
}

/// Both ends the same: TCP connects a socket to itself when the port it was given by chance is
/// the one it asks for and nobody listens there.
bool connected_to_itself(int fd) {
  net::SocketAddress local;
  net::SocketAddress peer;
  return ::getsockname(fd, local.get(), &local.length) == 0 &&
         ::getpeername(fd, peer.get(), &peer.length) == 0 && local.length == peer.length &&
         std::memcmp(&local.storage, &peer.storage, local.length) == 0;
}

/// 0, or the errno of the connection attempt; nothing when it was not decided in time.
std::optional<int> finish_connect(int fd, const net::SocketAddress& address, Deadline deadline) {
  if (::connect(fd, address.get(), address.length) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  if (!wait_for(fd, POLLOUT, deadline)) return std::nullopt;
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

}  // namespace

std::string error_text(int error) {
  return std::generic_category().message(error);
}

std::variant<Connection, ProbeFailed> Connection::connect(const Endpoint& to,
                                                          std::chrono::seconds wait,
                                                          Deadline deadline) {
  const auto now = Clock::now();
  if (now >= deadline)
    return failure(ProbeFailure::connect_timeout,
                   fmt::format("no time was left to connect to {}", to.to_string()), ETIMEDOUT);
  if (wait < deadline - now) deadline = now + wait;
  Connection connection(net::open_socket(to, SOCK_STREAM));
  const int fd = connection.socket_.fd();
  if (fd < 0) return connect_failure(errno, to);
  // Small writes follow one another (Finished, then QUIT): never wait for an ACK between them.
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto error = finish_connect(fd, net::socket_address(to), deadline);
  if (!error)
    return failure(ProbeFailure::connect_timeout,
                   fmt::format("{} does not answer within {:.3g} s", to.to_string(),
                               std::chrono::duration<double>(deadline - now).count()),
                   ETIMEDOUT);
  if (*error != 0) return connect_failure(*error, to);
  if (connected_to_itself(fd)) return connect_failure(ECONNREFUSED, to);
  return connection;
}

/// A server that sent without TCP_NODELAY holds its next words back until what it sent before
/// (session tickets) is acknowledged, and the kernel would do that 40 ms later.
void Connection::acknowledge_now() {
  const int on = 1;
  ::setsockopt(socket_.fd(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

ReadResult Connection::read_now() {
  buffer_.resize(read_size);
  ssize_t got = 0;
  do {
    got = ::recv(socket_.fd(), buffer_.data(), buffer_.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got > 0) return {IoStatus::ok, std::string_view(buffer_).substr(0, static_cast<size_t>(got))};
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {IoStatus::timed_out, {}};
  if (got < 0) error_ = errno;
  return {IoStatus::closed, {}};  // end of stream, or a reset
}

ReadResult Connection::read(Deadline deadline) {
  for (;;) {
    // The time is looked at first: a server that never stops sending must not keep us here.
    if (Clock::now() >= deadline) return {IoStatus::timed_out, {}};
    const auto result = read_now();
    if (result.status != IoStatus::timed_out) return result;
    acknowledge_now();
    if (!wait_for(socket_.fd(), POLLIN, deadline)) return {IoStatus::timed_out, {}};
  }
}

IoStatus Connection::write(std::string_view octets, Deadline deadline) {
  while (!octets.empty()) {
    if (Clock::now() >= deadline) return IoStatus::timed_out;
    const auto sent = ::send(socket_.fd(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(socket_.fd(), POLLOUT, deadline)) return IoStatus::timed_out;
    } else if (errno != EINTR) {
      error_ = errno;
      return IoStatus::closed;
    }
  }
  return IoStatus::ok;
}

void Connection::end_writing() {
  ::shutdown(socket_.fd(), SHUT_WR);
}

IpAddress Connection::local_address() const {
  net::SocketAddress local;
  if (::getsockname(socket_.fd(), local.get(), &local.length) != 0) return {};
  Bytes octets;
  if (local.storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &local.storage, sizeof in);
    octets.resize(sizeof in.sin6_addr);
    std::memcpy(octets.data(), &in.sin6_addr, sizeof in.sin6_addr);
  } else {
    sockaddr_in in{};
    std::memcpy(&in, &local.storage, sizeof in);
    octets.resize(sizeof in.sin_addr);
    std::memcpy(octets.data(), &in.sin_addr, sizeof in.sin_addr);
  }
  return IpAddress::decode(octets).value_or(IpAddress{});
}

}  // namespace dane::probe
