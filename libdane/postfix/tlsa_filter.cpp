#include "libdane/postfix/tlsa_filter.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/core.h>

#include "dane/postfix/settings.hpp"

#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

using tlsa::CertificateUsage;
using tlsa::MatchingType;
using tlsa::Record;
using tlsa::Selector;

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
  // Postfix puts each record before the last one, and OpenSSL complains in that order.
  std::reverse(kept.records.begin(), kept.records.end());
  return kept;
}

/// tls_dane_digests as matching types, the preferred one first: "sha512 sha256 blake=3".
std::vector<int> digest_preference(std::string_view digests) {
  std::vector<int> types;
  for (const auto& token : split_list(digests, false)) {
    const auto equals = token.find('=');
    const std::string name = token.substr(0, equals);
    if (equals != std::string::npos) {
      const std::string number = token.substr(equals + 1);
      if (!number.empty() && number.size() <= 3 &&
          number.find_first_not_of("0123456789") == std::string::npos)
        types.push_back(std::stoi(number));
    } else if (same_word(name, "sha256")) {
      types.push_back(1);
    } else if (same_word(name, "sha512")) {
      types.push_back(2);
    }
  }
  return types;
}

/// The versions up to 3.5, which need no OpenSSL for this.
class OwnFilter {
 public:
  OwnFilter(const std::string& owner, std::string_view digests)
      : owner_(owner), preference_(digest_preference(digests)) {}

  /// By usage, selector, preferred matching type (in full first), then data.
  [[nodiscard]] bool is_before(const Record& a, const Record& b) const {
    const auto key = [&](const Record& r) {
      return std::tuple(r.usage, r.selector, rank(r.matching_type), r.association_data.size());
    };
    if (key(a) != key(b)) return key(a) < key(b);
    return a.association_data < b.association_data;
  }

  [[nodiscard]] std::optional<std::string> complaint(const Record& r) const {
    const int usage = static_cast<int>(r.usage), selector = static_cast<int>(r.selector),
              type = static_cast<int>(r.matching_type);
    const std::string place = fmt::format("{} IN TLSA", owner_);
    if (usage < 1 || usage > 3)
      return fmt::format("unsupported certificate usage {} in RR: {} {} ...", usage, place, usage);
    if (selector > 1)
      return fmt::format("unsupported selector {} in RR: {} {} {} ...", selector, place, usage,
                         selector);
    const std::string in_rr = fmt::format("in RR: {} {} {} {} ...", place, usage, selector, type);
    if (type == 0) return fault_of_full_data(r, in_rr);
    if (rank(r.matching_type) > preference_.size())
      return fmt::format("unsupported matching type {} {}", type, in_rr);
    const std::size_t size = r.association_data.size();
    if ((type == 1 && size != 32) || (type == 2 && size != 64))
      return fmt::format("malformed {} digest, length {}, {}", type == 1 ? "sha256" : "sha512",
                         size, in_rr);
    return std::nullopt;
  }

 private:
  /// 0 for data in full, then by preference; what is not known comes last.
  [[nodiscard]] std::size_t rank(MatchingType type) const {
    if (type == MatchingType::full) return 0;
    const auto at = std::find(preference_.begin(), preference_.end(), static_cast<int>(type));
    return static_cast<std::size_t>(at - preference_.begin()) + 1;
  }

  static std::optional<std::string> fault_of_full_data(const Record& r, const std::string& in_rr) {
    if (!tlsa::usability(r, tlsa::Profile::any)) return std::nullopt;
    return fmt::format("malformed {} {}",
                       r.selector == Selector::cert ? "certificate" : "public key", in_rr);
  }

  const std::string& owner_;
  std::vector<int> preference_;
};

FilteredRecords filter_by_own_means(std::vector<Record> records, const std::string& owner,
                                    std::string_view digests) {
  const OwnFilter filter(owner, digests);
  std::stable_sort(records.begin(), records.end(),
                   [&](const Record& a, const Record& b) { return filter.is_before(a, b); });
  FilteredRecords kept;
  for (auto& record : records) {
    if (const auto complaint = filter.complaint(record)) {
      kept.complaints.push_back(*complaint);
      continue;
    }
    if (record.usage == CertificateUsage::pkix_ee) record.usage = CertificateUsage::dane_ee;
    kept.records.push_back(std::move(record));
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
