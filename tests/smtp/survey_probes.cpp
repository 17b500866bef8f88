// Which connections a survey makes.
#include <future>
#include <thread>

#include <catch2/catch.hpp>

#include "libdane/smtp/pool.hpp"
#include "tests/smtp/support.hpp"

using namespace test;
using namespace dane::smtp;
using Names = std::vector<std::string>;

namespace {

/// What was kept, in order: "RSA chain", "ECDSA refused", "RSA - chain" without SNI.
Names kept(const DomainFacts& facts) {
  Names all;
  for (const auto& probe : facts.hosts.at(0).probes) {
    const auto* failure = std::get_if<dane::probe::ProbeFailed>(&probe.result.outcome);
    all.push_back(to_string(probe.request.offer) + (probe.request.server_name ? " " : " - ") +
                  (failure ? to_string(failure->kind) : "chain"));
  }
  return all;
}

}  // namespace

TEST_CASE("Both key types at each address, with the base domain as SNI", "[smtp][probes]") {
  World world;
  world.good_domain();
  world.dns.set("mx.example.com", RecordType::aaaa,
                addresses(secure, {"mx.example.com"}, {"2001:db8::1"}));
  const auto facts = world.survey();
  CHECK(world.tls.sorted_log() ==
        Names{"192.0.2.1 ECDSA mx.example.com", "192.0.2.1 RSA mx.example.com",
              "2001:db8::1 ECDSA mx.example.com", "2001:db8::1 RSA mx.example.com"});
  CHECK(kept(facts) == Names{"RSA chain", "ECDSA chain", "RSA chain", "ECDSA chain"});
  CHECK(facts.hosts[0].probes[2].request.host == name("mx.example.com"));
}

TEST_CASE("DNS only on request", "[smtp][probes]") {
  World world;
  world.good_domain();
  world.options.probe = false;
  CHECK(world.survey().hosts.at(0).probes.empty());
  CHECK(world.tls.log().empty());
}

TEST_CASE("What a connection limit turned away is tried once more", "[smtp][probes]") {
  World world;
  world.good_domain();
  const auto turned_away = GENERATE(ProbeFailure::greeting_rejected, ProbeFailure::refused,
                                    ProbeFailure::connect_failed, ProbeFailure::closed);
  SECTION("the retry works: only its result is kept") {
    world.tls.script = [&](const ProbeRequest& request, int n) {
      if (request.offer == Offer::ecdsa) return presents("ecdsa");
      return n == 0 ? fails(turned_away) : presents("rsa");
    };
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA chain"});
    CHECK(world.tls.log().size() == 3);
  }
  SECTION("the retry is alone, and the last one") {
    world.tls.script = [&](const ProbeRequest& request, int) {
      return request.offer == Offer::rsa ? presents("rsa") : fails(turned_away);
    };
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA " + to_string(turned_away)});
    CHECK(world.tls.log().size() == 3);
  }
  SECTION("a twin that only failed later counts as one that got through") {
    world.tls.script = [&](const ProbeRequest& request, int n) {
      if (request.offer == Offer::ecdsa) return fails(ProbeFailure::handshake_failed);
      return n == 0 ? fails(turned_away) : presents("rsa");
    };
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA handshake-failed"});
  }
  SECTION("both turned away: no retry") {
    world.tls.script = [&](const ProbeRequest&, int) { return fails(turned_away); };
    CHECK(world.survey().hosts.at(0).probes.size() == 2);
    CHECK(world.tls.log().size() == 2);
  }
  SECTION("other failures are not retried") {
    world.tls.script = [&](const ProbeRequest& request, int) {
      return request.offer == Offer::rsa ? presents("rsa") : fails(ProbeFailure::greeting_timeout);
    };
    CHECK(world.survey().hosts.at(0).probes.size() == 2);
    CHECK(world.tls.log().size() == 2);
  }
}

TEST_CASE("A third offer when both fail in the handshake", "[smtp][probes]") {
  World world;
  world.good_domain();
  const auto other_fails_with =
      GENERATE(ProbeFailure::handshake_failed, ProbeFailure::starttls_not_offered);
  world.tls.script = [&](const ProbeRequest& request, int) {
    if (request.offer == Offer::any) return presents("rsa");
    return fails(request.offer == Offer::rsa ? ProbeFailure::handshake_failed : other_fails_with);
  };
  const auto facts = world.survey();
  if (other_fails_with == ProbeFailure::handshake_failed) {
    CHECK(kept(facts) == Names{"RSA handshake-failed", "ECDSA handshake-failed", "any chain"});
  } else {
    CHECK(kept(facts) == Names{"RSA handshake-failed", "ECDSA starttls-not-offered"});
  }
}

