#include <atomic>

#include <catch2/catch.hpp>

#include "dane/core/parallel.hpp"
#include "dane/evidence/evidence.hpp"

#include "tests/evidence/certificates.hpp"
#include "tests/evidence/random_evidence.hpp"

using namespace dane;

namespace {
const Deadline later = Deadline::max();

/// A world that never says the same thing twice.
class FickleWorld final : public dns::Resolver,
                          public dns::AuthorityClient,
                          public probe::TlsProber {
 public:
  dns::LookupOutcome lookup(const dns::Question&, Deadline) override { return next(); }
  dns::LookupOutcome query(const Endpoint&, const dns::Question&, Deadline) override {
    return next();
  }
  probe::ProbeResult probe(const probe::ProbeRequest&, Deadline) override {
    return {probe::Presented{
                "TLSv1.3", std::to_string(++count_), {test::certificate(test::mx1.base64)}},
            {}};
  }

 private:
  dns::LookupOutcome next() {
    return Absent{std::chrono::seconds(++count_), Security::secure, true};
  }
  std::atomic<int> count_ = 0;
};

class TickingClock final : public Clock {
 public:
  TimePoint now() const override {
    return TimePoint(std::chrono::seconds(1'800'000'000 + ++count_));
  }

 private:
  mutable int count_ = 0;
};

dns::Question question(int i) {
  return {test::name("host" + std::to_string(i) + ".example"), dns::RecordType::tlsa};
}
Endpoint server(int i) {
  return {test::address("192.0.2." + std::to_string(i % 250)), 53};
}
probe::ProbeRequest request(int i) {
  probe::ProbeRequest out;
  out.endpoint = server(i);
  out.host = test::name("mx.example");
  return out;
}

/// All that a run asks, in the order of `items`.
struct Seen {
  dns::LookupOutcome lookup, authority;
  probe::ProbeResult probed;
  TimePoint at;
  bool operator==(const Seen&) const = default;
};
std::vector<Seen> run(const Sources& sources, const std::vector<int>& items) {
  return map_concurrently(items, 8, [&](int i) {
    return Seen{sources.dns.lookup(question(i), later),
                sources.authorities.query(server(i), question(i), later),
                sources.tls.probe(request(i), later), sources.clock.now()};
  });
}
}  // namespace

TEST_CASE("a replay sees what the run saw, with threads and repeated questions",
          "[evidence][replay]") {
  FickleWorld world;
  const TickingClock clock;
  evidence::Recorder recorder(Sources{world, world, world, clock});
  std::vector<int> items;
  for (int i = 0; i < 600; ++i) items.push_back(i % 150);
  const auto live = run(recorder.sources(), items);
  for (std::size_t i = 150; i < items.size(); ++i) REQUIRE(live[i] == live[i - 150]);

  const auto evidence = recorder.take();
  CHECK(evidence.lookups.size() == 150);
  CHECK(evidence.evaluated_at == live[0].at);
  const auto decoded = evidence::decode(evidence::encode(evidence), "test");
  REQUIRE(decoded);
  evidence::Replay replay(*decoded);
  CHECK(run(replay.sources(), items) == live);
}

TEST_CASE("a probe that was turned away gives way to its repetition", "[evidence][replay]") {
  class LimitingServer final : public probe::TlsProber {
   public:
    explicit LimitingServer(std::vector<probe::ProbeFailure> kinds) : kinds_(std::move(kinds)) {}
    probe::ProbeResult probe(const probe::ProbeRequest&, Deadline) override {
      return {probe::ProbeFailed{kinds_.at(count_++), "", "", ""}, {}};
    }

   private:
    std::vector<probe::ProbeFailure> kinds_;
    std::size_t count_ = 0;
  };
  using probe::ProbeFailure;
  const auto second_seen = [](ProbeFailure first, ProbeFailure second) {
    FickleWorld world;
    LimitingServer server({first, second});
    const FixedClock clock(test::time_of("2026-11-21T22:00:00Z"));
    evidence::Recorder recorder(Sources{world, world, server, clock});
    const auto sources = recorder.sources();
    (void)sources.tls.probe(request(1), later);
    const auto seen = sources.tls.probe(request(1), later);
    CHECK(recorder.take().probes.at(request(1)) == seen);
    return std::get<probe::ProbeFailed>(seen.outcome).kind;
  };
  CHECK(second_seen(ProbeFailure::greeting_rejected, ProbeFailure::timeout) ==
        ProbeFailure::timeout);
  CHECK(second_seen(ProbeFailure::refused, ProbeFailure::closed) == ProbeFailure::closed);
  CHECK(second_seen(ProbeFailure::timeout, ProbeFailure::closed) == ProbeFailure::timeout);
}

TEST_CASE("the file does not depend on the order of asking", "[evidence][replay]") {
  const FixedClock clock(test::time_of("2026-11-21T22:00:00Z"));
  std::vector<std::string> files;
  for (const bool backwards : {false, true}) {
    evidence::Evidence known;
    for (int i = 0; i < 20; ++i) {
      known.lookups[question(i)] = Absent{std::chrono::seconds(i), Security::secure, true};
      known.authorities[{server(i), question(i)}] = Failed{FailureKind::timeout, "x", "y", "z"};
      known.probes[request(i)] = {probe::ProbeFailed{}, {}};
    }
    evidence::Replay world(known);
    auto sources = world.sources();
    evidence::Recorder recorder(Sources{sources.dns, sources.authorities, sources.tls, clock});
    std::vector<int> items;
    for (int i = 0; i < 20; ++i) items.push_back(backwards ? 19 - i : i);
    (void)run(recorder.sources(), items);
    files.push_back(evidence::encode(recorder.take()));
  }
  CHECK(files[0] == files[1]);
}

TEST_CASE("what was not recorded is a failure, never an absence", "[evidence][replay]") {
  evidence::Evidence evidence;
  evidence.evaluated_at = test::time_of("2026-11-21T22:00:00Z");
  evidence::Replay replay(evidence);
  const auto sources = replay.sources();
  CHECK(sources.clock.now() == evidence.evaluated_at);
  const auto lookup = sources.dns.lookup(question(1), later);
  REQUIRE(std::holds_alternative<Failed>(lookup));
  CHECK(std::get<Failed>(lookup).kind == FailureKind::not_recorded);
  CHECK(std::get<Failed>(lookup).where == "host1.example TLSA");
  const auto query = sources.authorities.query(server(1), question(1), later);
  REQUIRE(std::holds_alternative<Failed>(query));
  CHECK(std::get<Failed>(query).kind == FailureKind::not_recorded);
  CHECK(std::get<Failed>(query).where == "host1.example TLSA at 192.0.2.1:53");
  const auto probe = sources.tls.probe(request(1), later);
  REQUIRE(std::holds_alternative<probe::ProbeFailed>(probe.outcome));
  CHECK(std::get<probe::ProbeFailed>(probe.outcome).kind == probe::ProbeFailure::not_recorded);
  CHECK(std::get<probe::ProbeFailed>(probe.outcome).what.find("192.0.2.1:53") != std::string::npos);
}

TEST_CASE("the same address with another key type or name is another probe", "[evidence][replay]") {
  evidence::Evidence evidence;
  auto asked = request(1);
  asked.offer = probe::Offer::rsa;
  asked.server_name = test::name("mx1.example.com");
  evidence.probes[asked] = {probe::ProbeFailed{probe::ProbeFailure::closed, "closed", "", ""}, {}};
  evidence::Replay replay(evidence);
  const auto kind = [&](const probe::ProbeRequest& r) {
    return std::get<probe::ProbeFailed>(replay.sources().tls.probe(r, later).outcome).kind;
  };
  CHECK(kind(asked) == probe::ProbeFailure::closed);
  auto other = asked;
  other.offer = probe::Offer::ecdsa;
  CHECK(kind(other) == probe::ProbeFailure::not_recorded);
  other = asked;
  other.server_name.reset();
  CHECK(kind(other) == probe::ProbeFailure::not_recorded);
}
