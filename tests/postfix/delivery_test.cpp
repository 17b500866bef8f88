#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dane/postfix/session.hpp"

#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/smtp_reply.hpp"

using namespace dane;
using namespace dane::postfix;

namespace {

Session ended(Delivery delivery, const std::string& dsn, const std::string& text) {
  Session session;
  session.delivery = delivery;
  session.dsn = dsn;
  session.text = text;
  return session;
}

const Session deferred = ended(Delivery::deferred, "4.7.5", "Server certificate not verified");
const Session refused = ended(Delivery::deferred, "4.7.5", "no TLSA records found");
const Session skipped = ended(Delivery::skipped, "4.3.0", "not tried");
const Session delivered = ended(Delivery::delivered, "2.0.0", "");
const Session bounced = ended(Delivery::bounced, "5.5.1", "refused to start TLS");

}  // namespace

TEST_CASE("a delivery goes on to the next server until one has decided", "[postfix][delivery]") {
  struct Case {
    std::vector<Session> sessions;
    Delivery delivery;
    std::string dsn, text;
    std::size_t decided_by;
  };
  const std::string unavailable = "server unavailable or unable to receive mail";
  const std::vector<Case> cases{
      {{deferred}, Delivery::deferred, "4.7.5", deferred.text, 0},
      {{deferred, delivered}, Delivery::delivered, "2.0.0", "", 1},
      {{delivered, deferred}, Delivery::delivered, "2.0.0", "", 0},
      {{deferred, refused}, Delivery::deferred, "4.7.5", refused.text, 1},
      {{deferred, skipped}, Delivery::deferred, "4.7.5", deferred.text, 0},
      {{skipped, skipped}, Delivery::deferred, "4.3.0", unavailable, 0},
      {{skipped, delivered}, Delivery::delivered, "2.0.0", "", 1},
      {{bounced, delivered}, Delivery::bounced, "5.5.1", bounced.text, 0},
      {{deferred, bounced}, Delivery::bounced, "5.5.1", bounced.text, 1},
      {{}, Delivery::deferred, "4.3.0", unavailable, 0}};
  for (const auto& c : cases) {
    CAPTURE(c.text, c.sessions.size());
    const DeliveryOutcome outcome = deliver(c.sessions);
    CHECK(outcome.delivery == c.delivery);
    CHECK(outcome.dsn == c.dsn);
    CHECK(outcome.text == c.text);
    CHECK(outcome.decided_by == c.decided_by);
  }
}

TEST_CASE("the status of an SMTP reply", "[postfix][reply]") {
  struct Case {
    std::string reply, status;
  };
  const auto c = GENERATE(values<Case>({{"454 4.7.0 no", "4.7.0"},
                                        {"454   4.7.0 no", "4.7.0"},
                                        {"454 4.7.0", "4.7.0"},
                                        {"454 4.7.123", "4.7.123"},
                                        {"454 4.7.1234", "4.0.0"},
                                        {"454 4.7.0x", "4.0.0"},
                                        {"454 4.7", "4.0.0"},
                                        {"454 4..0", "4.0.0"},
                                        {"454 5.7.0 no", "4.0.0"},
                                        {"554 5.7.0 no", "5.7.0"},
                                        {"554", "5.0.0"},
                                        {"554 ", "5.0.0"},
                                        {"354 3.0.0 go on", "5.5.0"},
                                        {"45", "5.5.0"},
                                        {"", "5.5.0"},
                                        {"454-4.1.1 a\n454 4.2.2 b", "4.2.2"},
                                        {"454-4.1.1 a\r\n554 5.2.2 b", "5.2.2"},
                                        {"454-4.1.1 a\n", "5.5.0"}}));
  CAPTURE(c.reply);
  CHECK(status_of_reply(c.reply) == c.status);
}

TEST_CASE("hostile text stays on its line", "[postfix][log]") {
  CHECK(peer_and_port("mx\n.test", "192.0.2.1", 25) == "mx\\x0a.test[192.0.2.1]:25");
  CHECK(peer_name("mx.test", "") == "mx.test[ADDRESS]");
  CHECK(one_line("454-a\r\n454 b\nc") == "454-a 454 b c");
  CHECK(policy_lookup_line("a\x1b[1m", "b", "c") ==
        "warning: TLS policy lookup for a\\x1b[1m/b: c");
  const auto lines = handshake_failure_lines("peer", {"a\nb", {"c\rd"}});
  CHECK(lines == std::vector<std::string>{"SSL_connect error to peer: a\\x0ab",
                                          "warning: TLS library problem: c\\x0dd"});
}

TEST_CASE("data of TLSA records is cut above 64 octets", "[postfix][log]") {
  const auto dump = [](std::size_t size) {
    return record_dump({tlsa::CertificateUsage::dane_ee, tlsa::Selector::spki,
                        tlsa::MatchingType::full, Bytes(size, std::byte{0xab})});
  };
  CHECK(dump(0) == "3 1 0 ...");
  CHECK(dump(1) == "3 1 0 AB");
  CHECK(dump(64).size() == 6 + 128);
  CHECK(dump(65).size() == 6 + 64 + 3 + 64);
}

TEST_CASE("smtp_tls_loglevel by number and by name", "[postfix][log]") {
  struct Case {
    std::string level;
    bool summary, untrusted;
  };
  const auto c = GENERATE(values<Case>({{"0", false, false},
                                        {"1", true, false},
                                        {"2", true, true},
                                        {"4", true, true},
                                        {"", false, false},
                                        {"summary", true, false},
                                        {"untrusted", false, true},
                                        {"1, untrusted", true, true},
                                        {"certmatch", false, false},
                                        {"routine", true, false},
                                        {"Debug", true, true}}));
  CAPTURE(c.level);
  CHECK(log_groups(c.level).summary == c.summary);
  CHECK(log_groups(c.level).untrusted == c.untrusted);
}
