#include "libdane/postfix/tlsa_filter.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/core.h>

#include "dane/postfix/peer.hpp"

#include "libdane/postfix/digests.hpp"
#include "libdane/postfix/log_lines.hpp"

namespace dane::postfix {
namespace {

using tlsa::CertificateUsage;
using tlsa::MatchingType;
using tlsa::Record;

std::optional<std::string> complaint_of_openssl_eras(const Record& record) {
  if (record.usage != CertificateUsage::dane_ta && record.usage != CertificateUsage::dane_ee)
    return "unsupported TLSA certificate usage";
  if (record.matching_type == MatchingType::priv_match) return "reserved private-use matching type";
  return std::nullopt;
}

FilteredRecords filter_for_openssl(const std::vector<Record>& records, const std::string& owner) {
  FilteredRecords kept;
  for (const auto& record : records) {
    if (const auto complaint = complaint_of_openssl_eras(record))
      kept.complaints.push_back(fmt::format("{} {}: {}", owner, *complaint, record_dump(record)));
    else
      kept.records.push_back(record);
  }
  return kept;
}

/// The order in which the versions up to 3.5 sort an RRset: usage, selector, data in full, then the
/// digests by preference.
bool is_before(const Record& a, const Record& b, const std::vector<DaneDigest>& digests) {
  const auto rank = [&](const Record& r) {
    const auto type = static_cast<unsigned>(r.matching_type);
    const auto at = std::find_if(digests.begin(), digests.end(),
                                 [&](const DaneDigest& d) { return d.matching_type == type; });
    return type == 0 ? 0 : 1 + (at - digests.begin());
  };
  const auto key = [&](const Record& r) {
    return std::tuple(r.usage, r.selector, rank(r), r.association_data.size());
  };
  if (key(a) != key(b)) return key(a) < key(b);
  return a.association_data < b.association_data;
}

/// `unsupported selector 7 in RR: OWNER IN TLSA 3 7 ...`: the fields up to the one at fault.
std::string own_complaint(const std::string& fault, const Record& record,
                          const std::string& owner) {
  const int usage = static_cast<int>(record.usage), selector = static_cast<int>(record.selector);
  std::string fields = std::to_string(usage);
  if (usage >= 1 && usage <= 3) {
    fields += fmt::format(" {}", selector);
    if (selector <= 1) fields += fmt::format(" {}", static_cast<int>(record.matching_type));
  }
  return fmt::format("{} RR: {} IN TLSA {} ...", fault, owner, fields);
}

FilteredRecords filter_by_own_means(std::vector<Record> records, const std::string& owner,
                                    std::string_view dane_digests) {
  const auto digests = parse_dane_digests(dane_digests);
  std::stable_sort(records.begin(), records.end(),
                   [&](const Record& a, const Record& b) { return is_before(a, b, digests); });
  FilteredRecords kept;
  for (const auto& record : records) {
    Record taken = record;
    if (taken.usage == CertificateUsage::pkix_ee) taken.usage = CertificateUsage::dane_ee;
    if (const auto fault = own_tlsa_fault(taken, dane_digests))
      kept.complaints.push_back(own_complaint(*fault, record, owner));
    else
      kept.records.push_back(std::move(taken));
  }
  return kept;
}

}  // namespace

FilteredRecords filter_records(const std::vector<Record>& records, const std::string& owner,
                               MatchEra era, std::string_view digests) {
  return era == MatchEra::own ? filter_by_own_means(records, owner, digests)
                              : filter_for_openssl(records, owner);
}

}  // namespace dane::postfix
