// Which questions a survey asks, and which it must not.
#include <catch2/catch.hpp>

#include "tests/smtp/support.hpp"

using namespace test;
using namespace dane::smtp;
using Names = std::vector<std::string>;

TEST_CASE("A good domain: exactly these questions", "[smtp][survey]") {
  World world;
  world.good_domain();
  const auto facts = world.survey();
  CHECK(world.dns.asked() == Names{"_25._tcp.mx.example.com TLSA", "example.com MX",
                                   "mx.example.com A", "mx.example.com AAAA"});
  CHECK_FALSE(facts.self_test);
  REQUIRE(facts.hosts.size() == 1);
  CHECK(facts.hosts[0].preference == 10);
  CHECK_FALSE(facts.misplaced);
  CHECK_FALSE(facts.reference);
}

TEST_CASE("S25 S26 no TLSA question for insecure addresses", "[smtp][survey]") {
  World world;
  world.good_domain();
  world.dns.set("mx.example.com", RecordType::a,
                addresses(insecure, {"mx.example.com"}, {"192.0.2.1"}));
  world.dns.set("mx.example.com", RecordType::aaaa, no_data(insecure));
  const auto facts = world.survey();
  CHECK_FALSE(world.dns.was_asked("_25._tcp.mx.example.com TLSA"));
  CHECK_FALSE(world.dns.was_asked("mx.example.com CNAME"));
  CHECK(facts.hosts.at(0).tlsa.empty());
  // The server is probed all the same, with its own name as SNI.
  CHECK(world.tls.sorted_log() ==
        Names{"192.0.2.1 ECDSA mx.example.com", "192.0.2.1 RSA mx.example.com"});
}

TEST_CASE("S28 an insecure alias: CNAME first, then the host name alone", "[smtp][survey]") {
  World world;
  world.good_domain();
  world.dns.set("mx.example.com", RecordType::a,
                addresses(insecure, {"mx.example.com", "end.example"}, {"192.0.2.1"}));
  world.dns.set("mx.example.com", RecordType::aaaa, no_data(insecure));
  SECTION("secure CNAME") {
    world.dns.set("mx.example.com", RecordType::cname,
                  targets(secure, "mx.example.com", {"end.example"}));
    const auto facts = world.survey();
    CHECK(judge(facts).hosts.at(0).policy.applicability == Applicability::dane);
    CHECK_FALSE(world.dns.was_asked("_25._tcp.end.example TLSA"));
  }
  SECTION("insecure CNAME") {
    world.dns.set("mx.example.com", RecordType::cname,
                  targets(insecure, "mx.example.com", {"end.example"}));
    const auto facts = world.survey();
    CHECK(judge(facts).hosts.at(0).policy.applicability == Applicability::insecure);
    CHECK_FALSE(world.dns.was_asked("_25._tcp.mx.example.com TLSA"));
  }
  SECTION("the CNAME lookup fails: the host is not used, hence not probed") {
    const auto facts = world.survey();
    CHECK(judge(facts).hosts.at(0).policy.applicability == Applicability::lookup_failed);
    CHECK_FALSE(world.dns.was_asked("_25._tcp.mx.example.com TLSA"));
    CHECK(world.tls.log().empty());
  }
}

TEST_CASE("S32 O28 a secure alias: its end, then the host, never the middle", "[smtp][survey]") {
  World world;
  world.good_domain();
  world.dns.set("mx.example.com", RecordType::a,
                addresses(secure, {"mx.example.com", "mid.example", "end.example"}, {"192.0.2.1"}));
  SECTION("records at the end: the host's own are not asked for; SNI is the end") {
    world.dns.set("_25._tcp.end.example", RecordType::tlsa,
                  tlsa(secure, {"_25._tcp.end.example"}, {{3, "rsa"}, {3, "ecdsa"}}));
    const auto facts = world.survey();
    CHECK_FALSE(world.dns.was_asked("_25._tcp.mx.example.com TLSA"));
    CHECK(world.tls.sorted_log() ==
          Names{"192.0.2.1 ECDSA end.example", "192.0.2.1 RSA end.example"});
    CHECK(facts.hosts.at(0).name == name("mx.example.com"));  // S20
  }
  SECTION("none at the end") {
    world.dns.set("_25._tcp.end.example", RecordType::tlsa, no_name(insecure));
    const auto facts = world.survey();
    CHECK(judge(facts).hosts.at(0).policy.base == name("mx.example.com"));
    CHECK(facts.hosts.at(0).tlsa.size() == 2);
    CHECK(world.tls.sorted_log().front() == "192.0.2.1 ECDSA mx.example.com");
  }
  SECTION("S7 the lookup at the end fails: nothing further is asked") {
    const auto facts = world.survey();
    CHECK(facts.hosts.at(0).tlsa.size() == 1);
    CHECK_FALSE(world.dns.was_asked("_25._tcp.mx.example.com TLSA"));
    CHECK(judge(facts).hosts.at(0).outcome == HostOutcome::undetermined);
    CHECK(world.tls.log().empty());
  }
  CHECK_FALSE(world.dns.was_asked("_25._tcp.mid.example TLSA"));
}

