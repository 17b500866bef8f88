/// \file  The main job: facts and judgement -> findings with advice -> a report.  Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/report/report.hpp"
#include "dane/smtp/facts.hpp"
#include "dane/smtp/judgement.hpp"

namespace dane::check {

/// The certificate that is about to go live (DOMAIN --cert ... [--key ...]).
struct Rehearsal {
  x509::Chain chain;
  std::string source;                              ///< file name, printable
  std::optional<bool> key_belongs = std::nullopt;  ///< --key: is it the leaf's?  None: not given
};

struct CheckOptions {
  smtp::JudgeOptions judge;
  bool require_dane = false;  ///< absence is critical
  int warn_days = 14;         ///< --days: dates that a TA match needs
  std::optional<Rehearsal> rehearsal;
};

/// Judges one domain (or service) and explains: appends to `report` its subjects, its DomainRow
/// and its findings.  Finding ids: man/tlsa-check.1.
void check_domain(report::Report& report, const smtp::DomainFacts& facts,
                  const CheckOptions& options);

/// The offline mode: one chain, records, names.
void check_offline(report::Report& report, const verify::Request& request,
                   const std::string& source, const CheckOptions& options);

/// One id, its severity, and what it means: what the manual page lists.
struct FindingInfo {
  std::string_view id;
  std::string_view meaning;
};
[[nodiscard]] const std::vector<FindingInfo>& finding_catalogue();

}  // namespace dane::check
