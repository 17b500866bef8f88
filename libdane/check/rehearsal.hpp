/// \file  The renewal rehearsal: would the chain that is about to go live pass?
#pragma once

#include <vector>

#include "dane/report/report.hpp"

#include "libdane/check/findings.hpp"

namespace dane::check {

/// Which hosts the new chain is tried for: those that its certificate names; all when it names
/// none.
struct RehearsalScope {
  std::vector<bool> hosts;            ///< same order as DomainFacts::hosts
  bool named = false;                 ///< the certificate names at least one host
  std::vector<std::string> left_out;  ///< names of the others
};
[[nodiscard]] RehearsalScope rehearsal_scope(const smtp::DomainFacts& facts,
                                             const smtp::DomainJudgement& judgement,
                                             const Rehearsal& rehearsal);

/// The new chain against the validated RRset and that of each authoritative server.
struct HostRehearsal {
  Findings findings;
  std::vector<report::AuthorityRow> authorities;
};
/// \param service  of the host, with the records that are validated now.
[[nodiscard]] HostRehearsal rehearse(const HostView& view, const Service& service,
                                     const RehearsalScope& scope);

/// No host, nothing to rehearse for.
[[nodiscard]] Findings hostless_findings(const smtp::DomainFacts& facts,
                                         const Rehearsal& rehearsal);
[[nodiscard]] Findings file_findings(const Rehearsal& rehearsal, TimePoint at);

}  // namespace dane::check
