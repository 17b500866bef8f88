#include "libdane/dns/socket.hpp"

#include <cerrno>
#include <optional>

#include <poll.h>
#include <sys/socket.h>

#include "libdane/core/net.hpp"
#include "libdane/dns/message.hpp"

namespace dane::dns {
namespace {

/// Waits for `events`; none when they came, why not otherwise.
std::optional<NoReply> wait_for(int fd, short events, Deadline deadline) {
  switch (net::wait_for(fd, events, deadline)) {
    case net::Wait::ready:
      return std::nullopt;
    case net::Wait::timed_out:
      return NoReply::timeout;
    case net::Wait::failed:
      break;
  }
  return NoReply::local;
}

bool try_later() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/// Sends or receives all of `size` octets.  `step(done)` does one send or recv from there on.
template <class Step>
std::optional<NoReply> transfer(int fd, short events, std::size_t size, Deadline deadline,
                                Step&& step) {
  std::size_t done = 0;
  while (done < size) {
    if (auto failure = wait_for(fd, events, deadline)) return failure;
    const ssize_t n = step(done);
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (n == 0 || !try_later()) {
      return NoReply::unreachable;  // closed or reset
    }
  }
  return std::nullopt;
}

std::optional<NoReply> receive_all(int fd, std::span<std::byte> into, Deadline deadline) {
  return transfer(fd, POLLIN, into.size(), deadline, [&](std::size_t done) {
    return ::recv(fd, into.data() + done, into.size() - done, 0);
  });
}

std::optional<NoReply> connect_stream(int fd, const net::SocketAddress& address,
                                      Deadline deadline) {
  if (::connect(fd, address.get(), address.length) == 0) return std::nullopt;
  if (errno != EINPROGRESS) return NoReply::unreachable;
  if (auto failure = wait_for(fd, POLLOUT, deadline)) return failure;
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0)
    return NoReply::unreachable;
  return std::nullopt;
}

std::uint16_t id_of(ByteView query) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(query[0]) << 8U |
                                    std::to_integer<unsigned>(query[1]));
}

}  // namespace

Received exchange_datagram(const Endpoint& server, ByteView query, const Question& question,
                           Deadline deadline) {
  const net::Descriptor socket = net::open_socket(server, SOCK_DGRAM);
  if (socket.fd() < 0) return NoReply::local;
  const net::SocketAddress address = net::socket_address(server);
  // Connected: the kernel drops what others send and reports what ICMP says.
  if (::connect(socket.fd(), address.get(), address.length) != 0) return NoReply::unreachable;
  if (::send(socket.fd(), query.data(), query.size(), MSG_NOSIGNAL) < 0)
    return NoReply::unreachable;
  Bytes buffer(65535);
  for (;;) {
    if (auto failure = wait_for(socket.fd(), POLLIN, deadline)) return *failure;
    const ssize_t n = ::recv(socket.fd(), buffer.data(), buffer.size(), 0);
    if (n < 0 && !try_later()) return NoReply::unreachable;
    if (n <= 0) continue;
    const ByteView reply(buffer.data(), static_cast<std::size_t>(n));
    if (is_reply_to(reply, id_of(query), question)) return Bytes(reply.begin(), reply.end());
  }
}

Received exchange_stream(const Endpoint& server, ByteView query, const Question& question,
                         Deadline deadline) {
  const net::Descriptor socket = net::open_socket(server, SOCK_STREAM);
  if (socket.fd() < 0) return NoReply::local;
  const net::SocketAddress address = net::socket_address(server);
  if (auto failure = connect_stream(socket.fd(), address, deadline)) return *failure;

  Bytes framed{static_cast<std::byte>(query.size() >> 8U), static_cast<std::byte>(query.size())};
  framed.insert(framed.end(), query.begin(), query.end());
  const auto unsent =
      transfer(socket.fd(), POLLOUT, framed.size(), deadline, [&](std::size_t done) {
        return ::send(socket.fd(), framed.data() + done, framed.size() - done, MSG_NOSIGNAL);
      });
  if (unsent) return *unsent;

  Bytes length(2);
  if (auto failure = receive_all(socket.fd(), length, deadline)) return *failure;
  Bytes reply(id_of(length));  // the same two octets, big-endian
  if (auto failure = receive_all(socket.fd(), reply, deadline)) return *failure;
  if (!is_reply_to(reply, id_of(query), question)) return NoReply::unreachable;
  return reply;
}

}  // namespace dane::dns
