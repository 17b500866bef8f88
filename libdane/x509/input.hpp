/// \file  Files and their PEM blocks.  Internal to x509.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "dane/core/bytes.hpp"
#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"

#include "libdane/core/read_file.hpp"

namespace dane::x509 {

/// All octets of a file, "-" for standard input; at most max_input_octets.
/// \return `file-unreadable`, `file-timeout`, `input-empty`, `input-too-large`.
[[nodiscard]] Result<Bytes> read_input(const std::filesystem::path& file, Deadline deadline);

/// The octets as they are, for looking at text.
[[nodiscard]] std::string_view as_text(ByteView octets);

/// One "-----BEGIN LABEL-----" to its END line.
struct PemBlock {
  std::string_view label;
  std::string_view text;  ///< from the BEGIN line to the END line, or to where it breaks off
  std::size_t line = 0;   ///< of the BEGIN line, from 1
  bool complete = false;  ///< the END line is there
  bool indented =
      false;  ///< a byte order mark or blanks stand before BEGIN: OpenSSL skips such a block
};

/// The blocks of a PEM text; everything between them is skipped.  RFC 7468 section 2.
[[nodiscard]] std::vector<PemBlock> find_pem_blocks(std::string_view text);

/// The octets of a block.  \return `pem-invalid` with the reason.
[[nodiscard]] Result<Bytes> decode_pem(const PemBlock& block);

/// Does this look like DER rather than text?
[[nodiscard]] bool looks_like_der(ByteView input);

}  // namespace dane::x509
