// What holds for the dialogues of all protocols, without a socket.

#include <catch2/catch.hpp>

#include "tests/probe/play.hpp"

using namespace dane::probe;
using namespace dane::probe::test;

TEST_CASE("Every protocol bounds lines and replies", "[probe][bounds]") {
  const auto protocol = GENERATE(Protocol::smtp, Protocol::imap, Protocol::pop3, Protocol::sieve,
                                 Protocol::ldap, Protocol::xmpp, Protocol::ftp);
  INFO(to_string(protocol));
  const std::string start = [&] {
    switch (protocol) {
      case Protocol::smtp:
      case Protocol::ftp:
        return "220-";
      case Protocol::imap:
        return "* OK ";
      case Protocol::pop3:
        return "+OK ";
      case Protocol::sieve:
        return "\"SIEVE\" \"";
      case Protocol::xmpp:
        return "<stream:stream a='";
      default:
        return "\x30\x84\x7f\xff\xff\xff";
    }
  }();
  SECTION("an endless line") {
    const auto out = play(protocol, {start + std::string(200000, 'x')}, 1000);
    CHECK(out.end == "not-the-protocol");
  }
  SECTION("a line just too long") {
    const auto out = play(protocol, {start + std::string(4097 - start.size(), 'x')}, 1);
    CHECK((out.end == "not-the-protocol" || out.end == "more"));
    const auto longer = play(protocol, {start + std::string(4100, 'x')}, 1);
    CHECK(longer.end == "not-the-protocol");
  }
  SECTION("endless lines") {
    std::string lines;
    for (int i = 0; i < 3000; ++i) {
      if (protocol == Protocol::xmpp)
        lines += i == 0 ? "<stream:stream version='1.0'><stream:features>" : "<feature/>";
      else
        lines += start + "more\"\r\n";
    }
    // IMAP and POP3 greet with one line; there the endless reply is that to the first command.
    const Turns turns = protocol == Protocol::imap || protocol == Protocol::pop3
                            ? Turns{start + "hi\r\n", lines}
                            : Turns{lines};
    const auto out = play(protocol, turns, 1000);
    CHECK(out.end == "not-the-protocol");
    CHECK(out.transcript.size() <= 61);
    for (const auto& line : out.transcript) CHECK(line.size() <= 210);
  }
  SECTION("octets without an end") {
    const auto out = play(protocol, {std::string(300000, '\0')}, 5000);
    CHECK(out.end == "not-the-protocol");
  }
  SECTION("HTTP") {
    const auto out = play(protocol, {"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"});
    CHECK(out.end == "not-the-protocol");
  }
}

TEST_CASE("Hostile text is harmless in reply and transcript", "[probe][hostile]") {
  const auto out = play(Protocol::smtp, {"554 \x1b[31mred\x1b[0m \xff\xe2\x80\xae\r\n"});
  CHECK(out.end == "greeting-rejected");
  CHECK(out.reply.find('\x1b') == std::string::npos);
  CHECK(out.reply.find('\xff') == std::string::npos);
  CHECK(out.transcript.at(0).find('\x1b') == std::string::npos);
}

TEST_CASE("Words of protocols and failures read back", "[probe]") {
  for (const auto word : {"smtp", "imap", "pop3", "sieve", "ldap", "xmpp", "ftp", "none"})
    CHECK(to_string(parse_protocol(word).value()) == word);
  CHECK(parse_protocol("none").value() == Protocol::implicit);
  for (const auto word : {"", "SMTP ", "smtps", "nntp"})
    CHECK(parse_protocol(word).error().code == "protocol-unknown");
  for (int i = 0; i <= static_cast<int>(ProbeFailure::not_recorded); ++i) {
    const auto failure = static_cast<ProbeFailure>(i);
    CHECK(to_string(failure) != "?");
    CHECK(parse_probe_failure(to_string(failure)).value() == failure);
  }
  CHECK(parse_probe_failure("?").error().code == "probe-failure-unknown");
}
