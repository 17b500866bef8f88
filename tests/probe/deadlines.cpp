// The deadline in each silent place, and patience with what is slow but right.

#include "tests/probe/live.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

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
  // Whether so short a time is fair to a server is the caller's to say.
  const bool fair = GENERATE(true, false);
  const auto result = probe_script(c.script, 700ms, {.fair_time = fair ? 500ms : 2000ms});
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(failure(result).kind == (fair ? c.kind : ProbeFailure::no_time));
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
    greet_and_start_tls(p, tls);
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
    greet_and_start_tls(p, tls);
    for (;;) p.say(std::string(16000, 'x'));
  });
  CHECK(presented(result).chain.size() == 1);
  CHECK(std::chrono::steady_clock::now() - start < 15s);
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
