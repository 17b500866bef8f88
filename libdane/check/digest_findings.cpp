/// \file  Which digests a TLSA RRset has, and how to come to SHA-256 without cutting anybody off.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::MatchingType;
using tlsa::Record;

/// Certificate usage and selector: what digest agility works within.
using Group = std::pair<tlsa::CertificateUsage, tlsa::Selector>;

std::string group_name(const Group& group) {
  return fmt::format("{} {}", static_cast<int>(group.first), static_cast<int>(group.second));
}

std::map<Group, std::vector<Record>> usable_groups(const Service& service) {
  std::map<Group, std::vector<Record>> groups;
  for (const auto& record : service.records) {
    if (!tlsa::usability(record, service.profile))
      groups[{record.usage, record.selector}].push_back(record);
  }
  return groups;
}

std::vector<Record> of_type(const std::vector<Record>& records, MatchingType type) {
  std::vector<Record> chosen;
  for (const auto& record : records) {
    if (record.matching_type == type) add_once(chosen, record);
  }
  return chosen;
}

bool any_match(const std::vector<Record>& records, const x509::Certificate& certificate) {
  return std::ranges::any_of(records,
                             [&](const Record& record) { return matches(record, certificate); });
}

/// The group's records of this type for every presented object that one of `known` stands for,
/// unless they are there.
std::vector<Record> converted(const Service& service, const std::vector<Record>& known,
                              MatchingType type) {
  std::vector<Record> out;
  for (const auto& chain : chains_to_serve(service)) {
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (!looks_at(known.front(), i) || !any_match(known, chain[i])) continue;
      const auto record =
          tlsa::make_record(known.front().usage, known.front().selector, type, chain[i]);
      if (record && std::ranges::find(service.records, *record) == service.records.end())
        add_once(out, *record);
    }
  }
  return out;
}

void add_sha512_only(Findings& out, const Service& service, const Group& group,
                     const std::vector<Record>& records) {
  const auto sha512 = of_type(records, MatchingType::sha2_512);
  if (sha512.empty() || !of_type(records, MatchingType::sha2_256).empty()) return;
  const auto added = additions(service, converted(service, sha512, MatchingType::sha2_256));
  out.push_back(make_finding(
      Severity::warning, "tlsa-sha512-only", {"O2", "S37"}, service.rrset(),
      fmt::format("The {0} records come with SHA-512 only ({0} 2). SHA-256 is the one digest that "
                  "every client has to support; SHA-512 is optional.",
                  group_name(group)),
      fmt::format(
          "Publish a {0} 1 record beside every {0} 2 one, all at once{1}\n{2}", group_name(group),
          added.empty() ? "." : ", with those of keys that the server does not present now:",
          joining_lines(service, added))));
}

/// Each whole object by its digest; both digests where SHA-512 stands beside it.
std::vector<Record> digests_of(const Service& service, const std::vector<Record>& full) {
  std::vector<Record> digests;
  auto after = service.records;
  for (const auto& record : full) {
    std::erase(after, record);
    auto digest = record;
    digest.matching_type = MatchingType::sha2_256;
    digest.association_data = x509::sha256(record.association_data);
    add_once(digests, digest);
    add_once(after, digest);
  }
  if (keeps_all_chains(service, after)) return digests;
  for (const auto& record : full) {
    auto digest = record;
    digest.matching_type = MatchingType::sha2_512;
    digest.association_data = x509::sha512(record.association_data);
    add_once(digests, digest);
  }
  return digests;
}

void add_full_data(Findings& out, const Service& service, const Group& group,
                   const std::vector<Record>& records) {
  const auto full = of_type(records, MatchingType::full);
  if (full.empty()) return;
  if (group.first == tlsa::CertificateUsage::dane_ta) {
    out.push_back(make_finding(
        Severity::note, "tlsa-full-data", {"O15", "S42"}, service.rrset(),
        fmt::format("{} 0 holds the whole object instead of a digest. That lets clients do without "
                    "the CA certificate in the handshake, but makes DNS answers large.",
                    group_name(group))));
    return;
  }
  out.push_back(make_finding(
      Severity::warning, "tlsa-full-data", {"O48", "S42"}, service.rrset(),
      fmt::format(
          "{} 0 holds the whole object ({} octets) instead of a digest. It gains nothing over "
          "a digest, and large DNS answers get lost on the way.",
          group_name(group), full.front().association_data.size()),
      fmt::format("Publish the digest of the same object in place of each {} 0 record:\n{}",
                  group_name(group), joining_lines(service, digests_of(service, full)))));
}

/// True when an object that the server sends has one digest and lacks the other.
bool differs_for_sent(const Service& service, const std::vector<Record>& sha256,
                      const std::vector<Record>& sha512) {
  for (const auto& seen : service.chains) {
    for (const auto& certificate : seen.chain) {
      if (any_match(sha256, certificate) != any_match(sha512, certificate)) return true;
    }
  }
  return false;
}

std::string differing_advice(const Service& service, const Group& group,
                             const std::vector<Record>& sha512) {
  auto without = service.records;
  for (const auto& record : sha512) std::erase(without, record);
  if (keeps_all_chains(service, without))
    return fmt::format("Remove the {0} 2 records, or publish both digests for every object.",
                       group_name(group));
  const auto lacking = additions(service, converted(service, sha512, MatchingType::sha2_256));
  return fmt::format(
      "Publish both digests for every object, also of keys that come next; do not remove the {0} 2 "
      "records before each has its {0} 1.{1}",
      group_name(group),
      lacking.empty() ? "" : " What lacks one now:\n" + joining_lines(service, lacking));
}

void add_digests_differ(Findings& out, const Service& service, const Group& group,
                        const std::vector<Record>& records) {
  const auto sha256 = of_type(records, MatchingType::sha2_256);
  const auto sha512 = of_type(records, MatchingType::sha2_512);
  if (sha256.empty() || sha512.empty()) return;
  if (sha256.size() == sha512.size() && !differs_for_sent(service, sha256, sha512)) return;
  out.push_back(make_finding(
      Severity::warning, "tlsa-digests-differ", {"O45", "O32"}, service.rrset(),
      fmt::format(
          "The {0} 1 and {0} 2 records do not stand for the same objects ({1} with SHA-256, "
          "{2} with SHA-512). Clients that know SHA-512 ignore the SHA-256 records "
          "(RFC 7671 section 9), so an object with a SHA-256 digest only does not exist for "
          "them.",
          group_name(group), sha256.size(), sha512.size()),
      differing_advice(service, group, sha512)));
}

}  // namespace

Findings digest_findings(const Service& service, bool agility_trap) {
  Findings out;
  for (const auto& [group, records] : usable_groups(service)) {
    add_sha512_only(out, service, group, records);
    add_full_data(out, service, group, records);
    if (!agility_trap) add_digests_differ(out, service, group, records);
  }
  return out;
}

}  // namespace dane::check
