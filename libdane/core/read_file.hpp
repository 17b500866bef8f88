/// \file  A file or standard input, read to its end in bounded space and time.  Internal.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "dane/core/bytes.hpp"
#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"

namespace dane {

/// How errors name the input: the path made printable, "standard input" for "-".
[[nodiscard]] std::string input_name(const std::filesystem::path& file);

/// All octets of a file, "-" for standard input; what is longer than `limit` is cut after one octet
/// more, so that the caller sees it.  A pipe or a terminal is waited for until the deadline: a FIFO
/// without a writer has no end.
/// \return `file-unreadable` or `file-timeout`, with input_name() in `where`.
[[nodiscard]] Result<Bytes> read_to_end(const std::filesystem::path& file, std::size_t limit,
                                        Deadline deadline);

}  // namespace dane
