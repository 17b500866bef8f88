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

/// Usable, and of nothing known: it may stand for a key that is presented next.
bool may_come(const Service& service, const Record& record) {
  if (tlsa::usability(record, service.profile)) return false;
  return std::ranges::none_of(chains_to_serve(service), [&](const x509::Chain& chain) {
    return std::ranges::any_of(chain, [&](const auto& one) { return matches(record, one); });
  });
}

Record leaf_record_512(const x509::Chain& chain) {
  return {CertificateUsage::dane_ee, Selector::spki, MatchingType::sha2_512,
          x509::sha512(chain.front().spki_der())};
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

std::string label(const Service& service, const Record& record) {
  for (const auto& seen : service.chains) {
    if (auto found = label_in(seen.chain, record, {}); !found.empty()) return found;
  }
  return label_in(service.coming, record, "new ");
}

/// Zone lines, one a record.
std::string labelled_lines(const Service& service, const std::string& owner,
                           const std::vector<Record>& records) {
  std::string out;
  for (const auto& record : records)
    out += (out.empty() ? "" : "\n") + zone_line(owner, record) +
           (owner.empty() ? "" : label(service, record));  // one word more may not fit
  return out;
}

}  // namespace

Record leaf_record(const x509::Chain& chain) {
  return key_record(CertificateUsage::dane_ee, chain.front());
}

bool is_refused(const Service& service, const x509::Chain& chain, std::vector<Record> records,
                bool knows_sha512) {
  if (!knows_sha512)
    std::erase_if(records,
                  [](const Record& r) { return r.matching_type == MatchingType::sha2_512; });
  const auto verification = verify::judge_chain(request_for(service, chain, std::move(records)));
  return verification.verdict == verify::Verdict::refuted;
}

void add_once(std::vector<Record>& records, const Record& record) {
  if (std::ranges::find(records, record) == records.end()) records.push_back(record);
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
  for (const auto& chain : chains_to_serve(service)) {
    for (const auto& record : recommended_records(service, chain))
      add_once(acts_as_ee(record) ? leaves : issuers, record);
  }
  leaves.insert(leaves.end(), issuers.begin(), issuers.end());
  return leaves;
}

std::vector<Record> additions(const Service& service, const std::vector<Record>& first) {
  std::vector<Record> added;
  auto all = service.records;
  const auto add = [&](const Record& record) {
    if (std::ranges::find(all, record) != all.end()) return false;
    all.push_back(record);
    added.push_back(record);
    return true;
  };
  for (const auto& record : first) add(record);
  auto chains = chains_to_serve(service);
  std::erase_if(chains, [&](const x509::Chain& chain) {
    return !authenticates(service, chain, leaf_record(chain));
  });
  // With both records of its leaf a chain passes whatever stands beside them: this comes to an end.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& chain : chains) {
      for (const bool knows_sha512 : {true, false}) {
        if (!is_refused(service, chain, all, knows_sha512)) continue;
        changed |= add(leaf_record(chain)) || add(leaf_record_512(chain));
      }
    }
  }
  return added;
}

bool keeps_all_chains(const Service& service, const std::vector<Record>& records) {
  const bool takes_unknown = std::ranges::any_of(service.records, [&](const Record& record) {
    return std::ranges::find(records, record) == records.end() && may_come(service, record);
  });
  return !takes_unknown &&
         std::ranges::none_of(chains_to_serve(service), [&](const x509::Chain& chain) {
           return std::ranges::any_of(
               std::initializer_list<bool>{true, false}, [&](bool knows_sha512) {
                 return !is_refused(service, chain, service.records, knows_sha512) &&
                        is_refused(service, chain, records, knows_sha512);
               });
         });
}

std::string weak_key_words(const Service& service) {
  std::vector<std::string> weak;
  for (const auto& chain : chains_to_serve(service)) {
    const auto alone = verify::judge_chain(request_for(service, chain, {leaf_record(chain)}));
    if (alone.prediction.refusal == verify::Refusal::strength)
      weak.push_back(fmt::format("the {}{} key with {} bits", chain == service.coming ? "new " : "",
                                 to_string(chain.front().key_type()), chain.front().key_bits()));
  }
  if (weak.empty()) return {};
  return fmt::format(
      "Publish no record for {}: it is too weak, and Postfix would then refuse the "
      "server. Get a new key first (RSA with 2048 bits or more, or P-256).",
      list(weak));
}

std::string joining_owner(const Service& service) {
  return service.alias_target.empty() ? service.owner : service.alias_target;
}

std::string joining_lines(const Service& service, const std::vector<Record>& records) {
  const auto owner = joining_owner(service);
  if (!service.from_wildcard) return labelled_lines(service, owner, records);
  auto all = service.records;
  for (const auto& record : records) add_once(all, record);
  return labelled_lines(service, owner, all) +
         "\nThese hold the records that come from a wildcard now, since records at the name itself "
         "hide the wildcard: publish them all at once.";
}

std::string leaf_lines(const Service& service, const x509::Chain& chain) {
  return joining_lines(service, additions(service, {leaf_record(chain)}));
}

std::string publish_advice(const Service& service, const std::vector<Record>& records) {
  std::string advice = labelled_lines(service, service.owner, records);
  if (!service.alias_target.empty()) {
    advice += fmt::format(
        "\n{} is a CNAME for {}, which other names may share: replace that CNAME by the records "
        "above.",
        service.owner, service.alias_target);
  }
  if (const auto weak = weak_key_words(service); !weak.empty()) advice += "\n" + weak;
  return advice;
}

}  // namespace dane::check
