// The dialogues without a socket: scripts of what the server says, and what must come of it.

#include <catch2/catch.hpp>

#include "libdane/probe/ber.hpp"
#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/xml_tags.hpp"

using namespace dane::probe;

namespace {

const Names names{"client.example", "mail.example", 5222};

/// What came of a script: the client's words, then how it ended.
struct Outcome {
  std::vector<std::string> sent;
  std::string end;  ///< "tls", "more", or the kind of failure
  std::string what;
  std::string reply;
  std::vector<std::string> transcript;
};

std::string end_of(const Step& step) {
  if (std::holds_alternative<StartTls>(step)) return "tls";
  if (const auto* abandon = std::get_if<Abandon>(&step)) return to_string(abandon->kind);
  return "more";
}

/// Plays `turns`: before each of our words the server says one turn, cut into pieces of `piece`.
Outcome play(Protocol protocol, const std::vector<std::string>& turns, std::size_t piece = 100000,
             const Names& who = names) {
  const auto dialogue = make_dialogue(protocol, who);
  Outcome out;
  Step step = dialogue->begin();
  std::size_t turn = 0;
  std::string left;
  for (;;) {
    if (const auto* send = std::get_if<Send>(&step)) {
      out.sent.push_back(send->octets);
      step = dialogue->feed({});
    } else if (std::holds_alternative<ReadMore>(step) && (!left.empty() || turn < turns.size())) {
      if (left.empty()) left = turns[turn++];
      step = dialogue->feed(left.substr(0, piece));
      left.erase(0, piece);
    } else {
      break;
    }
  }
  out.end = end_of(step);
  if (const auto* abandon = std::get_if<Abandon>(&step)) out.what = abandon->what;
  out.reply = dialogue->last_reply();
  out.transcript = dialogue->transcript().lines();
  return out;
}

/// Octet by octet, and all at once.  What is injected counts as such only when it comes together
/// with the reply; later octets are the connection's to see.
std::size_t piece_for(const std::string& end) {
  return end == "plaintext-injected" ? 100000U : GENERATE(1U, 100000U);
}

using Turns = std::vector<std::string>;
using Words = std::vector<std::string>;

}  // namespace

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

TEST_CASE("LDAP", "[probe][ldap]") {
  // Octets checked with openssl asn1parse.
  const auto bytes = [](std::string_view hex) {
    return dane::to_octets(dane::from_hex(hex).value());
  };
  const auto request = bytes("301d02010177188016312e332e362e312e342e312e313436362e3230303337");
  CHECK(encode_start_tls_request() == request);
  const auto ok = bytes("300c02010178070a010004000400");
  struct Case {
    std::string reply;
    std::string end;
  };
  const auto c = GENERATE_COPY(values<Case>({
      {ok, "tls"},
      // long form lengths, responseName and a diagnostic, as OpenLDAP and Active Directory send
      {bytes("308400000010020101788400000007"
             "0a010004000400"),
       "tls"},
      {bytes("302402010178"
             "1f0a0100040004008a16312e332e362e312e342e312e313436362e3230303337"),
       "tls"},
      {ok + "\n", "plaintext-injected"},
      {bytes("300c02010178070a010204000400"), "starttls-not-offered"},
      {bytes("300c02010178070a013404000400"), "starttls-rejected"},
      {bytes("300c02010078070a013404000400"), "greeting-rejected"},
      {bytes("300c02010278070a010004000400"), "not-the-protocol"},
      {bytes("300c02010165070a010004000400"), "not-the-protocol"},  // another operation
      {bytes("300a020101780502010004000400"), "not-the-protocol"},
      {bytes("308002010178070a0100040004000000"), "not-the-protocol"},  // indefinite length
      {bytes("3085000000000c"), "not-the-protocol"},
      {bytes("30847fffffff"), "not-the-protocol"},
      {bytes("300c020101780c0a010004000400"), "not-the-protocol"},  // inner length past the end
      {bytes("300c02010178070a01ff04000400"), "not-the-protocol"},  // negative result code
      {bytes("300c02010178070a0100"), "more"},
  }));
  INFO(dane::to_hex(dane::to_bytes(c.reply)));
  const auto out = play(Protocol::ldap, {c.reply}, piece_for(c.end));
  CHECK(out.end == c.end);
  CHECK(out.sent == Words{request});
  CHECK(out.transcript.at(0) == "C: ExtendedRequest StartTLS");
}

TEST_CASE("XMPP", "[probe][xmpp]") {
  const std::string header =
      "<?xml version='1.0'?>\n<stream:stream from='mail.example' id='>' "
      "xmlns:stream=\"http://etherx.jabber.org/streams\" version='1.0' xmlns='jabber:client'>";
  const std::string tls =
      "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
  const std::string can = header + "<stream:features>" + tls + "<c/></stream:features>";
  const std::string proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
  struct Case {
    Turns turns;
    std::string end;
  };
  const auto c = GENERATE_COPY(values<Case>({
      {{can, proceed}, "tls"},
      {{can, "<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" ></proceed>"}, "tls"},
      {{header + "<features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></features>",
        proceed},
       "tls"},
      {{can, proceed + "<stream:features/>"}, "plaintext-injected"},
      {{can, proceed + "\n"}, "plaintext-injected"},
      {{can, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"},
       "starttls-rejected"},
      {{header + "<stream:features/>"}, "starttls-not-offered"},
      {{header + "<stream:features><starttls xmlns='urn:other'/></stream:features>"},
       "starttls-not-offered"},
      {{"<stream:stream xmlns='jabber:client'>"}, "starttls-not-offered"},
      {{header + "<stream:error><host-unknown xmlns='x'/></stream:error>"}, "greeting-rejected"},
      {{header + "<message/>"}, "not-the-protocol"},
      {{"<html><body>"}, "not-the-protocol"},
      {{"<!DOCTYPE x>"}, "not-the-protocol"},
      {{"<>"}, "not-the-protocol"},
      {{can, "<stream:features/>"}, "not-the-protocol"},
  }));
  INFO(c.turns.back());
  const auto out = play(Protocol::xmpp, c.turns, piece_for(c.end));
  CHECK(out.end == c.end);
  if (c.end == "greeting-rejected") CHECK_THAT(out.reply, Catch::Contains("host-unknown"));
}

TEST_CASE("XMPP: the name is escaped, port 5269 is for servers", "[probe][xmpp]") {
  const auto client = play(Protocol::xmpp, {}, 1, {"", "a'b&<.example", 5222});
  REQUIRE(client.sent.size() == 1);
  CHECK_THAT(client.sent[0], Catch::Contains("to='a&apos;b&amp;&lt;.example'"));
  CHECK_THAT(client.sent[0], Catch::Contains("xmlns='jabber:client'"));
  const auto server = play(Protocol::xmpp, {}, 1, {"", "mail.example", 5269});
  CHECK_THAT(server.sent.at(0), Catch::Contains("xmlns='jabber:server'"));
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
