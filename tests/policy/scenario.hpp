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
  std::vector<std::string> phrases;  ///< in subject, text or advice
  std::vector<std::string> also;     ///< other ids above note; all must be there, and no more
  std::vector<Finding> findings;
};

std::vector<Scenario> delivery_scenarios();
std::vector<Scenario> refusal_scenarios();
std::vector<Scenario> route_scenarios();
std::vector<Scenario> main_cf_scenarios();
std::vector<Scenario> list_scenarios();
std::vector<Scenario> entry_scenarios();

}  // namespace dane::test
