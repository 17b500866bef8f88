// LDAP and XMPP, which do not talk in lines, without a socket.

#include <catch2/catch.hpp>

#include "libdane/probe/ber.hpp"
#include "tests/probe/play.hpp"

using namespace dane::probe;
using namespace dane::probe::test;

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
