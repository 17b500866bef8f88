/// \file  Decoding of DNS messages, against replies of NSD and Unbound and replies made by ldns.
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "libdane/dns/follow.hpp"
#include "libdane/dns/message.hpp"
#include "tests/dns/fake_server.hpp"

using namespace dane;
using namespace std::chrono_literals;
using dns::Question;
using dns::RecordType;
using test::name;

namespace {

/// tests/dns/data/messages.txt by "name type"; later lines of the same question win.
Bytes captured(const std::string& question) {
  std::ifstream in(DANE_SOURCE_DIR "/tests/dns/data/messages.txt");
  std::string found;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string owner, type, hex;
    words >> owner >> type >> hex;
    if (owner + " " + type == question) found = hex;
  }
  if (found.empty()) FAIL("not captured: " << question);
  return from_hex(found).value();
}

Result<dns::Message> decode_captured(std::string_view owner, RecordType type) {
  const auto key = std::string(owner) + " " + std::to_string(static_cast<int>(type));
  return dns::decode_message(captured(key), {name(owner), type});
}

Result<dns::Message> decode_made(std::string_view owner, std::string_view type,
                                 const test::Reply& reply) {
  const auto query = test::make_query(std::string(owner), std::string(type));
  return dns::decode_message(test::make_reply(query, reply),
                             {name(owner), dns::parse_record_type(type).value()});
}

const std::string kTlsa = "0301010123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

}  // namespace

TEST_CASE("records at the name itself", "[message]") {
  const auto m = decode_captured("_25._tcp.mx1.signed.test", RecordType::tlsa).value();
  CHECK(m.rcode == 0);
  CHECK(m.authoritative);
  CHECK_FALSE(m.authenticated);
  CHECK_FALSE(m.truncated);
  REQUIRE(m.rdata.size() == 1);
  CHECK(to_hex(m.rdata[0]) == kTlsa);
  CHECK(m.aliases.empty());
  CHECK(m.final_name == name("_25._tcp.mx1.signed.test"));
  CHECK(m.ttl == 300s);
  REQUIRE(m.signatures.size() == 1);
  CHECK(m.signatures[0].covered == RecordType::tlsa);
  CHECK(m.signatures[0].signer == name("signed.test"));
  CHECK(m.signatures[0].algorithm == 13);
  CHECK(m.signatures[0].labels == 5);
  CHECK(m.signatures[0].inception < m.signatures[0].expiration);
  // Signed with ldns-signzone's default: four weeks.
  CHECK(m.signatures[0].expiration - m.signatures[0].inception == std::chrono::days(28));
  CHECK(m.size == captured("_25._tcp.mx1.signed.test 52").size());
}

TEST_CASE("names in record data are decompressed", "[message]") {
  const auto m = decode_captured("signed.test", RecordType::mx).value();
  REQUIRE(m.rdata.size() == 1);
  CHECK(to_hex(m.rdata[0]) == "000a036d7831067369676e6564047465737400");
}

TEST_CASE("aliases are followed within a message", "[message]") {
  SECTION("to another zone, in one message") {
    const auto m = decode_captured("_25._tcp.mx3.signed.test", RecordType::tlsa).value();
    REQUIRE(m.aliases.size() == 1);
    CHECK(m.aliases[0].owner == name("_25._tcp.mx3.signed.test"));
    CHECK(m.aliases[0].target == name("_dane3.alg8.test"));
    CHECK(m.final_name == name("_dane3.alg8.test"));
    REQUIRE(m.rdata.size() == 1);
    CHECK(to_hex(m.rdata[0]) == kTlsa);
    CHECK(m.signatures.size() == 2);
    CHECK(m.authenticated);
  }
  SECTION("three in a row") {
    const auto m = decode_captured("cn1.signed.test", RecordType::a).value();
    CHECK(m.aliases.size() == 3);
    CHECK(m.final_name == name("mx1.signed.test"));
    CHECK(to_hex(m.rdata.at(0)) == "7f000001");
  }
  SECTION("DNAME, with the CNAME made from it") {
    const auto m = decode_captured("mx1.dn.signed.test", RecordType::a).value();
    REQUIRE(m.aliases.size() == 1);
    CHECK(m.aliases[0].target == name("mx1.alg15.test"));
    CHECK(m.rdata.size() == 1);
  }
  SECTION("to a name that does not exist") {
    const auto m = decode_captured("_25._tcp.mx6.signed.test", RecordType::tlsa).value();
    CHECK(m.rcode == 3);
    CHECK(m.final_name == name("nonexist.alg15.test"));
    CHECK(m.negative_ttl.has_value());
    CHECK(m.rdata.empty());
  }
  SECTION("the least TTL of all hops counts") {
    const auto m = decode_made(
        "a.example.", "A",
        {.answer = {"a.example. 300 IN CNAME b.example.", "b.example. 20 IN CNAME c.example.",
                    "c.example. 600 IN A 192.0.2.1"}});
    CHECK(m.value().ttl == 20s);
  }
  SECTION("a question for the CNAME itself follows nothing") {
    const auto m =
        decode_made("a.example.", "CNAME", {.answer = {"a.example. 300 IN CNAME b.example."}})
            .value();
    CHECK(m.aliases.empty());
    CHECK(m.rdata.size() == 1);
  }
  SECTION("records of names that were not asked for do not count") {
    const auto m =
        decode_made("a.example.", "A", {.answer = {"other.example. 300 IN A 192.0.2.66"}}).value();
    CHECK(m.rdata.empty());
  }
  SECTION("a DNAME without its CNAME") {
    const auto m = decode_made("x.y.old.example.", "A",
                               {.answer = {"old.example. 60 IN DNAME new.example.",
                                           "x.y.new.example. 300 IN A 192.0.2.1"}})
                       .value();
    CHECK(m.final_name == name("x.y.new.example"));
    CHECK(m.rdata.size() == 1);
    CHECK(m.ttl == 60s);
  }
  SECTION("a DNAME does not act on its own owner") {
    const auto m =
        decode_made("old.example.", "A", {.answer = {"old.example. 60 IN DNAME new.example."}})
            .value();
    CHECK(m.aliases.empty());
  }
}

