/// \file  Paths of a configuration that may be a copy, and how long to wait for a file.  Internal
/// to postfix.
#pragma once

#include <chrono>
#include <filesystem>

#include "dane/core/clock.hpp"

namespace dane::postfix {

/// `path`, below `prefix` where it is absolute and there is a prefix.  "-" is a file like others.
[[nodiscard]] inline std::filesystem::path below(const std::filesystem::path& prefix,
                                                 const std::filesystem::path& path) {
  if (path == "-") return "./-";
  if (prefix.empty() || !path.is_absolute()) return path;
  return prefix / path.relative_path();
}

/// A FIFO in place of a file must not hold us up.
[[nodiscard]] inline Deadline default_deadline() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(5);
}

}  // namespace dane::postfix
