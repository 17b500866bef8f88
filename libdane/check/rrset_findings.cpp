/// \file  What is wrong with a TLSA RRset as such, whatever the server presents.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::Record;
using tlsa::Unusable;

constexpr std::size_t too_many_records = 12;

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

std::string replacement_advice(const Service& service) {
  const auto records = recommended_records(service);
  const auto weak = weak_key_words(service);
  if (!records.empty()) return "Publish instead:\n" + publish_advice(service, records);
  return weak.empty() ? "Publish 3 1 1 of every key that the server uses, then remove the unusable "
                        "records."
                      : weak;
}

/// With nothing usable left, tlsa-all-unusable lists what to publish.
std::string removal_advice(bool any_usable, const std::string& what) {
  if (any_usable) return fmt::format("Remove {}; the usable records stay.", what);
  return fmt::format(
      "Replace {}: the records to publish instead are listed under tlsa-all-unusable.", what);
}

Finding pkix_finding(const Service& service, const std::vector<Record>& records, bool any_usable) {
  return make_finding(
      Severity::warning, "tlsa-pkix-usage", {"S44", "S45"}, service.rrset(),
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
      Severity::warning, "tlsa-malformed", std::move(rules), service.rrset(),
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
      Severity::warning, "tlsa-unknown-parameter", std::move(rules), service.rrset(),
      fmt::format("{} with a usage, selector or matching type that has no meaning: {}. It is "
                  "unusable{}.",
                  count(sorted.unknown.size(), "record"), show(sorted.unknown),
                  sorted.usable > 0 ? "; the other records still count" : ""),
      sorted.usable > 0
          ? "Remove the record, or correct its three numbers; 3 1 1 is the usual choice."
          : removal_advice(false, "the meaningless records"));
}

/// The first usable record binds senders at every address.  RFC 7671 section 10.3
std::string untested_words(const Service& service) {
  if (service.untested.empty()) return {};
  return fmt::format(
      "\n{} could not be tested: see first that the same keys are presented there, or publish "
      "their "
      "records in the same step; {} refuse what no record stands for.",
      list(service.untested), peers(service));
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
  return make_finding(Severity::warning, "tlsa-all-unusable", {"S12", "O53", "O54"},
                      service.rrset(), what, replacement_advice(service) + untested_words(service));
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
      make_finding(Severity::warning, "tlsa-too-many", {"O47"}, service.rrset(),
                   fmt::format("{} TLSA records. Some large senders fail with more than {}.",
                               service.records.size(), too_many_records),
                   "See that a 3 1 1 record stands for each key in use and for each key that comes "
                   "next; then remove the rest."));
}

void add_duplicates(Findings& out, const Service& service) {
  std::vector<Record> seen;
  std::vector<Record> twice;
  for (const auto& record : service.records) {
    const bool again = std::ranges::find(seen, record) != seen.end();
    (again ? twice : seen).push_back(record);
  }
  if (twice.empty()) return;
  out.push_back(make_finding(Severity::note, "tlsa-duplicate", {"D23"}, service.rrset(),
                             fmt::format("Given more than once: {}. One is enough.", show(twice))));
}

}  // namespace

Findings rrset_findings(const Service& service, bool agility_trap) {
  Findings out;
  add_usability(out, service);
  add_size(out, service);
  add_duplicates(out, service);
  for (auto& finding : digest_findings(service, agility_trap)) out.push_back(std::move(finding));
  return out;
}

}  // namespace dane::check