TEST_CASE("Routes without a host ask nothing further", "[smtp][survey]") {
  World world;
  LookupOutcome mx_outcome = failed();
  SECTION("S5 failed") {
    mx_outcome = failed();
  }
  SECTION("N3 null MX") {
    mx_outcome = mx(secure, {"example.com"}, {{0, "."}});
  }
  SECTION("NXDOMAIN") {
    mx_outcome = no_name(secure);
  }
  world.dns.set("example.com", RecordType::mx, mx_outcome);
  const auto facts = world.survey();
  const bool signed_for_sure = std::holds_alternative<dane::Found<dane::dns::Answer>>(mx_outcome) ||
                               std::holds_alternative<dane::Absent>(mx_outcome);
  // The root is asked for where nothing shows that the resolver validates.  S4
  CHECK(facts.self_test.has_value() != signed_for_sure);
  CHECK(world.dns.asked() ==
        (signed_for_sure ? Names{"example.com MX"} : Names{". SOA", "example.com MX"}));
  CHECK(facts.hosts.empty());
  CHECK(world.tls.log().empty());
}

TEST_CASE("S4 an insecure MX answer leaves open whether the resolver validates", "[smtp][survey]") {
  World world;
  world.good_domain();
  world.dns.set("example.com", RecordType::mx,
                mx(insecure, {"example.com"}, {{10, "mx.example.com"}}));
  world.dns.set(".", RecordType::soa, failed(dane::FailureKind::timeout));
  const auto facts = world.survey();
  REQUIRE(facts.self_test.has_value());
  CHECK(std::get<dane::Failed>(*facts.self_test).kind == dane::FailureKind::timeout);
}

TEST_CASE("A silent MX lookup leaves time for the question whether the resolver answers") {
  struct Silent final : dane::dns::Resolver {
    dane::Deadline mx, root;
    LookupOutcome lookup(const dane::dns::Question& question, dane::Deadline deadline) override {
      (question.type == RecordType::mx ? mx : root) = deadline;
      return failed(dane::FailureKind::timeout);
    }
  } silent;
  World world;
  const auto sources = world.sources();
  world.options.deadline = dane::Deadline::clock::now() + std::chrono::seconds(60);
  const auto facts = survey_domain({silent, sources.authorities, sources.tls, sources.clock},
                                   name("example.com"), world.options);
  REQUIRE(facts.self_test.has_value());
  CHECK(silent.root == world.options.deadline);
  CHECK(silent.mx == world.options.deadline - std::chrono::seconds(3));
}

TEST_CASE("S23 implicit MX: the domain is the host", "[smtp][survey]") {
  World world;
  world.dns.set("example.com", RecordType::mx, no_data(secure));
  world.dns.set("example.com", RecordType::a, addresses(secure, {"example.com"}, {"192.0.2.1"}));
  world.dns.set("example.com", RecordType::aaaa, no_data(secure));
  world.dns.set("_25._tcp.example.com", RecordType::tlsa, no_name(secure));
  const auto facts = world.survey();
  REQUIRE(facts.hosts.size() == 1);
  CHECK(facts.hosts[0].name == name("example.com"));
  CHECK_FALSE(facts.misplaced);
}

