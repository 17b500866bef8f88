#include "libdane/smtp/probe_class.hpp"

#include <algorithm>

namespace dane::smtp {
namespace {

using probe::ProbeFailed;
using probe::ProbeFailure;

/// How far a probe without a chain got.
enum class Stage { connection, greeting, dialogue, handshake, unknown };

Stage stage_of(ProbeFailure kind) {
  switch (kind) {
    case ProbeFailure::no_route:
    case ProbeFailure::refused:
    case ProbeFailure::connect_timeout:
    case ProbeFailure::connect_failed:
      return Stage::connection;
    case ProbeFailure::greeting_timeout:
    case ProbeFailure::greeting_rejected:
      return Stage::greeting;
    case ProbeFailure::not_the_protocol:
    case ProbeFailure::starttls_not_offered:
    case ProbeFailure::starttls_rejected:
    case ProbeFailure::plaintext_injected:
      return Stage::dialogue;
    case ProbeFailure::handshake_failed:
    case ProbeFailure::no_certificate:
      return Stage::handshake;
    case ProbeFailure::closed:
    case ProbeFailure::timeout:
    case ProbeFailure::no_time:
    case ProbeFailure::not_recorded:
      return Stage::unknown;
  }
  return Stage::unknown;
}

const ProbeFailed* failure_of(const probe::ProbeResult& result) {
  return std::get_if<ProbeFailed>(&result.outcome);
}

ProbeClass classify_alone(const probe::ProbeResult& result) {
  const auto* failure = failure_of(result);
  if (!failure) {
    // A prober that says "presented" without a certificate: nothing was authenticated.
    return std::get<probe::Presented>(result.outcome).chain.empty() ? ProbeClass::failed
                                                                    : ProbeClass::presented;
  }
  switch (stage_of(failure->kind)) {
    case Stage::dialogue:
    case Stage::handshake:
      return ProbeClass::failed;
    case Stage::connection:
    case Stage::greeting:
    case Stage::unknown:
      return ProbeClass::untestable;
  }
  return ProbeClass::untestable;
}

bool has_sni(const ProbeFacts& probe) {
  return probe.request.server_name.has_value();
}

}  // namespace

bool was_turned_away(const probe::ProbeResult& result) {
  const auto* failure = failure_of(result);
  return failure &&
         (failure->kind == ProbeFailure::refused || failure->kind == ProbeFailure::connect_failed ||
          failure->kind == ProbeFailure::greeting_rejected ||
          failure->kind == ProbeFailure::closed);
}

bool passed_greeting(const probe::ProbeResult& result) {
  const auto* failure = failure_of(result);
  if (!failure) return true;
  const auto stage = stage_of(failure->kind);
  return stage == Stage::dialogue || stage == Stage::handshake;
}

bool failed_in_handshake(const probe::ProbeResult& result) {
  const auto* failure = failure_of(result);
  return failure && failure->kind == ProbeFailure::handshake_failed;
}

std::vector<ProbeClass> classify_probes(const std::vector<ProbeFacts>& probes) {
  std::vector<ProbeClass> classes;
  for (const auto& probe : probes) classes.push_back(classify_alone(probe.result));
  std::vector<ProbeClass> out = classes;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (!failed_in_handshake(probes[i].result)) continue;
    // One offer alone may fail just because the server has no chain of that key type: the other
    // offers at the same address tell.
    bool another_presented = false;
    bool another_untestable = false;
    for (std::size_t k = 0; k < probes.size(); ++k) {
      if (k == i || probes[k].request.endpoint != probes[i].request.endpoint || !has_sni(probes[k]))
        continue;
      another_presented |= classes[k] == ProbeClass::presented;
      another_untestable |= classes[k] == ProbeClass::untestable;
    }
    if (another_presented) {
      out[i] = ProbeClass::missing_chain;
    } else if (another_untestable) {
      out[i] = ProbeClass::untestable;
    }
  }
  return out;
}

bool nothing_reached(const std::vector<HostFacts>& hosts) {
  bool beyond_ipv6 = false;
  for (const auto& host : hosts) {
    for (const auto& probe : host.probes) {
      const auto* failure = failure_of(probe.result);
      if (!failure || stage_of(failure->kind) != Stage::connection) return false;
      const bool no_ipv6 =
          failure->kind == ProbeFailure::no_route && probe.request.endpoint.address.is_v6();
      beyond_ipv6 |= !no_ipv6;
    }
  }
  return beyond_ipv6;
}

}  // namespace dane::smtp
