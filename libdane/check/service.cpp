#include "libdane/check/service.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

ChainCase chain_case(const smtp::ProbeFacts& probe, const x509::Chain& chain,
                     verify::Verification verification) {
  const auto key_type = to_string(chain.front().key_type());
  return {.address = probe.request.endpoint.address.to_string(),
          .place = place_of(probe.request.endpoint) + " " + key_type,
          .key_type = key_type,
          .chain = chain,
          .verification = std::move(verification)};
}

const x509::Chain* presented_chain(const smtp::ProbeFacts& probe) {
  const auto* presented = std::get_if<probe::Presented>(&probe.result.outcome);
  return presented == nullptr || presented->chain.empty() ? nullptr : &presented->chain;
}

std::vector<ChainCase> chain_cases(const HostView& view) {
  std::vector<ChainCase> cases;
  for (const auto& judged : view.judgement.chains) {
    const auto& probe = view.host.probes.at(judged.probe);
    if (const auto* chain = presented_chain(probe))
      cases.push_back(chain_case(probe, *chain, judged.verification));
  }
  return cases;
}

/// Without DANE nothing is judged, but there is something to publish records for.
std::vector<ChainCase> unjudged_cases(const HostView& view) {
  std::vector<ChainCase> cases;
  for (const auto& probe : view.host.probes) {
    const auto* chain = presented_chain(probe);
    if (chain != nullptr && probe.request.server_name)
      cases.push_back(chain_case(probe, *chain, {}));
  }
  return cases;
}

/// What the other hosts of the run present, one entry a host and leaf.
std::vector<NamedChain> other_chains(const smtp::DomainFacts& facts, const smtp::HostFacts& self) {
  std::vector<NamedChain> chains;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& host : facts.hosts) {
    if (host.name == self.name && host.port == self.port) continue;
    for (const auto& probe : host.probes) {
      const auto* presented = std::get_if<probe::Presented>(&probe.result.outcome);
      if (presented == nullptr || presented->chain.empty()) continue;
      if (seen.emplace(host.name.to_string(), presented->chain.front().cert_sha256()).second)
        chains.push_back({host.name.to_string(), presented->chain});
    }
  }
  return chains;
}

/// A CNAME at the owner that leads to nothing: records cannot stand beside it.
std::string dead_alias(const HostView& view, const DomainName& owner) {
  for (const auto& lookup : view.host.tlsa) {
    const auto* none = std::get_if<Absent>(&lookup.outcome);
    if (lookup.owner == owner && none != nullptr && none->alias_target)
      return none->alias_target->to_string();
  }
  return {};
}

}  // namespace

const Found<dns::Answer>* found(const dns::LookupOutcome* outcome) {
  return outcome == nullptr ? nullptr : std::get_if<Found<dns::Answer>>(outcome);
}

bool is_from_wildcard(const dns::Answer& answer) {
  const auto& canonical = answer.canonical_name;
  return std::ranges::any_of(answer.signatures, [&](const dns::Signature& s) {
    return s.covered == dns::RecordType::tlsa && s.owner == canonical &&
           s.labels < canonical.labels().size();
  });
}

const dns::LookupOutcome* used_tlsa(const HostView& view) {
  if (!view.has_dane()) return nullptr;
  for (const auto& lookup : view.host.tlsa) {
    if (lookup.owner == view.judgement.policy.owner && found(&lookup.outcome) != nullptr)
      return &lookup.outcome;
  }
  return nullptr;
}

DomainName tlsa_owner(const HostView& view) {
  if (view.has_dane()) return view.judgement.policy.owner;
  if (!view.host.tlsa.empty()) return view.host.tlsa.front().owner;
  return tlsa::owner_name(view.host.port, "tcp", view.host.name).value_or(view.host.name);
}

Service make_service(const HostView& view) {
  const auto& judge = view.options.judge;
  Service service;
  service.name = view.name();
  const auto owner = tlsa_owner(view);
  service.owner = owner.to_string();
  service.alias_target = dead_alias(view, owner);
  if (const auto* answer = found(used_tlsa(view))) {
    if (!answer->value.aliases.empty())
      service.alias_target = answer->value.canonical_name.to_string();
    service.from_wildcard = is_from_wildcard(answer->value);
  }
  service.records = view.judgement.policy.records;
  service.truncated = view.judgement.policy.truncated_records;
  service.references = view.judgement.policy.references;
  if (service.references.empty()) service.references = {service.name};
  service.chains = view.has_dane() ? chain_cases(view) : unjudged_cases(view);
  if (view.has_dane()) service.others = other_chains(view.facts, view.host);
  for (const auto index : view.judgement.untestable) {
    auto address = view.host.probes.at(index).request.endpoint.address.to_string();
    if (std::ranges::find(service.untested, address) == service.untested.end())
      service.untested.push_back(std::move(address));
  }
  for (const auto& probe : view.host.probes) {
    const auto* chain = presented_chain(probe);
    if (chain != nullptr && !probe.request.server_name) service.unnamed.push_back(*chain);
  }
  service.profile = judge.profile;
  service.check_ee_names = judge.check_ee_names;
  service.trusted = judge.trusted;
  service.at = judge.at;
  service.warn_days = view.options.warn_days;
  service.only_host = view.facts.hosts.size() <= 1;
  service.mail = view.host.protocol == probe::Protocol::smtp;
  return service;
}

verify::Request request_for(const Service& service, const x509::Chain& chain,
                            std::vector<tlsa::Record> records) {
  return {.chain = chain,
          .records = std::move(records),
          .names = service.references,
          .profile = service.profile,
          .check_ee_names = service.check_ee_names,
          .trusted = service.trusted,
          .at = service.at};
}

bool matches_in_place(const tlsa::Record& record, const verify::RecordFate& fate) {
  return std::ranges::any_of(fate.matches,
                             [&](std::size_t position) { return looks_at(record, position); });
}

std::vector<x509::Chain> distinct_chains(const Service& service, bool refused_only) {
  std::vector<x509::Chain> chains;
  for (const auto& seen : service.chains) {
    if (refused_only && seen.verification.verdict != verify::Verdict::refuted) continue;
    if (std::ranges::find(chains, seen.chain) == chains.end()) chains.push_back(seen.chain);
  }
  return chains;
}

std::vector<x509::Chain> chains_to_serve(const Service& service) {
  auto chains = distinct_chains(service);
  if (!service.coming.empty() && std::ranges::find(chains, service.coming) == chains.end())
    chains.push_back(service.coming);
  return chains;
}

std::vector<std::size_t> signature_path(const x509::Chain& chain) {
  std::vector<std::size_t> path;
  if (chain.empty()) return path;
  path.push_back(0);
  while (!chain[path.back()].is_self_issued()) {
    const auto& child = chain[path.back()];
    std::size_t next = 0;
    for (std::size_t i = 1; i < chain.size() && next == 0; ++i) {
      if (std::ranges::find(path, i) != path.end()) continue;
      if (chain[i].subject() == child.issuer() && child.is_signed_by(chain[i])) next = i;
    }
    if (next == 0) break;
    path.push_back(next);
  }
  return path;
}

}  // namespace dane::check
