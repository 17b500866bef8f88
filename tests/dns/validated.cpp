/// \file  Validated lookups: both validators against a signed tree.
#include "tests/dns/validated.hpp"

#include <atomic>

#include <catch2/catch.hpp>

#include "dane/core/parallel.hpp"

using namespace dane;
using namespace dane::test;
using namespace std::chrono_literals;
using dns::Answer;
using dns::Question;
using dns::Validator;

namespace {

const std::string kTlsa = "0301010123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Case {
  std::string name, type, expected;
};
const std::vector<Case> kCases{
    {"mx1.good.test", "A", "found secure 1"},
    {"good.test", "MX", "found secure 1"},
    {"_25._tcp.mx1.good.test", "TLSA", "found secure 1"},
    {"_dane.rsa.test", "TLSA", "found secure 1"},
    {".", "SOA", "found secure 1"},
    {"good.test", "NS", "found secure 1"},
    {"_25._tcp.many.rsa.test", "TLSA", "found secure 60"},   // over TCP
    {"_25._tcp.mx2.good.test", "TLSA", "found secure 1"},    // alias into another algorithm
    {"_25._tcp.mx3.good.test", "TLSA", "found insecure 1"},  // S10: secure alias, insecure target
    {"alias.plain.test", "A", "found insecure 1"},           // S10: and the reverse
    {"_25._tcp.mx4.good.test", "TLSA", "failed bogus"},      // S9: secure alias, expired target
    {"_25._tcp.mx5.good.test", "TLSA", "absent secure nxdomain"},
    {"mx1.dn.good.test", "A", "found secure 1"},             // DNAME
    {"_443._tcp.wild.good.test", "TLSA", "found secure 1"},  // X9: wildcard
    {"_443._tcp.wild.good.test", "A", "absent secure nodata"},
    {"_25._tcp.nothing.good.test", "TLSA", "absent secure nxdomain"},  // NSEC
    {"mx1.good.test", "TLSA", "absent secure nodata"},
    {"nothing.rsa.test", "TLSA", "absent secure nxdomain"},  // NSEC3
    {"mx1.rsa.test", "TLSA", "absent secure nodata"},
    {"_tcp.mx1.good.test", "A", "absent secure nodata"},  // empty non-terminal
    {"_25._tcp.mx1.plain.test", "TLSA", "found insecure 1"},
    {"nothing.plain.test", "A", "absent insecure nxdomain"},
    {"_25._tcp.mx1.expired.test", "TLSA", "failed bogus"},
    {"nothing.expired.test", "TLSA", "failed bogus"},
    {"_25._tcp.mx1.torn.test", "TLSA", "failed bogus"},
    {"mx1.torn.test", "A", "found secure 1"},
    {"loop1.good.test", "A", "failed malformed"},
    {"nothing", "A", "absent secure nxdomain"},
};

}  // namespace

TEST_CASE("outcomes in a signed tree", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::both);
  const auto resolver = make(v, SignedTree::get().endpoint());
  const auto outcomes = map_concurrently(kCases, 6, [&](const Case& c) {
    return resolver->lookup(question(c.name, c.type), in(60s));
  });
  for (std::size_t i = 0; i < kCases.size(); ++i) {
    INFO(to_string(v) << " " << kCases[i].name << " " << kCases[i].type);
    CHECK(shape(outcomes[i]) == kCases[i].expected);
    if (const auto* failed = std::get_if<Failed>(&outcomes[i])) {
      CHECK_FALSE(failed->what.empty());
      CHECK(failed->where == question(kCases[i].name, kCases[i].type).to_string());
    }
  }
}

TEST_CASE("an answer's parts", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns);
  const auto resolver = make(v, SignedTree::get().endpoint());
  const auto outcome = resolver->lookup(question("_25._tcp.mx2.good.test", "TLSA"), in(60s));
  const auto& found = std::get<Found<Answer>>(outcome);
  CHECK(to_hex(found.value.rdata.at(0)) == kTlsa);
  CHECK(found.value.canonical_name.to_string() == "_dane.rsa.test");
  REQUIRE(found.value.aliases.size() == 1);
  CHECK(found.value.aliases[0].owner.to_string() == "_25._tcp.mx2.good.test");
  CHECK(found.ttl > 200s);
  CHECK(found.ttl <= 300s);
  CHECK(found.value.message_size > 100);
  const auto signer_of = [&](dns::RecordType covered) {
    for (const auto& s : found.value.signatures)
      if (s.covered == covered) return s.signer.to_string();
    return std::string("unsigned");
  };
  CHECK(signer_of(dns::RecordType::cname) == "good.test");
  CHECK(signer_of(dns::RecordType::tlsa) == "rsa.test");

  const auto denied = resolver->lookup(question("mx1.good.test", "TLSA"), in(60s));
  CHECK(std::get<Absent>(denied).negative_ttl > 0s);
  CHECK(std::get<Absent>(denied).negative_ttl <= 60s);
}

