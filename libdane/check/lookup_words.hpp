/// \file  Findings about lookups that failed: never "no record".
#pragma once

#include <string>
#include <vector>

#include "dane/dns/records.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

struct NamedFailure {
  std::string question;  ///< "mx1.example.com A"
  Failed failed;
};

/// Failures of the same sort become one finding.  A resolver that does not validate cannot call
/// anything bogus: then that is a failed lookup like any other.
[[nodiscard]] Findings failure_findings(const std::vector<NamedFailure>& failures,
                                        const std::string& subject, const Rules& rules,
                                        bool resolver_validates);

}  // namespace dane::check
