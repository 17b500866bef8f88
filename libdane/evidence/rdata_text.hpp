/// \file  RDATA for people who read an evidence file; never read back.  Internal.
#pragma once

#include <string>

#include "dane/dns/records.hpp"

namespace dane::evidence {

/// "10 mx1.example.com", "3 1 1 8d02..."; empty for types without a form here and for RDATA that
/// does not decode.
[[nodiscard]] std::string rdata_text(dns::RecordType type, const Bytes& rdata);

}  // namespace dane::evidence
