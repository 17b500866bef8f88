/// \file  What is wrong with a TLSA RRset as such, whatever the server presents.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::MatchingType;
using tlsa::Record;
using tlsa::Unusable;

constexpr std::size_t too_many_records = 12;

/// Certificate usage and selector: what digest agility works within.
using Group = std::pair<tlsa::CertificateUsage, tlsa::Selector>;

std::string subject_of(const Service& service) {
  return service.owner.empty() ? service.name : service.owner;
}

std::string group_name(const Group& group) {
  return fmt::format("{} {}", static_cast<int>(group.first), static_cast<int>(group.second));
}

struct UnusableRecords {
  std::vector<Record> pkix, malformed, unknown;
  std::set<std::string> malformed_rules, unknown_rules, reasons;
  std::size_t usable = 0;
};

UnusableRecords sort_out(const Service& service) {
  UnusableRecords sorted;
  for (const auto& record : service.records) {
    const auto why = tlsa::usability(record, service.profile);
    if (!why) {
      ++sorted.usable;
      continue;
    }
    switch (*why) {
      case Unusable::pkix_usage_for_smtp:
        sorted.pkix.push_back(record);
        break;
      case Unusable::digest_length:
      case Unusable::empty_data:
      case Unusable::malformed_certificate:
      case Unusable::malformed_key:
        sorted.malformed.push_back(record);
        sorted.malformed_rules.insert(tlsa::rule_of(*why));
        sorted.reasons.insert(to_string(*why));
        break;
      case Unusable::unknown_usage:
      case Unusable::unknown_selector:
      case Unusable::unknown_matching_type:
        sorted.unknown.push_back(record);
        sorted.unknown_rules.insert(tlsa::rule_of(*why));
        break;
    }
  }
  if (service.truncated > 0) {
    sorted.malformed_rules.insert("D20");
    sorted.reasons.insert("record-too-short");
  }
  return sorted;
}

std::string replacement_advice(const Service& service, const std::string& otherwise) {
  const auto records = recommended_records(service);
  if (records.empty()) return otherwise;
  return "Publish instead:\n" + publish_advice(service, records);
}

/// With nothing usable left, tlsa-all-unusable lists what to publish.
std::string removal_advice(bool any_usable, const std::string& what) {
  if (any_usable) return fmt::format("Remove {}; the usable records stay.", what);
  return fmt::format(
      "Replace {}: the records to publish instead are listed under tlsa-all-unusable.", what);
}

Finding pkix_finding(const Service& service, const std::vector<Record>& records, bool any_usable) {
  return make_finding(
      Severity::warning, "tlsa-pkix-usage", {"S44", "S45"}, subject_of(service),
      fmt::format(
          "{} with usage 0 (PKIX-TA) or 1 (PKIX-EE): {}. These usages are not for SMTP "
          "(RFC 7672 section 3.1.3): a sending server need not know the same public CAs, so "
          "DANE senders treat the record as unusable.",
          count(records.size(), "record"), show(records)),
      removal_advice(any_usable, "the records with usage 0 and 1"));
}

Finding malformed_finding(const Service& service, const UnusableRecords& sorted) {
  Rules rules(sorted.malformed_rules.begin(), sorted.malformed_rules.end());
  const std::vector<std::string> reasons(sorted.reasons.begin(), sorted.reasons.end());
  return make_finding(
      Severity::warning, "tlsa-malformed", std::move(rules), subject_of(service),
      fmt::format("{} with data that cannot be right ({}){}. Such a record is unusable; SHA-256 "
                  "digests have 32 octets, SHA-512 digests 64.",
                  count(sorted.malformed.size() + service.truncated, "record"), list(reasons),
                  sorted.malformed.empty() ? "" : ": " + show(sorted.malformed)),
      sorted.usable > 0 ? "Make the record again from the certificate, or remove it."
                        : removal_advice(false, "the malformed records"));
}

Finding unknown_finding(const Service& service, const UnusableRecords& sorted) {
  Rules rules(sorted.unknown_rules.begin(), sorted.unknown_rules.end());
  return make_finding(
      Severity::warning, "tlsa-unknown-parameter", std::move(rules), subject_of(service),
      fmt::format("{} with a usage, selector or matching type that has no meaning: {}. It is "
                  "unusable{}.",
                  count(sorted.unknown.size(), "record"), show(sorted.unknown),
                  sorted.usable > 0 ? "; the other records still count" : ""),
      sorted.usable > 0
          ? "Remove the record, or correct its three numbers; 3 1 1 is the usual choice."
          : removal_advice(false, "the meaningless records"));
}

Finding all_unusable_finding(const Service& service) {
  const std::string what =
      service.mail
          ? "No TLSA record is usable. Senders must then use TLS, but cannot authenticate the "
            "server "
            "(RFC 7672 section 2.2). Most deliver all the same; strict senders such as web.de and "
            "gmx.de refuse: they end the connection right after the TLS handshake, with alert 71 "
            "(insufficient security) in the server's log. Records that nobody can use protect "
            "nothing."
          : "No TLSA record is usable. Clients cannot authenticate the server with DANE: some go "
            "on "
            "without, strict ones refuse.";
  return make_finding(
      Severity::warning, "tlsa-all-unusable", {"S12", "O53", "O54"}, subject_of(service), what,
      replacement_advice(service,
                         "Publish 3 1 1 of every key that the server uses, then remove the "
                         "unusable records."));
}

