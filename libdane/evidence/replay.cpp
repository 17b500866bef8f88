#include <fmt/format.h>

#include "dane/evidence/evidence.hpp"

namespace dane::evidence {

namespace {
constexpr std::string_view remedy = "record the run again with --save and the same options";

dns::LookupOutcome not_recorded(std::string where) {
  return Failed{FailureKind::not_recorded, "the evidence holds no answer to this question",
                std::move(where), std::string(remedy)};
}

class ReplayResolver final : public dns::Resolver {
 public:
  explicit ReplayResolver(const Evidence& evidence) : evidence_(evidence) {}
  dns::LookupOutcome lookup(const dns::Question& question, Deadline) override {
    const auto known = evidence_.lookups.find(question);
    if (known != evidence_.lookups.end()) return known->second;
    return not_recorded(question.to_string());
  }

 private:
  const Evidence& evidence_;
};

class ReplayAuthorities final : public dns::AuthorityClient {
 public:
  explicit ReplayAuthorities(const Evidence& evidence) : evidence_(evidence) {}
  dns::LookupOutcome query(const Endpoint& server, const dns::Question& question,
                           Deadline) override {
    const auto known = evidence_.authorities.find(AuthorityQuestion{server, question});
    if (known != evidence_.authorities.end()) return known->second;
    return not_recorded(fmt::format("{} at {}", question.to_string(), server.to_string()));
  }

 private:
  const Evidence& evidence_;
};

class ReplayProber final : public probe::TlsProber {
 public:
  explicit ReplayProber(const Evidence& evidence) : evidence_(evidence) {}
  probe::ProbeResult probe(const probe::ProbeRequest& request, Deadline) override {
    const auto known = evidence_.probes.find(request);
    if (known != evidence_.probes.end()) return known->second;
    const auto sni = request.server_name ? "SNI " + request.server_name->to_string() : "no SNI";
    return {probe::ProbeFailed{
                probe::ProbeFailure::not_recorded,
                fmt::format("the evidence holds no connection to {} ({}, {} certificates, {})",
                            request.endpoint.to_string(), probe::to_string(request.protocol),
                            probe::to_string(request.offer), sni),
                {},
                {}},
            {}};
  }

 private:
  const Evidence& evidence_;
};
}  // namespace

struct Replay::Impl {
  explicit Impl(const Evidence& from)
      : evidence(from),
        dns(evidence),
        authorities(evidence),
        tls(evidence),
        clock(evidence.evaluated_at) {}
  const Evidence evidence;
  ReplayResolver dns;
  ReplayAuthorities authorities;
  ReplayProber tls;
  FixedClock clock;
};

Replay::Replay(const Evidence& evidence) : impl_(std::make_unique<Impl>(evidence)) {}
Replay::~Replay() = default;

Sources Replay::sources() {
  return {impl_->dns, impl_->authorities, impl_->tls, impl_->clock};
}

}  // namespace dane::evidence
