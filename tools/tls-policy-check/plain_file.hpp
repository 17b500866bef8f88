/// \file  A configuration file as text.
#pragma once

#include <filesystem>
#include <string>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"

namespace dane::tools::tls_policy_check {

inline constexpr std::size_t most_file_octets = 64U << 20U;

/// \return `file-unreadable`, `file-timeout`, `file-too-large`.
[[nodiscard]] Result<std::string> read_plain_file(const std::filesystem::path& file,
                                                  Deadline deadline);

}  // namespace dane::tools::tls_policy_check
