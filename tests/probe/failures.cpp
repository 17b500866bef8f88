// Every kind of failure, over real sockets, and the deadline in each silent place.

#include <cerrno>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/probe/live.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

namespace {

/// Probes a server that plays `script`; complaints fail the test.
ProbeResult probe_script(const FakeServer::Script& script, std::chrono::milliseconds time = 30s,
                         const ProberOptions& options = {}, Protocol protocol = Protocol::smtp) {
  FakeServer server(script);
  auto result = test::probe(request_to(server, protocol), time, options);
  server.finish();
  CHECK(server.complaints() == std::vector<std::string>{});
  return result;
}

Endpoint loopback(std::uint16_t port, const std::string& address = "127.0.0.1") {
  return {IpAddress::parse(address).value(), port};
}

/// A bound port where nobody listens, for as long as it lives.
struct DeafPort {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;
  explicit DeafPort(bool listening) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof in;
    require(::bind(fd, reinterpret_cast<sockaddr*>(&in), length) == 0, "bind");
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&in), &length);
    port = ntohs(in.sin_port);
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
    CHECK(failure(test::probe(request_at(loopback(port.port)), -1s)).kind ==
          ProbeFailure::connect_timeout);
  }
}

TEST_CASE("A connection that is never answered", "[probe][connect][deadline]") {
  // With its queue full the kernel drops further SYNs.
  const DeafPort port(true);
  std::vector<int> queue;
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  in.sin_port = htons(port.port);
  for (int i = 0; i < 4; ++i) {
    queue.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    static_cast<void>(::connect(queue.back(), reinterpret_cast<sockaddr*>(&in), sizeof in));
  }
  const bool by_option = GENERATE(true, false);
  const auto start = std::chrono::steady_clock::now();
  const auto result =
      by_option ? test::probe(request_at(loopback(port.port)), 60s, {.connect_timeout = 1s})
                : test::probe(request_at(loopback(port.port)), 1s);
  const auto took = std::chrono::steady_clock::now() - start;
  for (const int fd : queue) ::close(fd);
  CHECK(failure(result).kind == ProbeFailure::connect_timeout);
  CHECK(took >= 1s);
  CHECK(took < 20s);
}

TEST_CASE("The deadline holds wherever the server falls silent", "[probe][deadline]") {
  ServerTls tls(one_chain());
  struct Case {
    std::string name;
    FakeServer::Script script;
    ProbeFailure kind;
  };
  const auto c = GENERATE_REF(values<Case>({
      {"before the greeting", [](Peer& p) { p.wait(); }, ProbeFailure::greeting_timeout},
      {"within the greeting",
       [](Peer& p) {
         p.say("220-wait\r\n220 not ye");
         p.wait();
       },
       ProbeFailure::greeting_timeout},
      {"greeting octet by octet, without an end",
       [](Peer& p) {
         for (;;) {
           p.say("2");
           std::this_thread::sleep_for(5ms);
         }
       },
       ProbeFailure::greeting_timeout},
      {"after EHLO",
       [](Peer& p) {
         p.say("220 hi\r\n");
         p.wait();
       },
       ProbeFailure::timeout},
      {"after STARTTLS",
       [](Peer& p) {
         greet_and_hear_starttls(p);
         p.wait();
       },
       ProbeFailure::timeout},
      {"within the handshake",
       [](Peer& p) {
         greet_and_hear_starttls(p);
         p.say("220 go\r\n");
         p.wait();
       },
       ProbeFailure::timeout},
  }));
  INFO(c.name);
  const auto start = std::chrono::steady_clock::now();
  const auto result = probe_script(c.script, 700ms);
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(failure(result).kind == c.kind);
  CHECK(took >= 700ms);
  CHECK(took < 15s);
}

TEST_CASE("The greeting has a time of its own", "[probe][deadline]") {
  const auto start = std::chrono::steady_clock::now();
  const auto result = probe_script([](Peer& p) { p.wait(); }, 60s, {.greeting_timeout = 1s});
  CHECK(failure(result).kind == ProbeFailure::greeting_timeout);
  CHECK(std::chrono::steady_clock::now() - start < 30s);
}

TEST_CASE("A server that never closes does not hold the result up", "[probe][deadline]") {
  ServerTls tls(one_chain());
  const auto start = std::chrono::steady_clock::now();
  const auto result = probe_script([&tls](Peer& p) {
    greet_and_hear_starttls(p);
    p.say("220 go\r\n");
    p.start_tls(tls);
    expect(p, "QUIT");
    p.wait();
  });
  CHECK(presented(result).chain.size() == 1);
  CHECK(std::chrono::steady_clock::now() - start < 15s);
}