TEST_CASE("S31 the port of the connection stands in the owner; no MX step for a service",
          "[smtp][survey]") {
  World world;
  world.options.port = 993;
  world.options.protocol = dane::probe::Protocol::implicit;
  world.options.ipv6 = false;
  world.dns.set("imap.example.com", RecordType::a,
                addresses(secure, {"imap.example.com"}, {"192.0.2.1"}));
  world.dns.set("_993._tcp.imap.example.com", RecordType::tlsa, no_name(secure));
  const auto facts = survey_host(world.sources(), name("imap.example.com"), world.options);
  CHECK(world.dns.asked() ==
        Names{". SOA", "_993._tcp.imap.example.com TLSA", "imap.example.com A"});
  CHECK_FALSE(facts.mx);
  REQUIRE(facts.hosts.size() == 1);
  CHECK_FALSE(facts.hosts[0].ipv6);
  REQUIRE(facts.hosts[0].probes.size() == 2);
  CHECK(facts.hosts[0].probes[0].request.endpoint.port == 993);
  CHECK(facts.hosts[0].probes[0].request.protocol == dane::probe::Protocol::implicit);
}

TEST_CASE("TLSA at the domain is looked for when no host has records", "[smtp][survey]") {
  World world;
  world.good_domain();
  const std::string question = "_25._tcp.example.com TLSA";
  SECTION("no records at the host") {
    world.dns.set("_25._tcp.mx.example.com", RecordType::tlsa, no_name(secure));
    world.dns.set("_25._tcp.example.com", RecordType::tlsa,
                  tlsa(secure, {"_25._tcp.example.com"}, {{3, "rsa"}}));
    const auto facts = world.survey();
    REQUIRE(facts.misplaced);
    CHECK(facts.misplaced->owner == name("_25._tcp.example.com"));
    CHECK(std::holds_alternative<dane::Found<dane::dns::Answer>>(facts.misplaced->outcome));
  }
  SECTION("the host's lookup failed: nothing is known") {
    world.dns.set("_25._tcp.mx.example.com", RecordType::tlsa, failed());
    CHECK_FALSE(world.survey().misplaced);
    CHECK_FALSE(world.dns.was_asked(question));
  }
  SECTION("insecure records at the host") {
    world.dns.set("_25._tcp.mx.example.com", RecordType::tlsa,
                  tlsa(insecure, {"_25._tcp.mx.example.com"}, {{3, "rsa"}}));
    CHECK_FALSE(world.survey().misplaced);
    CHECK_FALSE(world.dns.was_asked(question));
  }
  SECTION("one of two hosts has records") {
    world.dns.set("example.com", RecordType::mx,
                  mx(secure, {"example.com"}, {{10, "mx.example.com"}, {20, "b.example"}}));
    world.dns.set("b.example", RecordType::a, addresses(insecure, {"b.example"}, {"192.0.2.2"}));
    world.dns.set("b.example", RecordType::aaaa, no_data(insecure));
    CHECK_FALSE(world.survey().misplaced);
    CHECK_FALSE(world.dns.was_asked(question));
  }
  SECTION("the domain is a host itself") {
    world.dns.set("_25._tcp.mx.example.com", RecordType::tlsa, no_name(secure));
    world.dns.set("example.com", RecordType::mx,
                  mx(secure, {"example.com"}, {{10, "mx.example.com"}, {20, "example.com"}}));
    world.dns.set("example.com", RecordType::a,
                  addresses(insecure, {"example.com"}, {"192.0.2.2"}));
    world.dns.set("example.com", RecordType::aaaa, no_data(insecure));
    CHECK_FALSE(world.survey().misplaced);
    CHECK_FALSE(world.dns.was_asked(question));
  }
}

TEST_CASE("Cuts are counted", "[smtp][survey]") {
  World world;
  world.good_domain();
  world.dns.set(
      "example.com", RecordType::mx,
      mx(secure, {"example.com"}, {{10, "mx.example.com"}, {20, "b.example"}, {30, "c.example"}}));
  world.dns.set("mx.example.com", RecordType::a,
                addresses(secure, {"mx.example.com"}, {"192.0.2.3", "192.0.2.1", "192.0.2.2"}));
  world.options.max_hosts = 1;
  world.options.max_addresses = 2;
  const auto facts = world.survey();
  CHECK(facts.hosts_cut == 2);
  REQUIRE(facts.hosts.size() == 1);
  CHECK(facts.hosts[0].addresses_cut == 1);
  CHECK(facts.hosts[0].probes.size() == 4);
  CHECK_FALSE(world.dns.was_asked("b.example A"));
}
