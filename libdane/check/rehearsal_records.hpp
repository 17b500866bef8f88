/// \file  Which records a new certificate needs, and which it makes needless.
#pragma once

#include <vector>

#include "libdane/check/service.hpp"

namespace dane::check {

/// The new chain's key is presented already.
[[nodiscard]] bool same_key_as_now(const Service& service, const x509::Chain& coming);

/// Records to publish beside the present ones before `coming` goes live: with all of them the
/// chains that are presented now pass too, whichever digests a client knows.  O34, S57
[[nodiscard]] std::vector<tlsa::Record> records_to_add(const Service& service,
                                                       const x509::Chain& coming);

/// Records that stand for what is served now and not for what comes.
[[nodiscard]] std::vector<tlsa::Record> obsolete_records(const Service& service,
                                                         const x509::Chain& coming);

}  // namespace dane::check