TEST_CASE("O5 the first address of a DANE host is asked without SNI too", "[smtp][probes]") {
  World world;
  world.options.compare_sni = true;
  world.good_domain();
  world.dns.set("mx.example.com", RecordType::aaaa,
                addresses(secure, {"mx.example.com"}, {"2001:db8::1"}));
  SECTION("DANE applies") {
    CHECK(kept(world.survey()) ==
          Names{"RSA chain", "ECDSA chain", "any - chain", "RSA chain", "ECDSA chain"});
    CHECK(world.tls.sorted_log() ==
          Names{"192.0.2.1 ECDSA mx.example.com", "192.0.2.1 RSA mx.example.com", "192.0.2.1 any -",
                "2001:db8::1 ECDSA mx.example.com", "2001:db8::1 RSA mx.example.com"});
  }
  SECTION("it does not") {
    world.dns.set("_25._tcp.mx.example.com", RecordType::tlsa, no_name(secure));
    world.dns.set("_25._tcp.example.com", RecordType::tlsa, no_name(secure));
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA chain", "RSA chain", "ECDSA chain"});
  }
}

TEST_CASE("S60 a chain that does not verify is compared with the one without SNI",
          "[smtp][probes]") {
  World world;
  SECTION("one key type does not verify: one extra probe, of that type") {
    world.good_domain({{3, "rsa"}});
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA chain", "ECDSA - chain"});
    CHECK(world.tls.log().back() == "192.0.2.1 ECDSA -");
  }
  SECTION("neither") {
    world.good_domain({{3, "other"}});
    CHECK(kept(world.survey()) ==
          Names{"RSA chain", "ECDSA chain", "RSA - chain", "ECDSA - chain"});
  }
  SECTION("both verify") {
    world.good_domain();
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA chain"});
  }
  SECTION("no usable record: nothing to verify") {
    world.good_domain({{1, "other"}});
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA chain"});
  }
  SECTION("no DANE") {
    world.good_domain();
    world.dns.set("_25._tcp.mx.example.com", RecordType::tlsa, no_name(secure));
    world.dns.set("_25._tcp.example.com", RecordType::tlsa, no_name(secure));
    CHECK(kept(world.survey()) == Names{"RSA chain", "ECDSA chain"});
  }
}

TEST_CASE("Hosts, addresses and key types run at once, 64 probes at most", "[smtp][probes]") {
  World world;
  std::vector<std::pair<unsigned, std::string>> hosts;
  std::vector<std::string> first_addresses;
  for (unsigned i = 0; i < 10; ++i) {
    const auto host = "mx" + std::to_string(i) + ".example";
    hosts.emplace_back(i, host);
    std::vector<std::string> texts;
    for (unsigned k = 0; k < 10; ++k)
      texts.push_back("192.0." + std::to_string(i) + "." + std::to_string(k));
    world.dns.set(host, RecordType::a, addresses(insecure, {host}, texts));
    world.dns.set(host, RecordType::aaaa, no_data(insecure));
  }
  world.dns.set("example.com", RecordType::mx, mx(secure, {"example.com"}, hosts));
  world.dns.set("_25._tcp.example.com", RecordType::tlsa, no_name(secure));
  const auto result = fails(ProbeFailure::starttls_not_offered);
  // Each waits until all that may are under way, and lingers for one too many to show itself; a
  // loaded machine gets its time.
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  world.tls.script = [&](const ProbeRequest&, int) {
    while (world.tls.most_at_once() < 64 && std::chrono::steady_clock::now() < limit) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return result;
  };
  const auto facts = world.survey();
  CHECK(world.tls.log().size() == 200);
  CHECK(world.tls.most_at_once() == 64);
  REQUIRE(facts.hosts.size() == 10);
  for (const auto& host : facts.hosts) CHECK(host.probes.size() == 20);
  CHECK(facts.hosts[3].probes[4].request.endpoint.address == ip("192.0.3.2"));
}

