/// \file  What the offline modes of the tools share: a chain and TLSA records in the place of the
/// network.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/tlsa/record.hpp"
#include "dane/x509/certificate.hpp"

#include "tools/common/common_options.hpp"

namespace dane::tools {

/// Refuses the common options that only a run with a network has.
[[nodiscard]] Result<void> refuse_network_options(std::string_view with, const CommonArguments& a);

[[nodiscard]] Result<void> refuse_missing_chain(const std::optional<std::string>& file);
/// The chain of --chain, leaf first.
[[nodiscard]] Result<x509::Chain> read_chain(const std::string& file, Deadline deadline);

/// At most 1000 --tlsa.
[[nodiscard]] Result<void> refuse_many_records(const std::vector<std::string>& records);
/// One --tlsa: a line of a zone, or "3 1 1 HEX"; quotes that came along do no harm.
[[nodiscard]] Result<tlsa::ZoneRecord> parse_record_argument(const std::string& text);

}  // namespace dane::tools
