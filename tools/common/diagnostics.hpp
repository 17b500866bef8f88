/// \file  What a tool says on standard error, and how it ends when it could not do its work.
#pragma once

#include <string_view>

#include "dane/core/error.hpp"

namespace dane::tools {

inline constexpr int exit_unknown = 3;  ///< usage errors and unreadable input, too

/// "tool: error: WHERE: WHAT" and, when there is a remedy, "tool: hint: REMEDY".
void print_error(std::string_view tool, const Error& error);
void print_warning(std::string_view tool, std::string_view text);

}  // namespace dane::tools
