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

bool passes_with(const Service& service, const x509::Chain& chain, const Record& added) {
  auto all = service.records;
  all.push_back(added);
  return verify::judge_chain(request_for(service, chain, std::move(all))).verdict ==
         verify::Verdict::authenticated;
}

/// Who pins a CA gets the new chain's CA; everybody else its key.
std::vector<Record> records_for(const Service& service, const x509::Chain& coming) {
  if (pins_cas_only(service)) {
    for (const auto& record : recommended_records(service, coming)) {
      if (acts_as_ta(record) && passes_with(service, coming, record)) return {record};
    }
  }
  return additional_records(service, coming);
}

}  // namespace

bool same_key_as_now(const Service& service, const x509::Chain& coming) {
  return std::ranges::any_of(service.chains, [&](const ChainCase& seen) {
    return seen.chain.front().spki_sha256() == coming.front().spki_sha256();
  });
}

/// Clients without SHA-512 hold nothing usable of "3 1 2" alone; a first "3 1 1", of the new key,
/// would make them refuse the certificate in use.
std::vector<Record> records_to_add(const Service& service, const x509::Chain& coming) {
  auto records = records_for(service, coming);
  const bool any_sha256 = std::ranges::any_of(service.records, [&](const Record& r) {
    return r.matching_type == tlsa::MatchingType::sha2_256 && !tlsa::usability(r, service.profile);
  });
  if (any_sha256) return records;
  for (const auto& chain : distinct_chains(service)) add_once(records, leaf_record(chain));
  return records;
}

std::vector<Record> obsolete_records(const Service& service, const x509::Chain& coming) {
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
