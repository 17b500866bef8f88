/// \file  The makers of findings, one a subject.  All pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/finding.hpp"

#include "libdane/check/service.hpp"

namespace dane::check {

using Findings = std::vector<Finding>;

[[nodiscard]] inline bool has_finding(const Findings& findings, std::string_view id) {
  return std::ranges::any_of(findings, [&](const Finding& finding) { return finding.id == id; });
}

/// Can anything said about DNSSEC be trusted?  S4.
enum class ResolverState {
  validates,
  strips_dnssec,  ///< or does not validate, or the trust anchor is another
  fails           ///< not known: it does not bring the root's SOA at all
};
[[nodiscard]] ResolverState resolver_state(const smtp::DomainFacts& facts);
[[nodiscard]] bool resolver_validates(const smtp::DomainFacts& facts);
/// The answer where nothing can be judged; empty where it can.
[[nodiscard]] std::string resolver_sentence(const smtp::DomainFacts& facts);

// The domain as a whole.
[[nodiscard]] Findings resolver_findings(const smtp::DomainFacts& facts);
[[nodiscard]] Findings mx_findings(const smtp::DomainFacts& facts,
                                   const smtp::DomainJudgement& judgement,
                                   const CheckOptions& options);
[[nodiscard]] Findings mx_signature_findings(const smtp::DomainFacts& facts,
                                             const smtp::DomainJudgement& judgement,
                                             const CheckOptions& options);
[[nodiscard]] Findings coverage_findings(const smtp::DomainFacts& facts,
                                         const smtp::DomainJudgement& judgement,
                                         const CheckOptions& options);
[[nodiscard]] Findings misplaced_findings(const smtp::DomainFacts& facts,
                                          const std::vector<Service>& services);

// One host's lookups.
[[nodiscard]] Findings lookup_findings(const HostView& view);
[[nodiscard]] Findings address_findings(const HostView& view);
[[nodiscard]] Findings applicability_findings(const HostView& view, const Service& service);
[[nodiscard]] Findings signature_findings(const HostView& view);
[[nodiscard]] Findings answer_findings(const HostView& view);

// The TLSA RRset.
[[nodiscard]] Findings rrset_findings(const Service& service, bool agility_trap);
/// Of its digests: SHA-512 alone, none at all, or different objects under SHA-256 and SHA-512.
/// \param agility_trap  the last of them was told already, where it hurts.
[[nodiscard]] Findings digest_findings(const Service& service, bool agility_trap);

// Chains.
/// Why this chain is refused: the best diagnoses; subjects empty.  Nothing for other verdicts.
[[nodiscard]] Findings diagnose(const Service& service, const ChainCase& chain);
[[nodiscard]] Findings chain_findings(const Service& service);
[[nodiscard]] Findings expiry_findings(const Service& service);
[[nodiscard]] Findings contrast_findings(const HostView& view, const Service& service);
/// \param chains  what chain_findings() and sni_findings() said.
[[nodiscard]] Findings mistake_findings(const Service& service, const Findings& chains);
/// Chains presented without SNI.
[[nodiscard]] Findings sni_findings(const HostView& view, const Service& service);
[[nodiscard]] Findings verified_findings(const HostView& view, const Service& service);

// Probes that brought no chain.
[[nodiscard]] Findings probe_findings(const HostView& view);
[[nodiscard]] Findings absent_chain_findings(const HostView& view);
[[nodiscard]] Findings reach_findings(const HostView& view);
/// Nothing could be reached, and neither could a well-known mail host.
[[nodiscard]] bool port_blocked_here(const smtp::DomainFacts& facts);
[[nodiscard]] Findings blocked_findings(const smtp::DomainFacts& facts);

}  // namespace dane::check