TEST_CASE("alias chains that no answer may have", "[message]") {
  const auto error = [](const Result<dns::Message>& m) {
    REQUIRE_FALSE(m.has_value());
    return m.error().code + ": " + m.error().what;
  };
  CHECK(error(decode_captured("loop1.signed.test", RecordType::a)) ==
        "message-malformed: the aliases loop at loop1.signed.test");
  CHECK(error(decode_made("a.example.", "A", {.answer = {"a.example. 9 IN CNAME a.example."}})) ==
        "message-malformed: the aliases loop at a.example");
  CHECK(error(decode_made("a.example.", "A",
                          {.answer = {"a.example. 9 IN CNAME b.example.",
                                      "a.example. 9 IN CNAME c.example."}})) ==
        "message-malformed: two different aliases at a.example");
  CHECK(error(decode_made("x.old.example.", "A",
                          {.answer = {"old.example. 9 IN DNAME new.example.",
                                      "x.old.example. 9 IN CNAME x.evil.example."}})) ==
        "message-malformed: CNAME and DNAME at x.old.example differ");
  CHECK(error(decode_made("nx.example.", "A",
                          {.answer = {"nx.example. 9 IN A 192.0.2.1"}, .rcode = 3})) ==
        "message-malformed: the reply denies the name and has records for it");

  test::Reply longest;
  for (int i = 0; i < 16; ++i)
    longest.answer.push_back("n" + std::to_string(i) + ".example. 9 IN CNAME n" +
                             std::to_string(i + 1) + ".example.");
  CHECK(decode_made("n0.example.", "A", longest).value().aliases.size() == 16);
  longest.answer.push_back("n16.example. 9 IN CNAME n17.example.");
  CHECK(error(decode_made("n0.example.", "A", longest)) ==
        "message-malformed: more than 16 aliases in a row");
}

TEST_CASE("denials", "[message]") {
  SECTION("NXDOMAIN") {
    const auto m = decode_captured("_25._tcp.foo.signed.test", RecordType::tlsa).value();
    CHECK(m.rcode == 3);
    CHECK(m.negative_ttl == 60s);  // the zone: SOA TTL 300, MINIMUM 60; NSD serves the lesser
  }
  SECTION("NODATA") {
    const auto m = decode_captured("a1.signed.test", RecordType::tlsa).value();
    CHECK(m.rcode == 0);
    CHECK(m.rdata.empty());
    CHECK(m.negative_ttl == 60s);
    CHECK_FALSE(m.referral);
  }
  SECTION("X8: the lesser of the SOA's TTL and MINIMUM") {
    const auto ttl = [](const std::string& soa_ttl, const std::string& minimum) {
      return decode_made("x.example.", "A",
                         {.authority = {"example. " + soa_ttl +
                                        " IN SOA ns.example. h.example. 1 2 3 4 " + minimum}})
          .value()
          .negative_ttl.value();
    };
    CHECK(ttl("300", "60") == 60s);
    CHECK(ttl("30", "60") == 30s);
    CHECK(ttl("30", "4294967295") == 0s);  // RFC 2181 section 8
  }
  SECTION("a referral is no denial") {
    const test::Reply referral{.authority = {"sub.example. 60 IN NS ns.sub.example."}};
    CHECK(decode_made("x.sub.example.", "A", referral).value().referral);
    test::Reply authoritative = referral;
    authoritative.aa = true;
    CHECK_FALSE(decode_made("x.sub.example.", "A", authoritative).value().referral);
  }
}

