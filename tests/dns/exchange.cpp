/// \file  What happens on the way: truncation, forgery, loss, silence, servers that are not there.

#include "tests/dns/plain.hpp"

using namespace dane;
using namespace dane::test;
using namespace std::chrono_literals;
using dns::Answer;

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
  const auto outcome = ad_resolver({nobody})->lookup(kQuestion, in(60s));
  CHECK(failure(outcome).kind == FailureKind::local);
  CHECK_THAT(failure(outcome).what, Catch::Contains(nobody.to_string()));
}

TEST_CASE("several resolvers", "[ad]") {
  const FakeServer good(always({.answer = kRecord, .ad = true}));
  const FakeServer refusing(always({.rcode = 5}));
  const FakeServer failing(always({.rcode = 2}));
  const FakeServer silent([](const Query&) { return std::vector<Bytes>{}; });
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
