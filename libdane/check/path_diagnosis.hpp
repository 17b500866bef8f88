/// \file  Why the path from the leaf to a matching record is refused: names, dates, signatures,
/// constraints.
#pragma once

#include <optional>

#include "libdane/check/findings.hpp"

namespace dane::check {

/// A record names the leaf or a CA above it, and still the chain is refused.  Empty: no record
/// does.
[[nodiscard]] Findings path_faults(const Service& service, const ChainCase& seen);

/// The pinned CA is sent, but it is not on the leaf's path.
[[nodiscard]] std::optional<Finding> ca_beside_path(const Service& service, const ChainCase& seen);

}  // namespace dane::check
