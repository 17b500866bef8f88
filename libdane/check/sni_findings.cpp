/// \file  What the server shows to clients that name no host.
#include <algorithm>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

/// A handshake without SNI, and what the same address showed with it.
struct Unnamed {
  std::string address, place;
  x509::Chain chain;    ///< empty: the handshake failed
  std::string failure;  ///< then: how
};

std::vector<Unnamed> unnamed_probes(const HostView& view) {
  std::vector<Unnamed> out;
  for (const auto& [request, result] : view.host.probes) {
    if (request.server_name) continue;
    Unnamed probe{.address = request.endpoint.address.to_string(),
                  .place = place_of(request.endpoint),
                  .chain = {},
                  .failure = {}};
    if (const auto* presented = std::get_if<probe::Presented>(&result.outcome)) {
      probe.chain = presented->chain;
    } else {
      const auto& failed = std::get<probe::ProbeFailed>(result.outcome);
      if (failed.kind != probe::ProbeFailure::handshake_failed) continue;
      probe.failure = failed.alert.empty() ? failed.what : failed.alert;
    }
    out.push_back(std::move(probe));
  }
  return out;
}

bool chain_fails_at(const Service& service, const std::string& address) {
  return std::ranges::any_of(service.chains, [&](const ChainCase& seen) {
    return seen.address == address && seen.verification.verdict == verify::Verdict::refuted;
  });
}

bool shown_with_sni(const Service& service, const Unnamed& probe) {
  return std::ranges::any_of(service.chains, [&](const ChainCase& seen) {
    return seen.address == probe.address && seen.chain.front() == probe.chain.front();
  });
}

bool any_chain_at(const Service& service, const std::string& address) {
  return std::ranges::any_of(service.chains,
                             [&](const ChainCase& seen) { return seen.address == address; });
}

Finding wrong_for_sni(const HostView& view, const Service& service) {
  return make_finding(
      Severity::critical, "sni-chain-wrong", {"S60", "O5"}, {},
      fmt::format(
          "Asked for {} (SNI), the server presents a certificate that no TLSA record matches; "
          "asked for no name, it presents one that matches. {} always send the name.",
          view.judgement.policy.base.to_string(), peers(service)),
      fmt::format("Configure the certificate that the records stand for also for the name {} (for "
                  "Postfix: tls_server_sni_maps), or remove the special case for that name.",
                  view.judgement.policy.base.to_string()));
}

Finding dependent(const Unnamed& probe) {
  if (probe.chain.empty())
    return make_finding(
        Severity::note, "sni-dependent", {"S61"}, {},
        fmt::format("Without a server name (SNI) the handshake fails ({}). Clients that "
                    "do not send one cannot connect with TLS.",
                    probe.failure));
  return make_finding(
      Severity::note, "sni-dependent", {"O5", "S60"}, {},
      fmt::format("Without a server name (SNI) the server presents another certificate, {}. DANE "
                  "clients send the name, so that is no fault.",
                  quoted(probe.chain.front().subject())));
}

}  // namespace

Findings sni_findings(const HostView& view, const Service& service) {
  std::vector<Placed> placed;
  for (const auto& probe : unnamed_probes(view)) {
    if (!any_chain_at(service, probe.address)) continue;
    if (!probe.chain.empty() && shown_with_sni(service, probe)) continue;
    const bool better =
        !probe.chain.empty() && chain_fails_at(service, probe.address) &&
        verify::judge_chain(request_for(service, probe.chain, service.records)).verdict ==
            verify::Verdict::authenticated;
    placed.push_back({probe.place, better ? wrong_for_sni(view, service) : dependent(probe)});
  }
  return merge_places(service.name, placed);
}

}  // namespace dane::check