TEST_CASE("A server that never stops talking does not hold the result up", "[probe][deadline]") {
  ServerTls tls(one_chain());
  const auto start = std::chrono::steady_clock::now();
  const auto result = probe_script([&tls](Peer& p) {
    greet_and_hear_starttls(p);
    p.say("220 go\r\n");
    p.start_tls(tls);
    for (;;) p.say(std::string(16000, 'x'));
  });
  CHECK(presented(result).chain.size() == 1);
  CHECK(std::chrono::steady_clock::now() - start < 15s);
}

TEST_CASE("A server that leaves after the handshake raises no signal", "[probe][closed]") {
  // Our good-bye meets a closed socket: SIGPIPE would end this program.
  ServerTls tls(one_chain());
  for (int i = 0; i < 5; ++i) {
    const auto result = probe_script([&tls](Peer& p) {
      greet_and_hear_starttls(p);
      p.say("220 go\r\n");
      p.start_tls(tls);
    });
    CHECK(presented(result).chain.size() == 1);
  }
}

TEST_CASE("Patience: what is slow but right", "[probe][patience]") {
  ServerTls tls(one_chain());
  SECTION("a late greeting on many lines, and nobody talks early") {
    const auto result = probe_script([&tls](Peer& p) {
      demand(p.is_quiet_for(300ms), "talks before the greeting");
      p.say("220-mx.example\r\n");
      demand(p.is_quiet_for(300ms), "talks before the end of the greeting");
      p.say("220 mx.example ESMTP\r\n");
      demand(p.hear().substr(0, 5) == "EHLO ", "no EHLO");
      p.say("250-mx.example\r\n250 STARTTLS\r\n");
      expect(p, "STARTTLS");
      p.say("220 go\r\n");
      p.start_tls(tls);
      expect(p, "QUIT");
    });
    CHECK(presented(result).chain.size() == 1);
  }
  SECTION("octet by octet") {
    const auto slowly = [](Peer& p, const std::string& text) {
      for (const char octet : text) {
        p.say({&octet, 1});
        std::this_thread::sleep_for(1ms);
      }
    };
    const auto result = probe_script([&](Peer& p) {
      slowly(p, "220-mx.example\r\n220 ESMTP\r\n");
      demand(p.hear().substr(0, 5) == "EHLO ", "no EHLO");
      slowly(p, "250-mx.example\r\n250 STARTTLS\r\n");
      expect(p, "STARTTLS");
      slowly(p, "220 go\r\n");
      p.start_tls(tls);
      expect(p, "QUIT");
    });
    CHECK(presented(result).chain.size() == 1);
    CHECK(result.dialogue.size() == 7);
  }
}

TEST_CASE("Servers that do not speak the protocol", "[probe][garbage]") {
  SECTION("HTTP") {
    const auto failed = failure(probe_script([](Peer& p) {
      p.say("HTTP/1.1 400 Bad Request\r\n\r\n");
      p.wait();
    }));
    CHECK(failed.kind == ProbeFailure::not_the_protocol);
    CHECK(failed.reply == "HTTP/1.1 400 Bad Request");
  }
  SECTION("an endless line") {
    const auto failed = failure(probe_script([](Peer& p) {
      for (;;) p.say(std::string(1000, 'x'));
    }));
    CHECK(failed.kind == ProbeFailure::not_the_protocol);
  }
  SECTION("endless lines") {
    const auto result = probe_script([](Peer& p) {
      for (;;) p.say("220-and so on\r\n");
    });
    CHECK(failure(result).kind == ProbeFailure::not_the_protocol);
    CHECK(result.dialogue.size() <= 61);
  }
}

TEST_CASE("Servers that close", "[probe][closed]") {
  const bool reset = GENERATE(false, true);
  const auto leave = [reset](Peer& p) {
    if (reset) p.reset();
  };
  const auto kind_of = [](const FakeServer::Script& script) {
    return failure(probe_script(script)).kind;
  };
  CHECK(kind_of([&](Peer& p) { leave(p); }) == ProbeFailure::closed);
  CHECK(kind_of([&](Peer& p) {
          p.say("220-mx");
          std::this_thread::sleep_for(50ms);
          leave(p);
        }) == ProbeFailure::closed);
  CHECK(kind_of([&](Peer& p) {
          p.say("220 mx\r\n");
          static_cast<void>(p.hear());
          leave(p);
        }) == ProbeFailure::closed);
  CHECK(kind_of([&](Peer& p) {
          greet_and_hear_starttls(p);
          leave(p);
        }) == ProbeFailure::closed);
  const auto failed = failure(probe_script([&](Peer& p) {
    greet_and_hear_starttls(p);
    p.say("220 go\r\n");
    static_cast<void>(p.hear_octets(20));
    leave(p);
  }));
  CHECK(failed.kind == ProbeFailure::handshake_failed);
  CHECK(failed.alert == "connection closed");
}

