/// \file  A program run to its end, with bounds: postconf and postmap.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"

namespace dane::tools::tls_policy_check {

struct Finished {
  int status = 0;  ///< exit status; 128 + N after signal N
  std::string out;
  std::string err;
};

inline constexpr std::size_t most_output = 64U << 20U;

/// Runs argv[0] (a path) with `input` on its standard input.  The child is killed at the deadline
/// and when it writes more than most_output.  \return `program-missing`, `program-timeout`,
/// `program-output`, `program-failed` (no process to be had).
[[nodiscard]] Result<Finished> run_program(const std::vector<std::string>& argv,
                                           std::string_view input, Deadline deadline);

/// The first of $PATH and the folders where Postfix's programs use to stand; empty: not installed.
[[nodiscard]] std::string find_program(std::string_view name);

}  // namespace dane::tools::tls_policy_check
