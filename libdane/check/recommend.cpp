#include "libdane/check/recommend.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::CertificateUsage;
using tlsa::MatchingType;
using tlsa::Record;
using tlsa::Selector;

Record key_record(CertificateUsage usage, const x509::Certificate& certificate) {
  return {usage, Selector::spki, MatchingType::sha2_256, x509::sha256(certificate.spki_der())};
}

bool authenticates(const Service& service, const x509::Chain& chain, const Record& record) {
  const auto verification = verify::judge_chain(request_for(service, chain, {record}));
  return verification.verdict == verify::Verdict::authenticated;
}

/// Whose record it is, as a comment of the zone file; empty where that is not known.
std::string label_in(const x509::Chain& chain, const Record& record, std::string_view which) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (!looks_at(record, i) || !matches(record, chain[i])) continue;
    if (i > 0) return fmt::format(" ; {}issuer", which);
    return fmt::format(" ; {}{}", which, to_string(chain[i].key_type()));
  }
  return {};
}

std::string label(const Service& service, const Record& record, const x509::Chain* coming) {
  for (const auto& seen : service.chains) {
    if (auto found = label_in(seen.chain, record, {}); !found.empty()) return found;
  }
  return coming != nullptr ? label_in(*coming, record, "new ") : std::string();
}

/// Zone lines, one a record.
std::string labelled_lines(const Service& service, const std::string& owner,
                           const std::vector<Record>& records, const x509::Chain* coming) {
  std::string out;
  for (const auto& record : records)
    out += (out.empty() ? "" : "\n") + zone_line(owner, record) +
           (owner.empty() ? "" : label(service, record, coming));  // one word more may not fit
  return out;
}

}  // namespace

bool keeps_all_chains(const Service& service, const std::vector<Record>& records) {
  return std::ranges::none_of(service.chains, [&](const ChainCase& seen) {
    return seen.verification.verdict == verify::Verdict::authenticated &&
           verify::judge_chain(request_for(service, seen.chain, records)).verdict !=
               verify::Verdict::authenticated;
  });
}

std::string weak_key_words(const Service& service, const x509::Chain* coming) {
  std::vector<std::string> weak;
  const auto look_at = [&](const x509::Chain& chain, std::string_view which) {
    const auto alone = verify::judge_chain(request_for(service, chain, {leaf_record(chain)}));
    if (alone.prediction.refusal == verify::Refusal::strength)
      weak.push_back(fmt::format("the {}{} key with {} bits", which,
                                 to_string(chain.front().key_type()), chain.front().key_bits()));
  };
  for (const auto& chain : distinct_chains(service)) look_at(chain, "");
  if (coming != nullptr) look_at(*coming, "new ");
  if (weak.empty()) return {};
  return fmt::format(
      "Publish no record for {}: it is too weak, and Postfix would then refuse the "
      "server. Get a new key first (RSA with 2048 bits or more, or P-256).",
      list(weak));
}

void add_once(std::vector<Record>& records, const Record& record) {
  if (std::ranges::find(records, record) == records.end()) records.push_back(record);
}

Record leaf_record(const x509::Chain& chain) {
  return key_record(CertificateUsage::dane_ee, chain.front());
}

std::vector<Record> recommended_records(const Service& service, const x509::Chain& chain) {
  std::vector<Record> records;
  if (chain.empty()) return records;
  if (const auto leaf = leaf_record(chain); authenticates(service, chain, leaf))
    add_once(records, leaf);
  const auto path = signature_path(chain);
  if (path.size() > 1) {
    const auto issuer = key_record(CertificateUsage::dane_ta, chain[path[1]]);
    if (authenticates(service, chain, issuer)) add_once(records, issuer);
  }
  return records;
}

std::vector<Record> recommended_records(const Service& service) {
  std::vector<Record> leaves;
  std::vector<Record> issuers;
  for (const auto& chain : distinct_chains(service)) {
    for (const auto& record : recommended_records(service, chain))
      add_once(acts_as_ee(record) ? leaves : issuers, record);
  }
  leaves.insert(leaves.end(), issuers.begin(), issuers.end());
  return leaves;
}

std::vector<Record> recommended_records_with(const Service& service, const x509::Chain& chain) {
  auto records = recommended_records(service);
  for (const auto& record : recommended_records(service, chain)) add_once(records, record);
  return records;
}

std::vector<Record> additional_records(const Service& service, const x509::Chain& chain) {
  const auto leaf = leaf_record(chain);
  if (!authenticates(service, chain, leaf)) return {};
  std::vector<Record> added;
  auto all = service.records;
  if (std::ranges::find(all, leaf) == all.end()) {
    added.push_back(leaf);
    all.push_back(leaf);
  }
  const auto with_added = verify::judge_chain(request_for(service, chain, std::move(all)));
  if (with_added.verdict == verify::Verdict::authenticated) return added;
  added.push_back({CertificateUsage::dane_ee, Selector::spki, MatchingType::sha2_512,
                   x509::sha512(chain.front().spki_der())});
  return added;
}

std::string joining_owner(const Service& service) {
  return service.alias_target.empty() ? service.owner : service.alias_target;
}

std::string joining_lines(const Service& service, const std::vector<Record>& records,
                          const x509::Chain* coming) {
  const auto owner = joining_owner(service);
  if (!service.from_wildcard) return labelled_lines(service, owner, records, coming);
  auto all = service.records;
  for (const auto& record : records) add_once(all, record);
  return labelled_lines(service, owner, all, coming) +
         "\nThese hold the records that come from a wildcard now, since records at the name itself "
         "hide the wildcard: publish them all at once.";
}

std::string leaf_lines(const Service& service, const x509::Chain& chain) {
  return joining_lines(service, additional_records(service, chain));
}

std::string publish_advice(const Service& service, const std::vector<Record>& records,
                           const x509::Chain* coming) {
  std::string advice = labelled_lines(service, service.owner, records, coming);
  if (!service.alias_target.empty()) {
    advice += fmt::format(
        "\n{} is a CNAME for {}, which other names may share: replace that CNAME by the records "
        "above.",
        service.owner, service.alias_target);
  }
  if (const auto weak = weak_key_words(service, coming); !weak.empty()) advice += "\n" + weak;
  return advice;
}

}  // namespace dane::check
