#include "libdane/check/rehearsal_records.hpp"

#include <algorithm>
#include <utility>

#include "libdane/check/recommend.hpp"

namespace dane::check {

namespace {

using tlsa::Record;

bool pins_cas_only(const Service& service) {
  return std::ranges::none_of(service.records, [&](const Record& record) {
    return acts_as_ee(record) && !tlsa::usability(record, service.profile);
  });
}

}  // namespace

bool same_key_as_now(const Service& service) {
  return std::ranges::any_of(service.chains, [&](const ChainCase& seen) {
    return seen.chain.front().spki_sha256() == service.coming.front().spki_sha256();
  });
}

/// Who pins a CA gets the new chain's CA, where that is enough; everybody else its key.
std::vector<Record> records_to_add(const Service& service) {
  if (pins_cas_only(service)) {
    for (const auto& record : recommended_records(service, service.coming)) {
      if (!acts_as_ta(record)) continue;
      if (const auto with_ca = additions(service, {record}); with_ca.size() == 1) return with_ca;
    }
  }
  return additions(service);
}

std::vector<Record> obsolete_records(const Service& service) {
  const auto& coming = service.coming;
  const auto coming_type = coming.front().key_type();
  std::vector<Record> obsolete;
  for (const auto& record : service.records) {
    const auto matches_any = [&](const x509::Chain& chain) {
      return std::ranges::any_of(chain, [&](const auto& c) { return matches(record, c); });
    };
    if (matches_any(coming)) continue;
    bool replaced = false;
    bool stays = false;  // a certificate with the other kind of key is not replaced
    for (const auto& seen : service.chains) {
      if (!matches_any(seen.chain)) continue;
      (seen.chain.front().key_type() == coming_type ? replaced : stays) = true;
    }
    if (replaced && !stays) obsolete.push_back(record);
  }
  return obsolete;
}

}  // namespace dane::check
