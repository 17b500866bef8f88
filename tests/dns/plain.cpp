/// \file  Lookups that trust the AD bit, and queries to authoritative servers.
#include "tests/dns/plain.hpp"

#include <mutex>
#include <set>

using namespace dane;
using namespace dane::test;
using namespace std::chrono_literals;
using dns::Answer;

TEST_CASE("AD decides between secure and insecure", "[ad]") {
  const bool ad = GENERATE(true, false);
  const auto expected = ad ? Security::secure : Security::insecure;
  SECTION("records") {
    const FakeServer server(always({.answer = kRecord, .ad = ad}));
    const auto outcome = ask(server);
    const auto& found = std::get<Found<Answer>>(outcome);
    CHECK(found.security == expected);
    CHECK(found.ttl == 60s);
    CHECK(decode_addresses(found.value).at(0).to_string() == "192.0.2.1");
    CHECK(found.value.message_size > 0);
    CHECK(server.datagrams() == 1);
    CHECK(server.streams() == 0);
  }
  SECTION("denial") {
    Reply reply{.authority = {"example. 40 IN SOA n.example. h.example. 1 2 3 4 50"}, .ad = ad};
    reply.rcode = GENERATE(0U, 3U);
    const FakeServer server(always(reply));
    const auto outcome = ask(server);
    const auto& absent = std::get<Absent>(outcome);
    CHECK(absent.security == expected);
    CHECK(absent.name_exists == (reply.rcode == 0));
    CHECK(absent.negative_ttl == 40s);
  }
}

TEST_CASE("queries are as the rules want them", "[ad][authority]") {
  std::mutex mutex;
  std::vector<Bytes> seen;
  const FakeServer server([&](const Query& q) {
    const std::lock_guard lock(mutex);
    seen.push_back(q.wire);
    return std::vector<Bytes>{make_reply(q, {.answer = kRecord, .aa = true})};
  });
  for (int i = 0; i < 20; ++i) static_cast<void>(ask(server));
  const auto client = dns::make_authority_client();
  static_cast<void>(client->query(server.endpoint(), kQuestion, in(20s)));

  const std::lock_guard lock(mutex);
  REQUIRE(seen.size() == 21);
  std::set<std::string> ids;
  for (const auto& wire : seen) ids.insert(to_hex(ByteView(wire).first(2)));
  CHECK(ids.size() > 10);  // not counted up, not constant
  // X2: RD and AD set, one question.  To the authoritative server: neither.
  CHECK(to_hex(ByteView(seen[0]).subspan(2, 4)) == "01200001");
  CHECK(to_hex(ByteView(seen[20]).subspan(2, 4)) == "00000001");
  // EDNS version 0, 1232 octets, DO set: the last 11 octets of each.
  for (const auto& wire : seen) CHECK(to_hex(ByteView(wire).last(11)) == "00002904d0000080000000");
}

TEST_CASE("malformed replies are failures", "[ad]") {
  SECTION("cut short behind the question") {
    const FakeServer server([](const Query& q) {
      Bytes wire = make_reply(q, {.answer = kRecord, .ad = true});
      wire.resize(wire.size() - 15);
      return std::vector<Bytes>{wire};
    });
    CHECK(failure(ask(server)).kind == FailureKind::malformed);
    CHECK(server.datagrams() == 3);  // asked again, but not for ever
  }
  SECTION("an alias loop") {
    const FakeServer server(
        always({.answer = {"a.example. 9 IN CNAME b.example.", "b.example. 9 IN CNAME a.example."},
                .ad = true}));
    CHECK(failure(ask(server)).kind == FailureKind::malformed);
  }
  SECTION("a referral is no denial") {
    const FakeServer server(always({.authority = {"example. 60 IN NS ns.example."}}));
    CHECK(failure(ask(server)).kind == FailureKind::other_rcode);
  }
}

