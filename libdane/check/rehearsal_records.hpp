/// \file  Which records the coming certificate needs, and which it makes needless.
#pragma once

#include <vector>

#include "libdane/check/service.hpp"

namespace dane::check {

// All of a service with a chain that comes.

/// The new chain's key is presented already.
[[nodiscard]] bool same_key_as_now(const Service& service);

/// Records to publish beside the present ones before the new chain goes live.  O34, S57
[[nodiscard]] std::vector<tlsa::Record> records_to_add(const Service& service);

/// Records that stand for what is served now and not for what comes.
[[nodiscard]] std::vector<tlsa::Record> obsolete_records(const Service& service);

}  // namespace dane::check