TEST_CASE("Servers that refuse, and hear QUIT", "[probe][refusal]") {
  const auto after = [](const std::string& greeting, const std::string& ehlo,
                        const std::string& starttls) {
    return probe_script([=](Peer& p) {
      p.say(greeting);
      if (!ehlo.empty()) {
        static_cast<void>(p.hear());
        p.say(ehlo);
      }
      if (!starttls.empty()) {
        expect(p, "STARTTLS");
        p.say(starttls);
      }
      expect(p, "QUIT");
      p.say("221 bye\r\n");
    });
  };
  const std::string hello = "220 mx\r\n";
  SECTION("421 greeting") {
    const auto result = after("421 4.3.2 too many connections\r\n", "", "");
    CHECK(failure(result).kind == ProbeFailure::greeting_rejected);
    CHECK(failure(result).reply == "421 4.3.2 too many connections");
    CHECK(result.dialogue ==
          std::vector<std::string>{"S: 421 4.3.2 too many connections", "C: QUIT"});
  }
  SECTION("no STARTTLS") {
    const auto failed = failure(after(hello, "250-mx\r\n250 HELP\r\n", ""));
    CHECK(failed.kind == ProbeFailure::starttls_not_offered);
  }
  for (const std::string refusal : {"454 4.7.0 TLS not available\r\n", "502 no\r\n"}) {
    const auto failed = failure(after(hello, "250-mx\r\n250 STARTTLS\r\n", refusal));
    CHECK(failed.kind == ProbeFailure::starttls_rejected);
    CHECK(failed.reply + "\r\n" == refusal);
  }
}

TEST_CASE("Plaintext behind the reply to STARTTLS", "[probe][injection]") {
  ServerTls tls(one_chain());
  SECTION("in the same packet") {
    const auto failed = failure(probe_script([&tls](Peer& p) {
      greet_and_hear_starttls(p);
      p.say("220 go\r\n250 injected\r\n");
      p.start_tls(tls);
    }));
    CHECK(failed.kind == ProbeFailure::plaintext_injected);
    CHECK(failed.reply == "220 go / 250 injected");
  }
  SECTION("behind what one read takes") {
    std::string reply;
    while (reply.size() < 14U * 1024) reply += "220-" + std::string(1018, 'x') + "\r\n";
    reply += "220 " + std::string(2042, 'x') + "\r\n";
    REQUIRE(reply.size() == 16U * 1024);
    const auto failed = failure(probe_script([&](Peer& p) {
      greet_and_hear_starttls(p);
      p.say(reply + "250 injected\r\n");
      p.start_tls(tls);
    }));
    CHECK(failed.kind == ProbeFailure::plaintext_injected);
  }
  SECTION("in packets of their own") {
    const auto failed = failure(probe_script([&tls](Peer& p) {
      greet_and_hear_starttls(p);
      p.say("220 go\r\n");
      p.say("250 injected\r\n");
      p.start_tls(tls);
    }));
    // Seen before our ClientHello or after it, it never becomes part of the session.
    CHECK((failed.kind == ProbeFailure::plaintext_injected ||
           failed.kind == ProbeFailure::handshake_failed));
  }
}

TEST_CASE("Handshakes that fail say why", "[probe][handshake]") {
  const auto answer = [](const std::string& octets) {
    return failure(probe_script([octets](Peer& p) {
      greet_and_hear_starttls(p);
      p.say("220 go\r\n");
      static_cast<void>(p.hear_octets(20));
      p.say(octets);
      p.wait();
    }));
  };
  SECTION("an alert") {
    const auto failed = answer(std::string("\x15\x03\x03\x00\x02\x02\x50", 7));  // internal_error
    CHECK(failed.kind == ProbeFailure::handshake_failed);
    CHECK(failed.alert == "internal error");
    CHECK_THAT(failed.what, Catch::Contains("alert"));
    CHECK(failed.reply == "220 go");
  }
  SECTION("not TLS at all") {
    const auto failed = answer("500 what was that?\r\n");
    CHECK(failed.kind == ProbeFailure::handshake_failed);
    CHECK(failed.alert == "wrong version number");
  }
}

TEST_CASE("The EHLO name", "[probe][smtp]") {
  std::string heard;
  const auto script = [&heard](Peer& p) {
    p.say("220 hi\r\n");
    heard = p.hear();
    p.say("250 mx\r\n");
    p.wait();
  };
  static_cast<void>(probe_script(script, 30s, {.helo = "client.example"}));
  CHECK(heard == "EHLO client.example");
  static_cast<void>(probe_script(script, 30s, {.helo = "evil\r\nRSET"}));
  REQUIRE(heard.size() > 5);
  CHECK(is_valid_helo(heard.substr(5)));
  CHECK(heard.find("evil") == std::string::npos);
}
