// Each protocol against an honest server and a refusing one, over real sockets.

#include "tests/probe/live.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

namespace {

std::string octets(std::string_view hex) {
  return to_octets(from_hex(hex).value());
}

/// Plays the server's part up to its answer to the wish for TLS.
void play_until_answer(Protocol protocol, Peer& p, bool agree) {
  switch (protocol) {
    case Protocol::smtp:
      greet_and_hear_starttls(p);
      p.say(agree ? "220 go\r\n" : "454 no\r\n");
      break;
    case Protocol::imap:
      p.say("* OK ready\r\n");
      demand(p.hear() == "a CAPABILITY", "no CAPABILITY");
      p.say("* CAPABILITY IMAP4rev1 STARTTLS\r\na OK\r\n");
      demand(p.hear() == "b STARTTLS", "no STARTTLS");
      p.say(agree ? "b OK go\r\n" : "b NO\r\n");
      break;
    case Protocol::pop3:
      p.say("+OK ready\r\n");
      demand(p.hear() == "CAPA", "no CAPA");
      p.say("+OK\r\nSTLS\r\n.\r\n");
      demand(p.hear() == "STLS", "no STLS");
      p.say(agree ? "+OK go\r\n" : "-ERR no\r\n");
      break;
    case Protocol::sieve:
      p.say("\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\nOK\r\n");
      demand(p.hear() == "STARTTLS", "no STARTTLS");
      p.say(agree ? "OK\r\n" : "NO\r\n");
      break;
    case Protocol::ldap:
      demand(p.hear_octets(31) ==
                 octets("301d02010177188016312e332e362e312e342e312e313436362e3230303337"),
             "no StartTLS");
      p.say(octets(agree ? "300c02010178070a010004000400" : "300c02010178070a013404000400"));
      break;
    case Protocol::xmpp: {
      std::string asked;
      while (asked.find("streams'>") == std::string::npos) asked += p.hear_octets(1);
      demand(asked.find("to='mx.example'") != std::string::npos, asked);
      p.say(
          "<?xml version='1.0'?><stream:stream version='1.0' id='1'><stream:features>"
          "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>");
      demand(p.hear_octets(51) == "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
             "starttls");
      p.say(agree ? "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
                  : "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>");
      break;
    }
    case Protocol::ftp:
      p.say("220-hi\r\n220 ready\r\n");
      demand(p.hear() == "AUTH TLS", "no AUTH TLS");
      p.say(agree ? "234 go\r\n" : "534 no\r\n");
      break;
    case Protocol::implicit:
      break;
  }
}

}  // namespace

TEST_CASE("Every protocol reaches TLS, and is told when it is refused", "[probe][protocols]") {
  const auto protocol = GENERATE(Protocol::smtp, Protocol::imap, Protocol::pop3, Protocol::sieve,
                                 Protocol::ldap, Protocol::xmpp, Protocol::ftp);
  INFO(to_string(protocol));
  ServerTls tls(one_chain());
  SECTION("agreed") {
    FakeServer server([&](Peer& p) {
      play_until_answer(protocol, p, true);
      p.start_tls(tls);
      if (protocol == Protocol::xmpp) p.wait();
      const auto farewell = p.hear_octets(6);
      demand(farewell == "QUIT\r\n" || farewell == "LOGOUT" || farewell == "z LOGO" ||
                 farewell == octets("300502010242"),
             "no farewell: " + farewell);
    });
    const auto result = test::probe(request_to(server, protocol));
    CHECK(presented(result).chain.size() == 1);
    CHECK(result.dialogue.size() >= 2);
    server.finish();
    CHECK(server.complaints() == std::vector<std::string>{});
    CHECK(tls.names_asked() == std::vector<std::string>{"mx.example"});
  }
  SECTION("refused") {
    FakeServer server([&](Peer& p) {
      play_until_answer(protocol, p, false);
      p.wait();
    });
    const auto failed = failure(test::probe(request_to(server, protocol)));
    CHECK(failed.kind == ProbeFailure::starttls_rejected);
    CHECK_FALSE(failed.what.empty());
    CHECK_FALSE(failed.reply.empty());
    server.finish();
    CHECK(server.complaints() == std::vector<std::string>{});
  }
  SECTION("silent") {
    FakeServer server([](Peer& p) { p.wait(); });
    const bool client_first = protocol == Protocol::ldap || protocol == Protocol::xmpp;
    CHECK(failure(test::probe(request_to(server, protocol), 300ms, {.fair_time = 100ms})).kind ==
          (client_first ? ProbeFailure::timeout : ProbeFailure::greeting_timeout));
  }
  SECTION("closed at once") {
    FakeServer server([](Peer&) {});
    CHECK(failure(test::probe(request_to(server, protocol))).kind == ProbeFailure::closed);
  }
}

TEST_CASE("Implicit TLS", "[probe][protocols]") {
  ServerTls tls(one_chain());
  SECTION("good") {
    FakeServer server([&tls](Peer& p) {
      p.start_tls(tls);
      p.say("220 hello within TLS\r\n");
      p.wait();
    });
    const auto result = test::probe(request_to(server, Protocol::implicit));
    CHECK(presented(result).chain.size() == 1);
    CHECK(result.dialogue.empty());
  }
  SECTION("a client certificate is demanded") {
    auto setup = one_chain();
    setup.demand_client_certificate = true;
    ServerTls strict(setup);
    FakeServer server([&strict](Peer& p) { p.start_tls(strict); });
    CHECK(failure(test::probe(request_to(server, Protocol::implicit))).alert ==
          "certificate required");
  }
  SECTION("a plain SMTP server") {
    FakeServer server([](Peer& p) {
      p.say("220 mx.example ESMTP\r\n");
      p.wait();
    });
    const auto failed = failure(test::probe(request_to(server, Protocol::implicit)));
    CHECK(failed.kind == ProbeFailure::handshake_failed);
    CHECK(failed.alert == "wrong version number");
  }
  SECTION("silent") {
    FakeServer server([](Peer& p) { p.wait(); });
    CHECK(failure(test::probe(request_to(server, Protocol::implicit), 300ms, {.fair_time = 100ms}))
              .kind == ProbeFailure::timeout);
  }
}
