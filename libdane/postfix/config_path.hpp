/// \file  Paths of a configuration that may be a copy, and how long to wait for a file.  Internal
/// to postfix.
#pragma once

#include <chrono>
#include <filesystem>
#include <system_error>

#include "dane/core/clock.hpp"

namespace dane::postfix {

/// `path`, below `prefix` where it is absolute and there is a prefix.  "-" is a file like others.
[[nodiscard]] inline std::filesystem::path below(const std::filesystem::path& prefix,
                                                 const std::filesystem::path& path) {
  if (path == "-") return "./-";
  if (prefix.empty() || !path.is_absolute()) return path;
  return prefix / path.relative_path();
}

/// What may have no end, or none soon.
[[nodiscard]] inline bool is_special_file(const std::filesystem::path& file) {
  std::error_code none;
  return std::filesystem::is_fifo(file, none) ||
         (std::filesystem::is_character_file(file, none) && file != "/dev/null");
}

/// A slow disk must not hold us up.
[[nodiscard]] inline Deadline default_deadline() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(5);
}

}  // namespace dane::postfix
