/// \file  Validated lookups through resolvers that lie, keep silent or make answers up.
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "dane/core/parallel.hpp"

#include "tests/dns/validated.hpp"

using namespace dane;
using namespace dane::test;
using namespace std::chrono_literals;
using dns::Validator;

namespace {

bool is_tlsa(const Query& q) {
  return q.type == 52;
}

}  // namespace

TEST_CASE("a resolver that lies is not believed, AD or not", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::both);
  INFO(to_string(v));
  SECTION("forged TLSA") {
    const FakeServer server(lying([](const Query& q) {
      if (!is_tlsa(q)) return std::vector<Bytes>{};
      return std::vector<Bytes>{make_reply(
          q, {.answer = {q.name + ". 300 IN TLSA 3 1 1 " + std::string(64, 'e')}, .ad = true})};
    }));
    CHECK(ask(v, server.endpoint(), "_25._tcp.mx1.good.test", "TLSA") == "failed bogus");
  }
  SECTION("bare denial") {
    const unsigned rcode = GENERATE(0U, 3U);
    const FakeServer server(lying([rcode](const Query& q) {
      if (!is_tlsa(q)) return std::vector<Bytes>{};
      return std::vector<Bytes>{make_reply(q, {.rcode = rcode, .ad = true})};
    }));
    CHECK(ask(v, server.endpoint(), "_25._tcp.mx1.good.test", "TLSA") == "failed bogus");
  }
  SECTION("empty DS") {
    const FakeServer server(lying([](const Query& q) {
      if (q.type == 43) return std::vector<Bytes>{make_reply(q, {.ad = true})};
      if (!is_tlsa(q)) return std::vector<Bytes>{};
      return std::vector<Bytes>{make_reply(
          q, {.answer = {q.name + ". 300 IN TLSA 3 1 1 " + std::string(64, 'e')}, .ad = true})};
    }));
    CHECK(ask(v, server.endpoint(), "_25._tcp.mx1.good.test", "TLSA") == "failed bogus");
  }
  SECTION("REFUSED and SERVFAIL are failures, not insecure denials") {
    const unsigned rcode = GENERATE(2U, 5U);
    const FakeServer server(lying([rcode](const Query& q) {
      if (!is_tlsa(q)) return std::vector<Bytes>{};
      return std::vector<Bytes>{make_reply(q, {.rcode = rcode, .extended_errors = {{22, "lame"}}})};
    }));
    const auto outcome =
        make(v, server.endpoint())->lookup(question("_25._tcp.mx1.good.test", "TLSA"), in(60s));
    CHECK(shape(outcome) == (rcode == 2 ? "failed servfail" : "failed refused"));
    CHECK_THAT(std::get<Failed>(outcome).what, Catch::Contains("EDE 22"));
  }
}

TEST_CASE("silence about keys alone, again and again", "[validated]") {
  // getdns 1.6 corrupts its memory when a query of its own for DS or DNSKEY times out.
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::both);
  const unsigned silent = GENERATE(43U, 48U);
  INFO(to_string(v) << " type " << silent);
  const FakeServer server([silent](const Query& q) {
    if (q.type == silent) return std::vector<Bytes>{};
    return std::vector<Bytes>{SignedTree::get().relay(q.wire)};
  });
  for (int round = 0; round < 3; ++round) {
    const auto resolver = make(v, server.endpoint());
    const std::vector<std::string> types{"A", "AAAA", "MX", "TLSA"};
    const auto shapes = map_concurrently(types, types.size(), [&](const std::string& type) {
      return shape(resolver->lookup(question("mx1.good.test", type), in(300ms)));
    });
    CHECK(shapes == std::vector<std::string>(4, "failed timeout"));
  }
}

