// IMAP, POP3, ManageSieve and FTP without a socket.

#include <catch2/catch.hpp>

#include "tests/probe/play.hpp"

using namespace dane::probe;
using namespace dane::probe::test;

TEST_CASE("IMAP", "[probe][imap]") {
  struct Case {
    Turns turns;
    std::string end;
    std::size_t commands;
  };
  const std::string hello = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
  const std::string can = "* CAPABILITY IMAP4rev1 StartTLS LOGINDISABLED\r\na OK done\r\n";
  const auto c = GENERATE_COPY(values<Case>({
      {{hello, can, "b OK begin\r\n"}, "tls", 2},
      {{hello, can, "* NOTE wait\r\nb ok begin\r\n"}, "tls", 2},
      {{hello, can, "b OK begin\r\n* CAPABILITY evil\r\n"}, "plaintext-injected", 2},
      {{hello, can, "b NO not now\r\n"}, "starttls-rejected", 2},
      {{hello, can, "b BAD what\r\n"}, "starttls-rejected", 2},
      {{hello, can, "* BYE gone\r\n"}, "greeting-rejected", 2},
      {{hello, "* CAPABILITY IMAP4rev1\r\na OK\r\n"}, "starttls-not-offered", 1},
      {{hello, "a BAD\r\n"}, "starttls-not-offered", 1},
      {{hello, "x OK\r\n"}, "not-the-protocol", 1},
      {{"* BYE overloaded\r\n"}, "greeting-rejected", 0},
      {{"* PREAUTH welcome\r\n"}, "starttls-not-offered", 0},
      {{"220 smtp here\r\n"}, "not-the-protocol", 0},
  }));
  INFO(c.turns.back());
  const auto out = play(Protocol::imap, c.turns, piece_for(c.end));
  CHECK(out.end == c.end);
  CHECK(out.sent.size() == c.commands);
}

TEST_CASE("POP3", "[probe][pop3]") {
  struct Case {
    Turns turns;
    std::string end;
  };
  const std::string can = "+OK list\r\nTOP\r\nSTLS\r\n.\r\n";
  const auto c = GENERATE_COPY(values<Case>({
      {{"+OK hi\r\n", can, "+OK go\r\n"}, "tls"},
      {{"+OK hi\r\n", can, "+OK go\r\n+OK evil\r\n"}, "plaintext-injected"},
      {{"+OK hi\r\n", can, "-ERR no\r\n"}, "starttls-rejected"},
      {{"+OK hi\r\n", "+OK\r\nTOP\r\n.\r\n"}, "starttls-not-offered"},
      {{"+OK hi\r\n", "-ERR unknown\r\n"}, "starttls-not-offered"},
      {{"-ERR busy\r\n"}, "greeting-rejected"},
      {{"* OK imap\r\n"}, "not-the-protocol"},
  }));
  INFO(c.turns.back());
  CHECK(play(Protocol::pop3, c.turns, piece_for(c.end)).end == c.end);
}

TEST_CASE("ManageSieve", "[probe][sieve]") {
  struct Case {
    Turns turns;
    std::string end;
  };
  const std::string can =
      "\"IMPLEMENTATION\" \"x (1) v\"\r\n\"SIEVE\" \"fileinto\"\r\n\"StartTLS\"\r\n";
  const auto c = GENERATE_COPY(values<Case>({
      {{can + "OK\r\n", "OK \"begin\"\r\n"}, "tls"},
      {{can + "OK (TAG x) \"ready\"\r\n", "OK(X) \"begin\"\r\n"}, "tls"},
      {{can + "OK\r\n", "OK {7}\r\nbe\r\ngin\r\n"}, "tls"},
      {{"\"IMPLEMENTATION\" {3+}\r\n\r\nx\r\n" + can + "OK\r\n", "OK\r\n"}, "tls"},
      {{can + "OK\r\n", "OK\r\n\"IMPLEMENTATION\" \"evil\"\r\nOK\r\n"}, "plaintext-injected"},
      {{can + "OK\r\n", "NO \"not now\"\r\n"}, "starttls-rejected"},
      {{can + "OK\r\n", "BYE\r\n"}, "starttls-rejected"},
      {{"\"SIEVE\" \"\"\r\nOK\r\n"}, "starttls-not-offered"},
      {{"BYE \"too many\"\r\n"}, "greeting-rejected"},
      {{can + "NO\r\n"}, "greeting-rejected"},
      {{"+OK pop\r\n"}, "not-the-protocol"},
      {{"\"A\" {99999}\r\n"}, "not-the-protocol"},
      {{"\"A\" {99999999999999999999999}\r\nOK\r\n"}, "starttls-not-offered"},
  }));
  INFO(c.turns.front());
  CHECK(play(Protocol::sieve, c.turns, piece_for(c.end)).end == c.end);
}

TEST_CASE("FTP", "[probe][ftp]") {
  struct Case {
    Turns turns;
    std::string end;
  };
  const auto c = GENERATE(values<Case>({
      {{"220 hi\r\n", "234 go\r\n"}, "tls"},
      {{"220-hi\r\n free text\r\n331 no end\r\n220-nor this\r\n220 end\r\n", "234 go\r\n"}, "tls"},
      {{"120 ready in 1 minute\r\n220 hi\r\n", "234 go\r\n"}, "tls"},
      {{"220 hi\r\n", "234 go\r\n220 evil\r\n"}, "plaintext-injected"},
      {{"220 hi\r\n", "500 what\r\n"}, "starttls-not-offered"},
      {{"220 hi\r\n", "431 no resource\r\n"}, "starttls-rejected"},
      {{"220 hi\r\n", "534 policy\r\n"}, "starttls-rejected"},
      {{"421 busy\r\n"}, "greeting-rejected"},
      {{"+OK\r\n"}, "not-the-protocol"},
  }));
  INFO(c.turns.front());
  const auto out = play(Protocol::ftp, c.turns, piece_for(c.end));
  CHECK(out.end == c.end);
  if (c.end == "tls") CHECK(out.sent == Words{"AUTH TLS\r\n"});
}
