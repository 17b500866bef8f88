/// \file  One planted fault and what has to be said of it.
#pragma once

#include <string>
#include <vector>

#include "world.hpp"

namespace dane::test {

struct Scenario {
  std::string planted;  ///< in plain words
  std::string id;       ///< the finding
  Severity severity = Severity::note;
  std::vector<std::string> rules;    ///< all of them among the finding's
  std::vector<std::string> phrases;  ///< in subject, text or advice
  std::vector<std::string> also;     ///< other ids above note; all must be there, and no more
  report::Report report;
};

std::vector<Scenario> dns_scenarios();
std::vector<Scenario> rrset_scenarios();
std::vector<Scenario> chain_scenarios();
std::vector<Scenario> path_scenarios();
std::vector<Scenario> mistake_scenarios();
std::vector<Scenario> probe_scenarios();
std::vector<Scenario> rehearsal_scenarios();

}  // namespace dane::test
