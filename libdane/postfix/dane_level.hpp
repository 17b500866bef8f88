/// \file  What becomes of the levels dane and dane-only, in the order in which Postfix finds out.
/// P26-P29
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/postfix/effective_policy.hpp"

namespace dane::postfix {

/// The refusal of all that is wrong with the configuration: 4.7.5, and 4.7.0 up to 2.10.
[[nodiscard]] Refused configuration_problem(const Features& features);

struct DaneDecision {
  Level level = Level::dane;          ///< effective
  std::optional<Refused> refused;     ///< then nothing else counts
  std::vector<tlsa::Record> records;  ///< while a DANE level is left
  std::vector<std::string> warnings;  ///< log lines
  std::string because;                ///< a sentence where the level is not the wanted one
};
/// \param wanted  dane or dane_only.
[[nodiscard]] DaneDecision decide_dane(Level wanted, const Destination& destination,
                                       const std::string& hostname, const Settings& settings,
                                       const DaneFacts& dns);

}  // namespace dane::postfix
