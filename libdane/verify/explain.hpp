/// \file  The explanation's inner steps, shared by predict() and judge_chain().
#pragma once

#include <string>
#include <vector>

#include "dane/verify/verify.hpp"

namespace dane::verify {

/// predict(), with one sentence a step appended to `steps` where given.
[[nodiscard]] Prediction predict_stepwise(const Request& request,
                                          const std::vector<RecordFate>& fates,
                                          std::vector<std::string>* steps);

/// "3 1 1 ab12cd34...": a record in a sentence.
[[nodiscard]] std::string brief(const tlsa::Record& record);

/// One sentence a record: usable or why not, set aside or not, equal to what.
[[nodiscard]] std::vector<std::string> describe_fates(const Request& request,
                                                      const std::vector<RecordFate>& fates);

/// Why the request cannot be judged at all; empty when it can.
[[nodiscard]] std::string request_fault(const Request& request);

}  // namespace dane::verify