TEST_CASE("silence ends at the deadline, and does not disturb others", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::both);
  INFO(to_string(v));
  // A recursive resolver that waits for the name servers of one zone.
  const FakeServer server([](const Query& q) {
    if (q.name.starts_with("silent")) return std::vector<Bytes>{};
    return std::vector<Bytes>{SignedTree::get().relay(q.wire)};
  });
  const auto resolver = make(v, server.endpoint());
  std::vector<dns::LookupOutcome> silent;
  std::jthread waiting([&] {
    const std::vector<int> items{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    silent = map_concurrently(items, items.size(), [&](int i) {
      return resolver->lookup(question("silent" + std::to_string(i) + ".good.test", "A"),
                              in(2500ms));
    });
  });
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; std::chrono::steady_clock::now() - begin < 2500ms; ++i) {
    const auto name = "nothing" + std::to_string(i) + ".good.test";
    REQUIRE(shape(resolver->lookup(question(name, "A"), in(60s))) == "absent secure nxdomain");
    std::this_thread::sleep_for(20ms);
  }
  waiting.join();
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
  for (const auto& outcome : silent) CHECK(shape(outcome) == "failed timeout");
}

TEST_CASE("a resolver is destroyed while answers are outstanding", "[validated]") {
  const FakeServer server([](const Query&) { return std::vector<Bytes>{}; });
  SECTION("after the callers gave up") {
    const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::both);
    auto resolver = make(v, server.endpoint());
    CHECK(shape(resolver->lookup(question("a.good.test", "A"), in(200ms))) == "failed timeout");
    const auto begin = std::chrono::steady_clock::now();
    resolver.reset();
    CHECK(std::chrono::steady_clock::now() - begin < 20s);
  }
  SECTION("while a caller finds out why a lookup failed") {
    // SERVFAIL is explained with a plain query (AD set), which this server leaves unanswered.
    std::atomic<int> asked_plainly = 0;
    const FakeServer failing(lying([&](const Query& q) {
      if (q.name != "a.good.test") return std::vector<Bytes>{};
      if ((q.wire.at(3) & std::byte{0x20}) == std::byte{0})
        return std::vector<Bytes>{make_reply(q, {.rcode = 2})};
      ++asked_plainly;
      return std::vector<Bytes>{Bytes{}};
    }));
    auto resolver = make(Validator::unbound, failing.endpoint());
    dns::LookupOutcome outcome;
    std::jthread caller(
        [&, r = resolver.get()] { outcome = r->lookup(question("a.good.test", "A"), in(60s)); });
    while (asked_plainly == 0) std::this_thread::sleep_for(5ms);
    resolver.reset();
    caller.join();
    CHECK_THAT(shape(outcome), Catch::Matchers::StartsWith("failed"));
  }
  SECTION("while callers still wait") {
    auto resolver = make(Validator::unbound, server.endpoint());
    dns::LookupOutcome outcome;
    std::jthread caller(
        [&, r = resolver.get()] { outcome = r->lookup(question("a.good.test", "A"), in(60s)); });
    while (server.datagrams() == 0) std::this_thread::sleep_for(5ms);
    resolver.reset();
    caller.join();
    CHECK(shape(outcome) == "failed local");
  }
}

TEST_CASE("no built-in zone answers in the resolver's place", "[validated]") {
  // Only test. is anchored, so that the made-up answers are insecure and not bogus.
  const FakeServer server([](const Query& q) {
    return std::vector<Bytes>{make_reply(q, {.answer = {q.name + ". 60 IN PTR h.example."}})};
  });
  const auto resolver = dns::make_resolver(Validator::unbound, {.upstreams = {server.endpoint()},
                                                                .trust_anchor = DANE_SOURCE_DIR
                                                                "/tests/dns/data/test-zone.ds"})
                            .value();
  for (const auto* name :
       {"localhost", "a.localhost", "a.invalid", "a.onion", "a.home.arpa", "1.0.0.127.in-addr.arpa",
        "1.0.0.10.in-addr.arpa", "1.1.168.192.in-addr.arpa", "1.2.0.192.in-addr.arpa",
        "8.b.d.0.1.0.0.2.ip6.arpa", "1.0.0.d.f.ip6.arpa"}) {
    INFO(name);
    CHECK(shape(resolver->lookup(question(name, "PTR"), in(60s))) == "found insecure 1");
  }
}
