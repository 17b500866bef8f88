/// \file  Lookups that trust the AD bit, and queries to authoritative servers, against a server
/// that misbehaves on request.
#include <mutex>
#include <set>

#include <catch2/catch.hpp>

#include "dane/dns/resolvers.hpp"

#include "tests/dns/fake_server.hpp"

using namespace dane;
using namespace std::chrono_literals;
using dns::Answer;
using dns::Question;
using dns::RecordType;
using test::FakeServer;
using test::make_reply;
using test::Query;
using test::Reply;

namespace {

const Question kQuestion{DomainName::parse("a.example").value(), RecordType::a};
const std::vector<std::string> kRecord{"a.example. 60 IN A 192.0.2.1"};

Deadline in(std::chrono::milliseconds d) {
  return std::chrono::steady_clock::now() + d;
}

std::unique_ptr<dns::Resolver> ad_resolver(std::vector<Endpoint> upstreams) {
  return dns::make_resolver(dns::Validator::ad, {.upstreams = std::move(upstreams)}).value();
}

dns::LookupOutcome ask(const FakeServer& server, std::chrono::milliseconds patience = 20s) {
  return ad_resolver({server.endpoint()})->lookup(kQuestion, in(patience));
}

const Failed& failure(const dns::LookupOutcome& outcome) {
  REQUIRE(std::holds_alternative<Failed>(outcome));
  return std::get<Failed>(outcome);
}

FakeServer::Handler always(const Reply& reply) {
  return [reply](const Query& q) { return std::vector<Bytes>{make_reply(q, reply)}; };
}

}  // namespace

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

TEST_CASE("X3: a truncated reply is asked again over TCP", "[ad]") {
  SECTION("and answered there") {
    std::vector<std::string> many;
    for (int i = 0; i < 200; ++i) many.push_back("a.example. 60 IN A 192.0.2." + std::to_string(i));
    const FakeServer server([&](const Query& q) {
      return std::vector<Bytes>{q.tcp ? make_reply(q, {.answer = many, .ad = true})
                                      : make_reply(q, {.ad = true, .tc = true})};
    });
    const auto outcome = ask(server);
    const auto& found = std::get<Found<Answer>>(outcome);
    CHECK(found.value.rdata.size() == 200);
    CHECK(found.security == Security::secure);
    CHECK(found.value.message_size > 1232);
    CHECK(server.streams() == 1);
  }
  SECTION("and cut there too") {
    const FakeServer server(always({.answer = kRecord, .tc = true}));
    CHECK(failure(ask(server)).kind == FailureKind::malformed);
  }
  SECTION("and closed there") {
    const FakeServer server([&](const Query& q) {
      return q.tcp ? std::vector<Bytes>{} : std::vector<Bytes>{make_reply(q, {.tc = true})};
    });
    CHECK(failure(ask(server)).kind == FailureKind::local);
    CHECK(server.streams() == 3);
  }
  SECTION("and answered with garbage there") {
    const FakeServer server([&](const Query& q) {
      return std::vector<Bytes>{q.tcp ? to_bytes("garbage") : make_reply(q, {.tc = true})};
    });
    CHECK(std::holds_alternative<Failed>(ask(server)));
  }
}

TEST_CASE("forged and stray datagrams are ignored", "[ad]") {
  const auto outcome_with_first = [](const auto& make_first) {
    const FakeServer server([&](const Query& q) {
      return std::vector<Bytes>{make_first(q), make_reply(q, {.answer = kRecord, .ad = true})};
    });
    return ask(server);
  };
  const std::vector<std::string> forged{"a.example. 60 IN A 203.0.113.66"};
  const auto address = [](const dns::LookupOutcome& outcome) {
    return decode_addresses(std::get<Found<Answer>>(outcome).value).at(0).to_string();
  };
  CHECK(address(outcome_with_first([&](const Query& q) {
          return make_reply(q, {.answer = forged, .id_offset = 1});
        })) == "192.0.2.1");
  CHECK(address(outcome_with_first([&](const Query& q) {
          return make_reply(q, {.answer = forged, .other_question = "b.example."});
        })) == "192.0.2.1");
  CHECK(address(outcome_with_first([&](const Query& q) {
          return make_reply(q, {.answer = forged, .question = false});
        })) == "192.0.2.1");
  CHECK(address(outcome_with_first([](const Query&) { return to_bytes("garbage"); })) ==
        "192.0.2.1");
  CHECK(address(outcome_with_first([](const Query& q) { return q.wire; })) == "192.0.2.1");
}

TEST_CASE("a lost datagram is sent again", "[ad]") {
  const FakeServer server([](const Query& q) {
    return q.number == 0 ? std::vector<Bytes>{}
                         : std::vector<Bytes>{make_reply(q, {.answer = kRecord})};
  });
  CHECK(std::holds_alternative<Found<Answer>>(ask(server)));
  CHECK(server.datagrams() == 2);
}

TEST_CASE("silence ends at the deadline", "[ad][authority]") {
  const FakeServer server([](const Query&) { return std::vector<Bytes>{}; });
  const auto begin = std::chrono::steady_clock::now();
  CHECK(failure(ask(server, 300ms)).kind == FailureKind::timeout);
  const auto client = dns::make_authority_client();
  const auto outcome = client->query(server.endpoint(), kQuestion, in(300ms));
  CHECK(failure(outcome).kind == FailureKind::timeout);
  CHECK(failure(ask(server, -1ms)).kind == FailureKind::timeout);
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took >= 500ms);
  CHECK(took < 10s);
}

TEST_CASE("a resolver that is not there is told at once", "[ad]") {
  const auto nobody = test::free_endpoint();
  const auto outcome = ad_resolver({nobody})->lookup(kQuestion, in(60s));
  CHECK(failure(outcome).kind == FailureKind::local);
  CHECK_THAT(failure(outcome).what, Catch::Contains(nobody.to_string()));
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

TEST_CASE("several resolvers", "[ad]") {
  const FakeServer good(always({.answer = kRecord, .ad = true}));
  const FakeServer refusing(always({.rcode = 5}));
  const FakeServer failing(always({.rcode = 2}));
  const FakeServer silent([](const Query&) { return std::vector<Bytes>{}; });
  const auto nobody = test::free_endpoint();
  const auto outcome_of = [](std::vector<Endpoint> upstreams) {
    return ad_resolver(std::move(upstreams))->lookup(kQuestion, in(30s));
  };
  CHECK(std::holds_alternative<Found<Answer>>(outcome_of({nobody, good.endpoint()})));
  CHECK(std::holds_alternative<Found<Answer>>(outcome_of({refusing.endpoint(), good.endpoint()})));
  CHECK(std::holds_alternative<Found<Answer>>(outcome_of({silent.endpoint(), good.endpoint()})));
  // SERVFAIL may be a validator's verdict: nobody else is asked.
  const int before = good.datagrams();
  CHECK(failure(outcome_of({failing.endpoint(), good.endpoint()})).kind == FailureKind::servfail);
  CHECK(good.datagrams() == before);
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
