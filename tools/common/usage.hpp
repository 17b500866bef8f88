/// \file  Usage errors: one clear line, a hint, exit status 3.
#pragma once

#include <string>

#include "dane/core/error.hpp"

namespace dane::tools {

[[nodiscard]] inline tl::unexpected<Error> usage_error(std::string what, std::string remedy) {
  return fail("usage", std::move(what), {}, std::move(remedy));
}

}  // namespace dane::tools