TEST_CASE("the reason of a bogus answer is told", "[validated]") {
  const auto resolver = make(Validator::unbound, SignedTree::get().endpoint());
  const auto expired = resolver->lookup(question("_25._tcp.mx1.expired.test", "TLSA"), in(60s));
  CHECK_THAT(std::get<Failed>(expired).what, Catch::Contains("signature expired"));
}

TEST_CASE("a DS record as trust anchor", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns);
  const auto& tree = SignedTree::get();
  const auto resolver =
      dns::make_resolver(v, {.upstreams = {tree.endpoint()}, .trust_anchor = tree.root_ds()})
          .value();
  CHECK(shape(resolver->lookup(question("mx1.good.test", "A"), in(60s))) == "found secure 1");
}

TEST_CASE("another tree's trust anchor makes everything bogus", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns);
  const auto resolver =
      dns::make_resolver(v, {.upstreams = {SignedTree::get().endpoint()},
                             .trust_anchor = DANE_SOURCE_DIR "/tests/dns/data/other-root.ds"})
          .value();
  CHECK(shape(resolver->lookup(question("mx1.good.test", "A"), in(60s))) == "failed bogus");
}

TEST_CASE("validators that differ are reported", "[validated]") {
  // getdns 1.6 takes a DS with an unknown algorithm for an error; RFC 4035 5.2 says: insecure.
  const auto resolver = make(Validator::both, SignedTree::get().endpoint());
  const auto outcome = resolver->lookup(question("mx1.oddds.test", "A"), in(60s));
  REQUIRE(shape(outcome) == "failed disagreement");
  CHECK_THAT(std::get<Failed>(outcome).what, Catch::Contains("unbound says insecure") &&
                                                 Catch::Contains("getdns says failed, bogus"));
}

TEST_CASE("a resolver on IPv6", "[validated]") {
  std::unique_ptr<FakeServer> server;
  try {
    server = std::make_unique<FakeServer>(lying([](const Query&) { return std::vector<Bytes>{}; }),
                                          true);
  } catch (const std::runtime_error&) {
    WARN("this machine has no ::1");
    return;
  }
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::ad);
  INFO(to_string(v));
  CHECK(ask(v, server->endpoint(), "_25._tcp.many.rsa.test", "TLSA") ==
        (v == Validator::ad ? "found insecure 60" : "found secure 60"));
}

TEST_CASE("names with odd octets reach the server as they are", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::ad);
  const Question odd = question("a\\.b\\032\\000\\255\\\\.good.test", "A");
  std::atomic<bool> seen{false};
  const std::string wire = to_hex(odd.name.to_wire());
  const FakeServer server(lying([&](const Query& q) {
    seen = seen || to_hex(q.wire).find(wire) != std::string::npos;
    return std::vector<Bytes>{};
  }));
  INFO(to_string(v));
  const auto outcome = make(v, server.endpoint())->lookup(odd, in(60s));
  CHECK(shape(outcome) ==
        (v == Validator::ad ? "absent insecure nxdomain" : "absent secure nxdomain"));
  CHECK(seen);
}

TEST_CASE("many lookups from many threads", "[validated]") {
  const auto v = GENERATE(Validator::unbound, Validator::getdns);
  const auto resolver = make(v, SignedTree::get().endpoint());
  std::vector<int> items(v == Validator::unbound ? 600 : 150);
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = static_cast<int>(i);
  const auto shapes = map_concurrently(items, 32, [&](int i) {
    const auto& c = kCases[static_cast<std::size_t>(i) % 8];
    return shape(resolver->lookup(question(c.name, c.type), in(60s))) == c.expected;
  });
  CHECK(std::count(shapes.begin(), shapes.end(), true) ==
        static_cast<std::ptrdiff_t>(items.size()));
}
