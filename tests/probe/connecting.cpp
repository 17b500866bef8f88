// Connections that fail before a word is said.

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libdane/core/net.hpp"
#include "libdane/probe/connection.hpp"
#include "tests/probe/live.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

namespace {

Endpoint loopback(std::uint16_t port, const std::string& address = "127.0.0.1") {
  return {IpAddress::parse(address).value(), port};
}

/// A bound port where nobody listens, for as long as it lives.
struct DeafPort {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;
  explicit DeafPort(bool listening) {
    auto place = net::socket_address(loopback(0));
    require(::bind(fd, place.get(), place.length) == 0, "bind");
    ::getsockname(fd, place.get(), &place.length);
    port = ntohs(reinterpret_cast<const sockaddr_in*>(place.get())->sin_port);
    if (listening) require(::listen(fd, 0) == 0, "listen");
  }
  ~DeafPort() { ::close(fd); }
};

ProbeRequest request_at(const Endpoint& endpoint) {
  return {endpoint, Protocol::smtp, DomainName::parse("mx.example").value(), {}, Offer::any};
}

}  // namespace

TEST_CASE("Connections that fail", "[probe][connect]") {
  SECTION("refused") {
    const DeafPort port(false);
    const auto failed = failure(test::probe(request_at(loopback(port.port))));
    CHECK(failed.kind == ProbeFailure::refused);
    CHECK_THAT(failed.what, Catch::Contains("127.0.0.1:"));
  }
  SECTION("no route: TCP knows no broadcast") {
    const auto failed = failure(test::probe(request_at(loopback(25, "127.255.255.255"))));
    CHECK(failed.kind == ProbeFailure::no_route);
  }
  SECTION("no descriptor left") {
    rlimit old{};
    ::getrlimit(RLIMIT_NOFILE, &old);
    rlimit none = old;
    none.rlim_cur = 0;
    const DeafPort port(false);
    ::setrlimit(RLIMIT_NOFILE, &none);
    const auto result = test::probe(request_at(loopback(port.port)));
    ::setrlimit(RLIMIT_NOFILE, &old);
    CHECK(failure(result).kind == ProbeFailure::connect_failed);
  }
  SECTION("the deadline has passed already") {
    const DeafPort port(false);
    CHECK(failure(test::probe(request_at(loopback(port.port)), -1s)).kind == ProbeFailure::no_time);
  }
}

TEST_CASE("A connection that is never answered", "[probe][connect][deadline]") {
  // With its queue full the kernel drops further SYNs.
  const DeafPort port(true);
  std::vector<int> queue;
  const auto place = net::socket_address(loopback(port.port));
  for (int i = 0; i < 4; ++i) {
    queue.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    static_cast<void>(::connect(queue.back(), place.get(), place.length));
  }
  const bool by_option = GENERATE(true, false);
  const auto start = std::chrono::steady_clock::now();
  const auto result =
      by_option ? test::probe(request_at(loopback(port.port)), 60s, {.connect_timeout = 1s})
                : test::probe(request_at(loopback(port.port)), 1s);
  const auto took = std::chrono::steady_clock::now() - start;
  for (const int fd : queue) ::close(fd);
  CHECK(failure(result).kind ==
        (by_option ? ProbeFailure::connect_timeout : ProbeFailure::no_time));
  CHECK(took >= 1s);
  CHECK(took < 20s);
}

TEST_CASE("Nothing is read after the deadline, however much has come", "[probe][deadline]") {
  const DeafPort listener(true);
  const auto now = std::chrono::steady_clock::now();
  auto made = Connection::connect(loopback(listener.port), 5s, now + 10s);
  REQUIRE(std::holds_alternative<Connection>(made));
  auto& connection = std::get<Connection>(made);
  const int peer = ::accept(listener.fd, nullptr, nullptr);
  REQUIRE(peer >= 0);
  REQUIRE(::send(peer, "220 hi\r\n", 8, MSG_NOSIGNAL) == 8);
  CHECK(connection.read(now - 1s).status == IoStatus::timed_out);
  const auto in_time = connection.read(now + 10s);
  CHECK(in_time.status == IoStatus::ok);
  CHECK(in_time.octets == "220 hi\r\n");
  ::close(peer);
}
