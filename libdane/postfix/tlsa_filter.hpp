/// \file  Postfix's own sieve for TLSA records of DNS, before OpenSSL sees any.  P26
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/version.hpp"
#include "dane/tlsa/record.hpp"

namespace dane::postfix {

struct FilteredRecords {
  std::vector<tlsa::Record> records;    ///< what is left
  std::vector<std::string> complaints;  ///< without "warning: "
};
/// 3.6 and later drop usages 0 and 1 and matching type 255 and leave the rest to OpenSSL; earlier
/// versions judge all of a record, and take usage 1 for 3.
/// \param owner  printable: "_25._tcp.mx.example.com".  \param digests  tls_dane_digests.
[[nodiscard]] FilteredRecords filter_records(const std::vector<tlsa::Record>& records,
                                             const std::string& owner, MatchEra era,
                                             std::string_view digests);

}  // namespace dane::postfix
