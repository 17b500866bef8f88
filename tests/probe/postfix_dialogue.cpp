// The SMTP dialogue of a Postfix client without a socket, and how it quotes replies.  What it does
// was seen of smtp(8) 3.7.11.

#include "libdane/probe/quote.hpp"
#include "tests/probe/play.hpp"

using namespace dane::probe;
using namespace dane::probe::test;

namespace {
const Names postfix{"client.example", "mail.example", 25, true};
const std::string hello = "220 mx\r\n";
const std::string keywords = "250-mx\r\n250 STARTTLS\r\n";
}  // namespace

TEST_CASE("As Postfix: any line may begin a reply", "[probe][postfix]") {
  const std::size_t piece = GENERATE(1U, 100000U);
  CHECK(play(Protocol::smtp, {"hello there\r\n220 mx\r\n", keywords, "220 go\r\n"}, piece, postfix)
            .end == "tls");
  const auto http = play(Protocol::smtp, {"HTTP/1.1 400 Bad Request\r\n\r\n"}, piece, postfix);
  CHECK(http.end == "more");
  const auto refused = play(Protocol::smtp, {"hello there\r\n554 no\r\n"}, piece, postfix);
  CHECK(refused.end == "greeting-rejected");
  CHECK(refused.reply == "hello there\n554 no");
}

TEST_CASE("As Postfix: what follows EHLO", "[probe][postfix]") {
  const auto later = play(Protocol::smtp, {hello, "450 later\r\n", "250 mx\r\n"}, 9999, postfix);
  CHECK(later.sent == Words{"EHLO client.example\r\n", "HELO client.example\r\n"});
  CHECK(later.end == "starttls-not-offered");
  const auto away = play(Protocol::smtp, {hello, "421-go\r\n421 away\r\n"}, 9999, postfix);
  CHECK(away.sent.size() == 1);
  CHECK(away.end == "greeting-rejected");
  CHECK(away.reply == "421-go\n421 away");
}

TEST_CASE("As Postfix: what comes with the reply to STARTTLS is dropped", "[probe][postfix]") {
  const auto out =
      play(Protocol::smtp, {hello, keywords, "220 go\r\n250 injected\r\n"}, 9999, postfix);
  CHECK(out.end == "tls");
  CHECK(out.transcript.back() == "S: 250 injected");
  CHECK(play(Protocol::smtp, {hello, keywords, "220 go\r\n250 injected\r\n"}).end ==
        "plaintext-injected");
}

TEST_CASE("Replies as Postfix quotes them", "[probe][postfix]") {
  CHECK(quote_as_postfix({}).empty());
  CHECK(
      quote_as_postfix({"454-4.7.0 no", "454-\tnot\x01 today \xc3\xa4 \xff", "454 4.7.0 never"}) ==
      "454-4.7.0 no\n454-?not? today \xc3\xa4 ?\n454 4.7.0 never");
  CHECK(quote_as_postfix({"", "220 x"}) == "220 x");
  CHECK(quote_as_postfix({R"(back\slash)", "\x7f"}) == "back\\slash\n?");
  CHECK(quote_as_postfix({std::string("220 a\0b", 7), "c"}) == "220 a\nc");
  // Postfix would let these pass; terminals must not get them.
  CHECK(quote_as_postfix({"\xe2\x80\xae", "\xc2\x85"}) == "?\n?");
  CHECK(quote_as_postfix({"\xe2\x82", "\xe4\xbe\x8b\xf0\x9f\x98\x80"}) ==
        "??\n\xe4\xbe\x8b\xf0\x9f\x98\x80");
}

TEST_CASE("As Postfix: long replies are cut", "[probe][postfix]") {
  std::string reply;
  for (int i = 0; i < 9; ++i) reply += "454-" + std::string(500, 'a') + "\r\n";
  const auto out = play(Protocol::smtp, {hello, keywords, reply + "454 end\r\n"}, 9999, postfix);
  CHECK(out.end == "starttls-rejected");
  CHECK(out.reply.size() == 5 * 505 - 1);  // lines are added until there are 2048 octets
  const auto line = play(
      Protocol::smtp, {hello, keywords, "454 " + std::string(3000, 'a') + "\r\n"}, 9999, postfix);
  CHECK(line.reply.size() == max_quoted_reply);
}
