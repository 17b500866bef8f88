#include "libdane/core/net.hpp"

#include <array>
#include <cstring>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#include "tests/support/deadline.hpp"

using namespace dane;
using test::in;
using namespace std::chrono_literals;

namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() { REQUIRE(::pipe(ends.data()) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends) ::close(end);
  }
};

}  // namespace

TEST_CASE("A socket address is what getaddrinfo makes of the text", "[core][net]") {
  const auto [address, port] = GENERATE(table<std::string, std::string>(
      {{"127.1.2.3", "25"}, {"::1", "65535"}, {"2001:db8::a:b", "443"}, {"::ffff:1.2.3.4", "1"}}));
  INFO(address);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* expected = nullptr;
  REQUIRE(::getaddrinfo(address.c_str(), port.c_str(), &hints, &expected) == 0);
  const auto got = net::socket_address(
      {IpAddress::parse(address).value(), static_cast<std::uint16_t>(std::stoi(port))});
  CHECK(got.length == expected->ai_addrlen);
  CHECK(std::memcmp(got.get(), expected->ai_addr, expected->ai_addrlen) == 0);
  ::freeaddrinfo(expected);
}

TEST_CASE("A descriptor is closed once, by its last owner", "[core][net]") {
  int fd = -1;
  {
    net::Descriptor first = net::open_socket({IpAddress::parse("::1").value(), 25}, SOCK_STREAM);
    fd = first.fd();
    REQUIRE(is_open(fd));
    CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    {
      const net::Descriptor second = std::move(first);
      CHECK(second.fd() == fd);
    }
    CHECK_FALSE(is_open(fd));
    fd = ::dup(STDERR_FILENO);  // takes the number again: the first owner must leave it alone
  }
  CHECK(is_open(fd));
  ::close(fd);
}

TEST_CASE("Waiting ends with the event or the deadline, not before", "[core][net]") {
  const Pipe pipe;
  const int to_read = pipe.ends[0];
  CHECK(net::wait_for(to_read, POLLIN, in(-1s)) == net::Wait::timed_out);
  const auto deadline = in(50ms);
  CHECK(net::wait_for(to_read, POLLIN, deadline) == net::Wait::timed_out);
  CHECK(std::chrono::steady_clock::now() >= deadline);
  REQUIRE(::write(pipe.ends[1], "x", 1) == 1);
  CHECK(net::wait_for(to_read, POLLIN, in(60s)) == net::Wait::ready);
  // The far future fits into what poll takes.
  CHECK(net::wait_for(to_read, POLLIN, in(24h * 10000)) == net::Wait::ready);
}
