/// \file  Facts -> what a DANE sender would do with each host.
#include "dane/smtp/judgement.hpp"

#include <algorithm>
#include <utility>

#include "libdane/smtp/probe_class.hpp"

namespace dane::smtp {
namespace {

using verify::Verdict;

/// Judges each distinct chain once: ten addresses mostly show the same one.
class ChainJudge {
 public:
  ChainJudge(const HostPolicy& policy, const JudgeOptions& options) {
    request_.records = policy.records;
    request_.names = policy.references;
    request_.profile = options.profile;
    request_.check_ee_names = options.check_ee_names;
    request_.trusted = options.trusted;
    request_.at = options.at;
  }

  const verify::Verification& judge(const x509::Chain& chain) {
    const auto known = std::find_if(judged_.begin(), judged_.end(),
                                    [&](const auto& entry) { return *entry.first == chain; });
    if (known != judged_.end()) return known->second;
    request_.chain = chain;
    judged_.emplace_back(&chain, verify::judge_chain(request_));
    return judged_.back().second;
  }

 private:
  verify::Request request_;
  std::vector<std::pair<const x509::Chain*, verify::Verification>> judged_;
};

/// Fates as far as the records alone decide them.
std::vector<verify::RecordFate> fates_without_chain(const std::vector<tlsa::Record>& records,
                                                    tlsa::Profile profile) {
  std::vector<verify::RecordFate> fates(records.size());
  std::vector<bool> usable;
  for (std::size_t i = 0; i < records.size(); ++i) {
    fates[i].unusable = tlsa::usability(records[i], profile);
    usable.push_back(!fates[i].unusable);
  }
  const auto set_aside = tlsa::set_aside_by_agility(records, usable);
  for (std::size_t i = 0; i < records.size(); ++i) fates[i].set_aside_by_agility = set_aside[i];
  return fates;
}

void add_matches(std::vector<verify::RecordFate>& fates,
                 const std::vector<verify::RecordFate>& of_chain) {
  for (std::size_t i = 0; i < fates.size() && i < of_chain.size(); ++i) {
    auto& all = fates[i].matches;
    all.insert(all.end(), of_chain[i].matches.begin(), of_chain[i].matches.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }
}

void sort_probes(HostJudgement& judgement, const HostFacts& host, const JudgeOptions& options) {
  const bool dane = judgement.policy.applicability == Applicability::dane;
  const auto classes = classify_probes(host.probes);
  ChainJudge judge(judgement.policy, options);
  for (std::size_t i = 0; i < host.probes.size(); ++i) {
    const bool with_sni = host.probes[i].request.server_name.has_value();
    switch (classes[i]) {
      case ProbeClass::presented:
        if (dane) {
          const auto& chain = std::get<probe::Presented>(host.probes[i].result.outcome).chain;
          (with_sni ? judgement.chains : judgement.without_sni).push_back({i, judge.judge(chain)});
        }
        break;
      // Senders always send SNI: what happens without it decides nothing.
      case ProbeClass::failed:
        if (with_sni) judgement.failed_probes.push_back(i);
        break;
      case ProbeClass::missing_chain:
        if (with_sni) judgement.missing_chains.push_back(i);
        break;
      case ProbeClass::untestable:
        if (with_sni) judgement.untestable.push_back(i);
        break;
    }
  }
  for (const auto& chain : judgement.chains) add_matches(judgement.fates, chain.verification.fates);
}

bool any_chain(const HostJudgement& judgement, Verdict verdict) {
  return std::any_of(judgement.chains.begin(), judgement.chains.end(),
                     [&](const auto& chain) { return chain.verification.verdict == verdict; });
}

/// For a host to which DANE applies.
HostOutcome outcome_of_dane_host(const HostJudgement& judgement) {
  // Usable records or not: without TLS there is no delivery.  S15, S36, O51, S65
  if (!judgement.failed_probes.empty() || any_chain(judgement, Verdict::refuted))
    return HostOutcome::refuted;
  const bool all_unusable = std::all_of(judgement.fates.begin(), judgement.fates.end(),
                                        [](const auto& fate) { return fate.unusable.has_value(); });
  if (all_unusable) return HostOutcome::unusable;  // S12
  const bool all_authenticated = std::all_of(
      judgement.chains.begin(), judgement.chains.end(),
      [](const auto& chain) { return chain.verification.verdict == Verdict::authenticated; });
  // Addresses that could not be tested do not spoil what the others show; the report names them.
  return all_authenticated && !judgement.chains.empty() ? HostOutcome::verified
                                                        : HostOutcome::undetermined;
}

HostOutcome outcome_of(const HostJudgement& judgement) {
  switch (judgement.policy.applicability) {
    case Applicability::dane:
      return outcome_of_dane_host(judgement);
    case Applicability::no_records:
      return HostOutcome::no_records;
    case Applicability::insecure:
      return HostOutcome::insecure;
    case Applicability::lookup_failed:
    case Applicability::unreachable:
      return HostOutcome::undetermined;
  }
  return HostOutcome::undetermined;
}

HostJudgement judge_one(const DomainFacts& facts, const std::optional<MxChoice>& choice,
                        const HostFacts& host, const JudgeOptions& options) {
  HostJudgement judgement;
  judgement.policy = judge_host(facts.domain, choice, host);
  judgement.fates = fates_without_chain(judgement.policy.records, options.profile);
  sort_probes(judgement, host, options);
  judgement.outcome = outcome_of(judgement);
  return judgement;
}

}  // namespace

std::string to_string(HostOutcome outcome) {
  switch (outcome) {
    case HostOutcome::verified:
      return "verified";
    case HostOutcome::refuted:
      return "refuted";
    case HostOutcome::unusable:
      return "unusable";
    case HostOutcome::no_records:
      return "no-records";
    case HostOutcome::insecure:
      return "insecure";
    case HostOutcome::undetermined:
      return "undetermined";
  }
  return "unknown";
}

DomainJudgement judge_domain(const DomainFacts& facts, const JudgeOptions& options) {
  DomainJudgement judgement;
  if (facts.mx) judgement.mx = choose_hosts(facts.domain, *facts.mx);
  for (const auto& host : facts.hosts) {
    judgement.hosts.push_back(judge_one(facts, judgement.mx, host, options));
  }
  return judgement;
}

}  // namespace dane::smtp