TEST_CASE("error codes keep their kind", "[ad]") {
  const auto kind_of = [](const Reply& reply) {
    const FakeServer server(always(reply));
    return failure(ask(server)).kind;
  };
  CHECK(kind_of({.rcode = 2}) == FailureKind::servfail);
  CHECK(kind_of({.rcode = 5}) == FailureKind::refused);
  CHECK(kind_of({.rcode = 4}) == FailureKind::other_rcode);
  CHECK(kind_of({.rcode = 1, .question = false}) == FailureKind::other_rcode);
  CHECK(kind_of({.rcode = 16}) == FailureKind::other_rcode);  // BADVERS: low bits are zero
  for (unsigned code = 0; code < 30; ++code) {
    INFO(code);
    const bool bogus = code >= 6 && code <= 12;
    CHECK(kind_of({.rcode = 2, .extended_errors = {{code, ""}}}) ==
          (bogus ? FailureKind::bogus : FailureKind::servfail));
  }
}

TEST_CASE("X4: the extended error's text is shown, harmless", "[ad]") {
  const FakeServer server(
      always({.rcode = 2, .extended_errors = {{22, "no \x1b[2J reachable authority"}}}));
  CHECK(failure(ask(server)).what ==
        "the server answered SERVFAIL, EDE 22 (No Reachable Authority): "
        "no \\x1b[2J reachable authority");
}

TEST_CASE("partial alias chains are completed by the AD resolver", "[ad]") {
  const bool second_secure = GENERATE(true, false);
  const FakeServer server([&](const Query& q) {
    if (q.name == "a.example")
      return std::vector<Bytes>{
          make_reply(q, {.answer = {"a.example. 60 IN CNAME b.example."}, .ad = true})};
    return std::vector<Bytes>{
        make_reply(q, {.answer = {"b.example. 30 IN A 192.0.2.2"}, .ad = second_secure})};
  });
  const auto outcome = ask(server);
  const auto& found = std::get<Found<Answer>>(outcome);
  CHECK(found.value.canonical_name.to_string() == "b.example");
  CHECK(found.security == (second_secure ? Security::secure : Security::insecure));
}

TEST_CASE("D18: AD of a distant resolver is trusted only on request", "[ad]") {
  const Endpoint distant{IpAddress::parse("192.0.2.53").value(), 53};
  const Endpoint loopback{IpAddress::parse("::1").value(), 53};
  const auto refused = dns::make_resolver(dns::Validator::ad, {.upstreams = {loopback, distant}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "resolver-not-loopback");
  CHECK(dns::make_resolver(dns::Validator::ad,
                           {.upstreams = {distant}, .trust_anchor = {}, .allow_remote_ad = true})
            .has_value());
  CHECK(dns::make_resolver(dns::Validator::ad, {.upstreams = {loopback}}).has_value());
}

TEST_CASE("authoritative servers", "[authority]") {
  const auto client = dns::make_authority_client();
  const auto outcome_of = [&](const Reply& reply) {
    const FakeServer server(always(reply));
    return client->query(server.endpoint(), kQuestion, in(20s));
  };
  SECTION("records are never secure, whatever AD says") {
    const auto outcome = outcome_of({.answer = kRecord, .aa = true, .ad = true});
    CHECK(std::get<Found<Answer>>(outcome).security == Security::insecure);
  }
  SECTION("denial") {
    const auto outcome = outcome_of(
        {.authority = {"example. 40 IN SOA n.example. h.example. 1 2 3 4 50"}, .aa = true});
    CHECK(std::get<Absent>(outcome) == Absent{40s, Security::insecure, true});
  }
  SECTION("not authoritative") {
    const auto outcome = outcome_of({.answer = kRecord});
    CHECK(failure(outcome).kind == FailureKind::other_rcode);
    CHECK_THAT(failure(outcome).what, Catch::Contains("not authoritative"));
  }
  SECTION("refused") {
    CHECK(failure(outcome_of({.rcode = 5})).kind == FailureKind::refused);
  }
  SECTION("an alias to a zone that the server does not have") {
    const FakeServer server([&](const Query& q) {
      if (q.name == "a.example")
        return std::vector<Bytes>{
            make_reply(q, {.answer = {"a.example. 60 IN CNAME b.test."}, .aa = true})};
      return std::vector<Bytes>{make_reply(q, {.rcode = 5})};
    });
    CHECK(failure(client->query(server.endpoint(), kQuestion, in(20s))).kind ==
          FailureKind::refused);
  }
}
