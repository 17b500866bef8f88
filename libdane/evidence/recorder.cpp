#include <mutex>
#include <utility>
#include <variant>

#include "dane/evidence/evidence.hpp"

namespace dane::evidence {

namespace {
bool was_turned_away(const probe::ProbeResult& result) {
  using probe::ProbeFailure;
  const auto* failed = std::get_if<probe::ProbeFailed>(&result.outcome);
  return failed &&
         (failed->kind == ProbeFailure::refused || failed->kind == ProbeFailure::connect_failed ||
          failed->kind == ProbeFailure::greeting_rejected || failed->kind == ProbeFailure::closed);
}

/// What has come back so far; shared by the doors below.
class Store {
 public:
  /// Keeps `value` unless there is one for `key` already; returns the one that is kept.
  template <class Key, class Value>
  Value keep(std::map<Key, Value> Evidence::*part, const Key& key, Value value) {
    const std::lock_guard lock(mutex_);
    return (evidence_.*part).try_emplace(key, std::move(value)).first->second;
  }
  /// The same for a probe, but a result that only shows a limit on connections gives way: a survey
  /// repeats such a probe, and its last result is the one that counts.
  probe::ProbeResult keep_probe(const probe::ProbeRequest& request, probe::ProbeResult result) {
    const std::lock_guard lock(mutex_);
    const auto [kept, is_new] = evidence_.probes.try_emplace(request, result);
    if (!is_new && was_turned_away(kept->second)) kept->second = std::move(result);
    return kept->second;
  }
  [[nodiscard]] Evidence copy() const {
    const std::lock_guard lock(mutex_);
    return evidence_;
  }
  void set_time(TimePoint at) { evidence_.evaluated_at = at; }

 private:
  mutable std::mutex mutex_;
  Evidence evidence_;
};

class RecordingResolver final : public dns::Resolver {
 public:
  RecordingResolver(dns::Resolver& live, Store& store) : live_(live), store_(store) {}
  dns::LookupOutcome lookup(const dns::Question& question, Deadline deadline) override {
    return store_.keep(&Evidence::lookups, question, live_.lookup(question, deadline));
  }

 private:
  dns::Resolver& live_;
  Store& store_;
};

class RecordingAuthorities final : public dns::AuthorityClient {
 public:
  RecordingAuthorities(dns::AuthorityClient& live, Store& store) : live_(live), store_(store) {}
  dns::LookupOutcome query(const Endpoint& server, const dns::Question& question,
                           Deadline deadline) override {
    return store_.keep(&Evidence::authorities, AuthorityQuestion{server, question},
                       live_.query(server, question, deadline));
  }

 private:
  dns::AuthorityClient& live_;
  Store& store_;
};

class RecordingProber final : public probe::TlsProber {
 public:
  RecordingProber(probe::TlsProber& live, Store& store) : live_(live), store_(store) {}
  probe::ProbeResult probe(const probe::ProbeRequest& request, Deadline deadline) override {
    return store_.keep_probe(request, live_.probe(request, deadline));
  }

 private:
  probe::TlsProber& live_;
  Store& store_;
};
}  // namespace

struct Recorder::Impl {
  explicit Impl(const Sources& live)
      : dns(live.dns, store),
        authorities(live.authorities, store),
        tls(live.tls, store),
        clock(live.clock.now()) {
    store.set_time(clock.now());
  }
  Store store;
  RecordingResolver dns;
  RecordingAuthorities authorities;
  RecordingProber tls;
  FixedClock clock;
};

Recorder::Recorder(const Sources& live) : impl_(std::make_unique<Impl>(live)) {}
Recorder::~Recorder() = default;

Sources Recorder::sources() {
  return {impl_->dns, impl_->authorities, impl_->tls, impl_->clock};
}

Evidence Recorder::take() {
  return impl_->store.copy();
}

}  // namespace dane::evidence
