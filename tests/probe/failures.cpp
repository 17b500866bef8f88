// What servers do wrong, over real sockets.

#include "tests/probe/live.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

TEST_CASE("A server that leaves after the handshake raises no signal", "[probe][closed]") {
  // Our good-bye meets a closed socket: SIGPIPE would end this program.
  ServerTls tls(one_chain());
  for (int i = 0; i < 5; ++i) {
    const auto result = probe_script([&tls](Peer& p) { greet_and_start_tls(p, tls); });
    CHECK(presented(result).chain.size() == 1);
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