TEST_CASE("A well-known host is tried when nothing could be reached", "[smtp][probes]") {
  World world;
  world.good_domain();
  world.options.reference_host = name("reference.example");
  world.dns.set("reference.example", RecordType::a,
                addresses(insecure, {"reference.example"}, {"198.51.100.7", "198.51.100.2"}));
  auto kind = ProbeFailure::connect_timeout;
  bool reference_works = false;
  world.tls.script = [&](const ProbeRequest& request, int) {
    if (request.host == name("reference.example") && reference_works) return presents("other");
    return fails(kind);
  };
  SECTION("connections time out, are refused, have no way") {
    kind = GENERATE(ProbeFailure::connect_timeout, ProbeFailure::refused, ProbeFailure::no_route,
                    ProbeFailure::connect_failed);
    reference_works = GENERATE(true, false);
    const auto facts = world.survey();
    REQUIRE(facts.reference);
    REQUIRE(facts.reference->probes.size() == 1);
    CHECK(describe(facts.reference->probes[0].request) == "198.51.100.2 any reference.example");
    CHECK(facts.reference->probes[0].request.endpoint.port == 25);
    CHECK(std::holds_alternative<dane::probe::Presented>(
              facts.reference->probes[0].result.outcome) == reference_works);
  }
  SECTION("a server that answered, however badly, shows that the port is open") {
    kind = GENERATE(ProbeFailure::greeting_rejected, ProbeFailure::greeting_timeout,
                    ProbeFailure::starttls_not_offered, ProbeFailure::closed,
                    ProbeFailure::not_recorded);
    CHECK_FALSE(world.survey().reference);
    CHECK_FALSE(world.dns.was_asked("reference.example A"));
  }
  SECTION("no IPv6 here explains itself") {
    world.dns.set("mx.example.com", RecordType::a, no_data(secure));
    world.dns.set("mx.example.com", RecordType::aaaa,
                  addresses(secure, {"mx.example.com"}, {"2001:db8::1"}));
    kind = ProbeFailure::no_route;
    CHECK_FALSE(world.survey().reference);
  }
  SECTION("none is wanted") {
    world.options.reference_host = {};
    CHECK_FALSE(world.survey().reference);
  }
  SECTION("its address cannot be found") {
    world.dns.set("reference.example", RecordType::a, failed());
    const auto facts = world.survey();
    REQUIRE(facts.reference);
    CHECK(facts.reference->probes.empty());
  }
  SECTION("no address to begin with") {
    world.dns.set("mx.example.com", RecordType::a, no_data(secure));
    world.dns.set("_25._tcp.example.com", RecordType::tlsa, no_name(secure));
    CHECK_FALSE(world.survey().reference);
  }
}

TEST_CASE("Probes have to end before the survey, so that what follows has time", "[smtp][probes]") {
  class DeadlineProber final : public dane::probe::TlsProber {
   public:
    ProbeResult probe(const ProbeRequest& request, dane::Deadline deadline) override {
      const std::lock_guard lock(mutex);
      (request.host == name("reference.example") ? reference : host) = deadline;
      return fails(ProbeFailure::connect_timeout);
    }
    std::mutex mutex;
    dane::Deadline host, reference;
  };
  World world;
  world.good_domain();
  world.options.reference_host = name("reference.example");
  world.dns.set("reference.example", RecordType::a,
                addresses(insecure, {"reference.example"}, {"198.51.100.7"}));
  DeadlineProber prober;
  const dane::Sources sources{world.dns, world.authorities, prober, world.clock};
  const auto facts = survey_domain(sources, name("example.com"), world.options);
  CHECK(prober.reference == world.options.deadline);
  CHECK(prober.host == world.options.deadline - std::chrono::seconds(3));
  // A deadline in the past is handed on as it is.
  world.options.deadline = dane::Deadline::clock::now() - std::chrono::seconds(1);
  CHECK(survey_domain(sources, name("example.com"), world.options).hosts.size() == 1);
  CHECK(prober.host == world.options.deadline);
}

TEST_CASE("The pool runs every task once, and hands on exceptions", "[smtp][pool]") {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  Pool pool(3);
  std::vector<std::future<int>> futures;
  for (int i = 0; i < 50; ++i) {
    futures.push_back(pool.submit([&running, &most, limit, i] {
      const int now = ++running;
      int seen = most;
      while (seen < now && !most.compare_exchange_weak(seen, now)) {
      }
      while (most < 3 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      --running;
      if (i == 7) throw std::runtime_error("seven");
      return i;
    }));
  }
  for (int i = 0; i < 50; ++i) {
    if (i == 7) {
      CHECK_THROWS_AS(futures[7].get(), std::runtime_error);
    } else {
      CHECK(futures[static_cast<std::size_t>(i)].get() == i);
    }
  }
  CHECK(most == 3);
}
