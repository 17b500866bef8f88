/// \file  From which release on something holds.  Internal to postfix.
#pragma once

#include <string_view>

#include "dane/postfix/version.hpp"

namespace dane::postfix {

/// \param releases  "2.9.14 2.10.8 3.0.2 3.1": the patch releases of branches that got it late, and
/// last the release from which every branch has it.
[[nodiscard]] bool since(const Version& version, std::string_view releases);

}  // namespace dane::postfix
