// SMTP without a socket: greeting, EHLO, STARTTLS.

#include <catch2/catch.hpp>

#include "tests/probe/play.hpp"

using namespace dane::probe;
using namespace dane::probe::test;

TEST_CASE("SMTP: the complete greeting, EHLO, STARTTLS", "[probe][smtp]") {
  const Turns turns{"220-mx.example ESMTP\r\n220-wait\r\n220 go on\r\n",
                    "250-mx.example greets you\r\n250-SIZE 1000\r\n250-starttls\r\n250 HELP\r\n",
                    "220 2.0.0 Ready to start TLS\r\n"};
  const std::size_t piece = GENERATE(1U, 2U, 7U, 100000U);
  const auto out = play(Protocol::smtp, turns, piece);
  CHECK(out.end == "tls");
  CHECK(out.sent == Words{"EHLO client.example\r\n", "STARTTLS\r\n"});
  CHECK(out.transcript == Words{"S: 220-mx.example ESMTP", "S: 220-wait", "S: 220 go on",
                                "C: EHLO client.example", "S: 250-mx.example greets you",
                                "S: 250-SIZE 1000", "S: 250-starttls", "S: 250 HELP", "C: STARTTLS",
                                "S: 220 2.0.0 Ready to start TLS"});
}

TEST_CASE("SMTP: nothing is sent before the last line of the greeting", "[probe][smtp]") {
  const auto dialogue = make_dialogue(Protocol::smtp, names);
  CHECK(end_of(dialogue->begin()) == "more");
  for (const std::string part :
       {"220-mx.example\r\n", "220-please wait\r\n", "220 mx.exa", "mple"}) {
    const auto step = dialogue->feed(part);
    CHECK(std::holds_alternative<ReadMore>(step));
    CHECK_FALSE(dialogue->greeted());
  }
  CHECK(std::holds_alternative<Send>(dialogue->feed("\r\n")));
  CHECK(dialogue->greeted());
}

TEST_CASE("SMTP: what ends the dialogue early", "[probe][smtp]") {
  const std::string hello = "220 mx.example\r\n";
  const std::string keywords = "250-mx.example\r\n250 STARTTLS\r\n";
  struct Case {
    Turns turns;
    std::string end;
    std::string reply;
    std::size_t commands;
  };
  const auto c = GENERATE_COPY(values<Case>({
      {{"421 4.7.0 too many connections\r\n"},
       "greeting-rejected",
       "421 4.7.0 too many connections",
       0},
      {{"554-go\r\n554 away\r\n"}, "greeting-rejected", "554-go / 554 away", 0},
      {{"HTTP/1.1 400 Bad Request\r\n"}, "not-the-protocol", "HTTP/1.1 400 Bad Request", 0},
      {{"SSH-2.0-OpenSSH_9.2\r\n"}, "not-the-protocol", "SSH-2.0-OpenSSH_9.2", 0},
      {{"\r\n"}, "not-the-protocol", "", 0},
      {{"2200 four digits\r\n"}, "not-the-protocol", "2200 four digits", 0},
      {{std::string("\x15\x03\x01\x00\x02\x02\x0a\n", 8)},
       "not-the-protocol",
       "\\x15\\x03\\x01\\x00\\x02\\x02",
       0},
      {{hello, "421 closing\r\n"}, "greeting-rejected", "421 closing", 1},
      {{hello, "450 try later\r\n"}, "greeting-rejected", "450 try later", 1},
      {{hello, "502 what\r\n", "250 mx.example\r\n"}, "starttls-not-offered", "250 mx.example", 2},
      {{hello, "550 blocked\r\n", "550 blocked\r\n"}, "greeting-rejected", "550 blocked", 2},
      {{hello, "250-mx.example\r\n250 SIZE\r\n"},
       "starttls-not-offered",
       "250-mx.example / 250 SIZE",
       1},
      {{hello, "250 STARTTLS\r\n"}, "starttls-not-offered", "250 STARTTLS", 1},  // a name, no
                                                                                 // keyword
      {{hello, "250-mx.example\r\n250 NOSTARTTLS\r\n"},
       "starttls-not-offered",
       "250-mx.example / 250 NOSTARTTLS",
       1},
      {{hello, keywords, "454 4.7.0 TLS not available\r\n"},
       "starttls-rejected",
       "454 4.7.0 TLS not available",
       2},
      {{hello, keywords, "502 no\r\n"}, "starttls-rejected", "502 no", 2},
      {{hello, keywords, "220 go\r\n250 injected\r\n"},
       "plaintext-injected",
       "220 go / 250 injected",
       2},
      {{hello, keywords, "220 go\r\n "}, "plaintext-injected", "220 go /  ", 2},
      {{hello, keywords, "220 go\r\n\n"}, "plaintext-injected", "220 go / ", 2},
  }));
  const auto out = play(Protocol::smtp, c.turns);
  INFO(c.turns.back());
  CHECK(out.end == c.end);
  CHECK(out.reply == c.reply);
  CHECK(out.sent.size() == c.commands);
}

TEST_CASE("SMTP: a firewall that masks keywords is named", "[probe][smtp]") {
  const auto out = play(Protocol::smtp, {"220 ****************\r\n",
                                         "250-mx.example\r\n250-SIZE\r\n250 XXXXXXXA\r\n"});
  CHECK(out.end == "starttls-not-offered");
  CHECK_THAT(out.what, Catch::Contains("firewall"));
  const auto plain = play(Protocol::smtp, {"220 hi\r\n", "250-mx.example\r\n250 XCLIENT\r\n"});
  CHECK_THAT(plain.what, !Catch::Contains("firewall"));
}

TEST_CASE("SMTP: sloppy servers that senders put up with", "[probe][smtp]") {
  CHECK(play(Protocol::smtp, {"220 lf only\n", "250-mx\n250 STARTTLS\n", "220\n"}).end == "tls");
  CHECK(play(Protocol::smtp,
             {"220-first\r\nno code\r\n220 last\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"})
            .end == "tls");
  CHECK(play(Protocol::smtp,
             {"220 hi\r\n", "250-mx\r\n250-SIZE 1\r\n250 STARTTLS \r\n", "220 go\r\n"})
            .end == "tls");
}

TEST_CASE("EHLO names", "[probe][smtp]") {
  for (const auto good :
       {"mail.example.org", "localhost", "a-b.c1", "[192.0.2.1]", "[IPv6:2001:db8::1]"})
    CHECK(is_valid_helo(good));
  for (const auto bad : {"", ".", "a..b", "a.", "-a.b", "a b", "a_b.c", "a\r\nQUIT", "[1.2.3]",
                         "[2001:db8::1]", "[IPv6:192.0.2.1]", "[]", "xn--\xc3\xa4.de"})
    CHECK_FALSE(is_valid_helo(bad));
  std::string long_label(64, 'a');
  long_label += ".b";
  CHECK_FALSE(is_valid_helo(long_label));
}