void add_usability(Findings& out, const Service& service) {
  const auto sorted = sort_out(service);
  const bool any_usable = sorted.usable > 0;
  if (!sorted.pkix.empty()) out.push_back(pkix_finding(service, sorted.pkix, any_usable));
  if (!sorted.malformed.empty() || service.truncated > 0)
    out.push_back(malformed_finding(service, sorted));
  if (!sorted.unknown.empty()) out.push_back(unknown_finding(service, sorted));
  if (service.records.size() + service.truncated > 0 && !any_usable)
    out.push_back(all_unusable_finding(service));
}

void add_size(Findings& out, const Service& service) {
  if (service.records.size() <= too_many_records) return;
  out.push_back(
      make_finding(Severity::warning, "tlsa-too-many", {"O47"}, subject_of(service),
                   fmt::format("{} TLSA records. Some large senders fail with more than {}.",
                               service.records.size(), too_many_records),
                   "Keep one 3 1 1 record for each key in use and for each key that comes next; "
                   "remove the rest."));
}

void add_duplicates(Findings& out, const Service& service) {
  std::vector<Record> seen;
  std::vector<Record> twice;
  for (const auto& record : service.records) {
    const bool again = std::ranges::find(seen, record) != seen.end();
    (again ? twice : seen).push_back(record);
  }
  if (twice.empty()) return;
  out.push_back(make_finding(Severity::note, "tlsa-duplicate", {"D23"}, subject_of(service),
                             fmt::format("Given more than once: {}. One is enough.", show(twice))));
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
    if (record.matching_type == type && std::ranges::find(chosen, record) == chosen.end())
      chosen.push_back(record);
  }
  return chosen;
}

void add_sha512_only(Findings& out, const Service& service, const Group& group,
                     const std::vector<Record>& records) {
  if (of_type(records, MatchingType::sha2_512).empty()) return;
  if (!of_type(records, MatchingType::sha2_256).empty()) return;
  out.push_back(make_finding(
      Severity::warning, "tlsa-sha512-only", {"O2", "S37"}, subject_of(service),
      fmt::format("The {0} records come with SHA-512 only ({0} 2). SHA-256 is the one digest that "
                  "every client has to support; SHA-512 is optional.",
                  group_name(group)),
      replacement_advice(service, fmt::format("Publish {} 1 records instead of, or besides, the "
                                              "SHA-512 ones.",
                                              group_name(group)))));
}

void add_full_data(Findings& out, const Service& service, const Group& group,
                   const std::vector<Record>& records) {
  const auto full = of_type(records, MatchingType::full);
  if (full.empty()) return;
  if (group.first == tlsa::CertificateUsage::dane_ta) {
    out.push_back(make_finding(
        Severity::note, "tlsa-full-data", {"O15", "S42"}, subject_of(service),
        fmt::format("{} 0 holds the whole object instead of a digest. That lets clients do without "
                    "the CA certificate in the handshake, but makes DNS answers large.",
                    group_name(group))));
    return;
  }
  out.push_back(make_finding(
      Severity::warning, "tlsa-full-data", {"O48", "S42"}, subject_of(service),
      fmt::format(
          "{} 0 holds the whole object ({} octets) instead of a digest. It gains nothing over "
          "a digest, and large DNS answers get lost on the way.",
          group_name(group), full.front().association_data.size()),
      replacement_advice(
          service, fmt::format("Publish the SHA-256 digest instead: {} 1.", group_name(group)))));
}

bool any_match(const std::vector<Record>& records, const x509::Certificate& certificate) {
  return std::ranges::any_of(records,
                             [&](const Record& record) { return matches(record, certificate); });
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

void add_digests_differ(Findings& out, const Service& service, const Group& group,
                        const std::vector<Record>& records) {
  const auto sha256 = of_type(records, MatchingType::sha2_256);
  const auto sha512 = of_type(records, MatchingType::sha2_512);
  if (sha256.empty() || sha512.empty()) return;
  if (sha256.size() == sha512.size() && !differs_for_sent(service, sha256, sha512)) return;
  out.push_back(make_finding(
      Severity::warning, "tlsa-digests-differ", {"O45", "O32"}, subject_of(service),
      fmt::format(
          "The {0} 1 and {0} 2 records do not stand for the same objects ({1} with SHA-256, "
          "{2} with SHA-512). Clients that know SHA-512 ignore the SHA-256 records "
          "(RFC 7671 section 9), so an object with a SHA-256 digest only does not exist for "
          "them.",
          group_name(group), sha256.size(), sha512.size()),
      fmt::format("Remove the {0} 2 records, or publish both digests for every object.",
                  group_name(group))));
}

}  // namespace

Findings rrset_findings(const Service& service, bool agility_trap) {
  Findings out;
  add_usability(out, service);
  add_size(out, service);
  add_duplicates(out, service);
  for (const auto& [group, records] : usable_groups(service)) {
    add_sha512_only(out, service, group, records);
    add_full_data(out, service, group, records);
    // The trap is the same fault seen where it hurts; say it once.
    if (!agility_trap) add_digests_differ(out, service, group, records);
  }
  return out;
}

}  // namespace dane::check
