/// \file  Of several resolvers those that pass DNSSEC records on are asked.
#include <catch2/catch.hpp>

#include "tests/dns/validated.hpp"

using namespace dane;
using namespace dane::test;
using namespace std::chrono_literals;

TEST_CASE("a resolver that strips signatures is left out beside one that does not") {
  const FakeServer sound(lying([](const Query&) { return std::vector<Bytes>{}; }));
  const FakeServer stripping(
      [](const Query& q) { return std::vector<Bytes>{make_reply(q, {.answer = {}})}; });
  const FakeServer refusing(
      [](const Query& q) { return std::vector<Bytes>{make_reply(q, {.rcode = 5})}; });
  const FakeServer silent([](const Query&) { return std::vector<Bytes>{Bytes{}}; });
  const auto a = sound.endpoint();
  const auto b = stripping.endpoint();
  const auto c = refusing.endpoint();
  const auto d = silent.endpoint();
  using Endpoints = std::vector<Endpoint>;
  const auto choose = [](const Endpoints& all) { return dns::choose_upstreams(all, in(60s)); };

  CHECK(choose({b, a}).used == Endpoints{a});
  CHECK(choose({b, a}).stripping == Endpoints{b});
  CHECK(choose({d, a, c}).used == Endpoints{a});
  CHECK(choose({d, a, c}).stripping.empty());
  CHECK(choose({a, a}).used == Endpoints{a, a});
  // Nobody is better: that the answers are of no use is found out, and told, later.
  CHECK(choose({b, c}).used == Endpoints{b, c});
  CHECK(choose({b, c}).stripping.empty());
  const auto before = stripping.datagrams();
  CHECK(choose({b}).used == Endpoints{b});
  CHECK(stripping.datagrams() == before);
}
