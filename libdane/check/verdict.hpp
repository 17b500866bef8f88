/// \file  The answer in one sentence.
#pragma once

#include <string>
#include <vector>

#include "libdane/check/findings.hpp"

namespace dane::check {

/// One host, with the findings that are its own.
struct HostResult {
  std::string name;
  smtp::HostOutcome outcome = smtp::HostOutcome::undetermined;
  Findings findings;
  bool some_chain_passes = false;  ///< a refuted host that some senders still accept
};

/// Would DANE senders deliver, and if not, why?
/// \param domain  the findings that belong to no host.
[[nodiscard]] std::string verdict_sentence(const smtp::DomainFacts& facts,
                                           const smtp::DomainJudgement& judgement,
                                           const std::vector<HostResult>& hosts,
                                           const Findings& domain);

/// "Yes: ..." with a word on the worst of the findings, if one is more than a note.
[[nodiscard]] std::string qualified(std::string yes, const std::vector<HostResult>& hosts,
                                    const Findings& domain);

/// "no TLSA record matches its certificate": why a host is as it is, from its worst finding.
[[nodiscard]] std::string short_reason(const Findings& findings);

}  // namespace dane::check
