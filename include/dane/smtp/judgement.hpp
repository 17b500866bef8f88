/// \file  Facts -> what a DANE sender would do with each host and with the domain.  Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dane/smtp/facts.hpp"
#include "dane/smtp/selection.hpp"
#include "dane/verify/verify.hpp"

namespace dane::smtp {

enum class HostOutcome {
  verified,     ///< every chain of every reachable address authenticates
  refuted,      ///< at least one does not, or TLS is not to be had though records exist.  O51, S15,
                ///< S36, S65
  unusable,     ///< records, none usable: TLS without authentication.  S12
  no_records,   ///< no TLSA records
  insecure,     ///< DANE does not apply: not signed
  undetermined  ///< lookup failed, or no address could be tested
};
[[nodiscard]] std::string to_string(HostOutcome);  ///< "no-records", ...

/// One probe, judged.
struct ChainJudgement {
  std::size_t probe = 0;  ///< index into HostFacts::probes
  verify::Verification verification;
};

struct HostJudgement {
  HostOutcome outcome = HostOutcome::undetermined;
  HostPolicy policy;
  std::vector<verify::RecordFate>
      fates;  ///< `matches`: union over all chains; per chain, see chains
  std::vector<ChainJudgement>
      chains;  ///< SNI probes that presented a chain; only when DANE applies
  std::vector<ChainJudgement>
      without_sni;  ///< the same for probes without SNI: no part in the outcome
  std::vector<std::size_t> failed_probes;  ///< indices into HostFacts::probes: tested and failing
  std::vector<std::size_t>
      missing_chains;  ///< probes that only show that no chain of that key type exists
  std::vector<std::size_t>
      untestable;  ///< could not be tested from here (route, 421, timeouts of connect)
};

struct DomainJudgement {
  std::optional<MxChoice> mx;        ///< none for --host
  std::vector<HostJudgement> hosts;  ///< same order as DomainFacts::hosts
};

struct JudgeOptions {
  tlsa::Profile profile = tlsa::Profile::smtp;
  bool check_ee_names = false;
  x509::Chain trusted;  ///< for usages 0 and 1 in Profile::any
  TimePoint at;
};

[[nodiscard]] DomainJudgement judge_domain(const DomainFacts& facts, const JudgeOptions& options);

}  // namespace dane::smtp