TEST_CASE("response codes and extended errors", "[message]") {
  const auto m = decode_captured("_25._tcp.mx1.tamper.test", RecordType::tlsa).value();
  CHECK(m.rcode == 2);
  const auto bogus =
      decode_made("a.example.", "A",
                  {.rcode = 2, .extended_errors = {{6, "signature \x1b[31mbad\n"}, {9, ""}}})
          .value();
  CHECK(bogus.extended_error == 6);
  CHECK(bogus.extended_text ==
        "EDE 6 (DNSSEC Bogus): signature \\x1b[31mbad\\x0a; EDE 9 (DNSKEY Missing)");
  const auto extended = decode_made("a.example.", "A", {.rcode = 16}).value();
  CHECK(extended.rcode == 16);
  CHECK(dns::rcode_name(16) == "BADVERS");
  CHECK(dns::rcode_name(2) == "SERVFAIL");
  CHECK(dns::rcode_name(23) == "RCODE 23");

  const Question question{name("a.example"), RecordType::a};
  CHECK(dns::judge_rcode(bogus, question)->kind == FailureKind::bogus);
  CHECK(dns::judge_rcode(m, question)->kind == FailureKind::servfail);
  CHECK(dns::judge_rcode(extended, question)->kind == FailureKind::other_rcode);
}

TEST_CASE("replies to other questions and no replies at all", "[message]") {
  const auto query = test::make_query("a.example.", "A");
  const Bytes good = test::make_reply(query, {.answer = {"a.example. 9 IN A 192.0.2.1"}});
  const Question question{name("A.EXAMPLE"), RecordType::a};
  CHECK(dns::decode_message(good, question).has_value());
  CHECK_FALSE(dns::decode_message(good, {name("b.example"), RecordType::a}).has_value());
  CHECK_FALSE(dns::decode_message(good, {name("a.example"), RecordType::aaaa}).has_value());
  CHECK_FALSE(dns::decode_message(query.wire, question).has_value());  // a query
  CHECK_FALSE(dns::decode_message({}, question).has_value());
  CHECK_FALSE(decode_made("a.example.", "A", {.question = false}).has_value());

  // Cut anywhere it is an error, never half an answer.
  for (std::size_t n = 0; n < good.size(); ++n) {
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n));
    INFO(n);
    CHECK_FALSE(dns::decode_message(cut, question).has_value());
  }

  CHECK(dns::is_reply_to(good, 0x1234, question));
  CHECK_FALSE(dns::is_reply_to(good, 0x1235, question));
  CHECK_FALSE(dns::is_reply_to(query.wire, 0x1234, question));
  CHECK_FALSE(dns::is_reply_to(good, 0x1234, {name("b.example"), RecordType::a}));
  CHECK_FALSE(dns::is_reply_to({}, 0x1234, question));
}

TEST_CASE("compression pointers that loop end in an error", "[message]") {
  // A reply for a.example A whose answer's owner points at itself.
  Bytes wire = test::make_reply(test::make_query("a.example.", "A"), {});
  const std::size_t at = wire.size();
  wire[7] = std::byte{1};  // ANCOUNT
  // The OPT record stands where the answer is expected: replace it.
  wire.resize(at - 11);
  wire[11] = std::byte{0};
  const auto pointer = static_cast<unsigned>(wire.size());
  for (const unsigned octet : {0xc0U | pointer >> 8U, pointer & 0xffU, 0U, 1U, 0U, 1U, 0U, 0U, 0U,
                               9U, 0U, 4U, 192U, 0U, 2U, 1U})
    wire.push_back(static_cast<std::byte>(octet));
  const auto m = dns::decode_message(wire, {name("a.example"), RecordType::a});
  REQUIRE_FALSE(m.has_value());
  CHECK(m.error().code == "message-malformed");
}

TEST_CASE("record data is canonical, sorted and free of repetitions", "[message]") {
  const auto m = decode_made("a.example.", "MX",
                             {.answer = {"a.example. 9 IN MX 20 B.Example.",
                                         "a.example. 9 IN MX 10 c.example.",
                                         "a.example. 9 IN MX 20 b.example."}})
                     .value();
  REQUIRE(m.rdata.size() == 2);
  CHECK(to_hex(m.rdata[0]) == "000a0163076578616d706c6500");
  CHECK(to_hex(m.rdata[1]) == "00140162076578616d706c6500");
}

TEST_CASE("TLSA record data of any length is data, not a malformed message", "[message]") {
  // D20: such a record is unusable; the others beside it still count.
  for (const std::string rdata : {"\\# 4 03010155", "\\# 3 030101", "\\# 1 03", "\\# 0"}) {
    INFO(rdata);
    const auto m =
        decode_made("_25._tcp.a.example.", "TLSA",
                    {.answer = {"_25._tcp.a.example. 9 IN TYPE52 " + rdata,
                                "_25._tcp.a.example. 9 IN TLSA 3 1 1 " + std::string(64, 'a')}});
    REQUIRE(m.has_value());
    CHECK(m->rdata.size() == 2);
  }
}
