/// \file  One sentence: what happens to mail, and why.
#pragma once

#include <string>

#include "libdane/policy/findings.hpp"

namespace dane::policy {

[[nodiscard]] std::string verdict_sentence(const Case& c);

}  // namespace dane::policy
