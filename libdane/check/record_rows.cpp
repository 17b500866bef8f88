/// \file  The fate of every record, in words.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/known_cas.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/subject_rows.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::Record;
using tlsa::Unusable;

std::string unusable_words(const Record& record, Unusable why) {
  switch (why) {
    case Unusable::unknown_usage:
      return fmt::format("unusable: certificate usage {} has no meaning",
                         static_cast<int>(record.usage));
    case Unusable::unknown_selector:
      return fmt::format("unusable: selector {} has no meaning", static_cast<int>(record.selector));
    case Unusable::unknown_matching_type:
      return fmt::format("unusable: matching type {} has no meaning",
                         static_cast<int>(record.matching_type));
    case Unusable::digest_length:
      return fmt::format(
          "unusable: {} octets are no {} digest", record.association_data.size(),
          record.matching_type == tlsa::MatchingType::sha2_256 ? "SHA-256" : "SHA-512");
    case Unusable::empty_data:
      return "unusable: no data";
    case Unusable::malformed_certificate:
      return "unusable: the data is no certificate";
    case Unusable::malformed_key:
      return "unusable: the data is no public key";
    case Unusable::pkix_usage_for_smtp:
      return fmt::format("unusable: usage {} is not for SMTP (RFC 7672 section 3.1.3)",
                         static_cast<int>(record.usage));
  }
  return "unusable";
}

/// "matches the server's certificate", and whether the usage makes anything of it.
std::string match_words(const Record& record, const ChainCase& seen, std::size_t position) {
  std::string words = "matches " + describe(seen.chain, position);
  if (position == 0 && acts_as_ta(record))
    words += fmt::format(", but usage {} means a CA", static_cast<int>(record.usage));
  if (position > 0 && acts_as_ee(record))
    words += fmt::format(", but usage {} means the server's own", static_cast<int>(record.usage));
  return words;
}

bool is_for_unnamed(const Service& service, const Record& record) {
  return std::ranges::any_of(service.unnamed, [&](const x509::Chain& chain) {
    return std::ranges::any_of(chain, [&](const auto& one) { return matches(record, one); });
  });
}

std::string no_match_words(const Service& service, const Record& record) {
  if (is_for_unnamed(service, record))
    return "matches only what the server presents to clients that send no name (SNI)";
  std::string words = "matches nothing that the server presents";
  if (const auto name = known_ca_name(record))
    words += fmt::format("; it is the digest of \"{}\"", *name);
  return words;
}

/// One line a kind of match, with the places unless it is everywhere the same.
std::vector<std::string> match_lines(const Service& service, std::size_t index) {
  const auto& record = service.records[index];
  std::map<std::string, std::vector<std::string>> places;
  for (const auto& seen : service.chains) {
    if (index >= seen.verification.fates.size()) continue;
    for (const auto position : seen.verification.fates[index].matches)
      places[match_words(record, seen, position)].push_back(seen.place);
  }
  std::vector<std::string> lines;
  for (const auto& [words, where] : places) {
    const bool everywhere = where.size() == service.chains.size();
    if (everywhere) lines.push_back(where.size() > 1 ? words + ", everywhere" : words);
    if (!everywhere) lines.push_back(words + ", at " + list(where, 4));
  }
  if (lines.empty() && !service.chains.empty()) lines.push_back(no_match_words(service, record));
  return lines;
}

std::vector<std::string> fate_lines(const Service& service, std::size_t index,
                                    const verify::RecordFate& fate) {
  const auto& record = service.records[index];
  if (fate.unusable) {
    std::vector<std::string> lines{unusable_words(record, *fate.unusable)};
    if (const auto name = known_ca_name(record))
      lines.push_back(fmt::format("it is the digest of \"{}\"", *name));
    return lines;
  }
  auto lines = match_lines(service, index);
  if (fate.set_aside_by_agility)
    lines.insert(
        lines.begin(),
        "set aside: a record with a stronger digest stands beside it (RFC 7671 section 9)");
  return lines;
}

}  // namespace

std::vector<report::TlsaRow> tlsa_rows(const Service& service,
                                       const std::vector<verify::RecordFate>& fates) {
  std::vector<report::TlsaRow> rows;
  for (std::size_t i = 0; i < service.records.size() && i < fates.size(); ++i) {
    const auto& record = service.records[i];
    const auto& fate = fates[i];
    report::TlsaRow row;
    row.usage = static_cast<int>(record.usage);
    row.selector = static_cast<int>(record.selector);
    row.matching_type = static_cast<int>(record.matching_type);
    row.data = to_hex(record.association_data);
    row.usable = !fate.unusable;
    if (fate.unusable) {
      row.unusable_reason = to_string(*fate.unusable);
      row.unusable_rule = tlsa::rule_of(*fate.unusable);
    }
    row.set_aside_by_agility = fate.set_aside_by_agility;
    row.matches = fate.matches;
    row.fate = fate_lines(service, i, fate);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> recommended_lines(const Service& service, smtp::HostOutcome outcome,
                                           const Findings& findings) {
  std::vector<std::string> lines;
  // There the cure is to remove a record, or to mend the server.
  for (const auto& finding : findings) {
    if (finding.id == "tlsa-agility-trap" || finding.id == "sni-chain-wrong") return lines;
    if (finding.id == "tlsa-name-mismatch" && service.check_ee_names) return lines;
  }
  const auto add = [&](const std::string& line) {
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(line);
  };
  if (outcome == smtp::HostOutcome::unusable || outcome == smtp::HostOutcome::no_records) {
    for (const auto& record : recommended_records(service)) add(zone_line(service.owner, record));
  }
  if (outcome == smtp::HostOutcome::refuted) {
    auto records = additions(service);
    // Records at the name itself hide the wildcard: all of them, or none.
    if (service.from_wildcard && !records.empty())
      records.insert(records.begin(), service.records.begin(), service.records.end());
    for (const auto& record : records) add(zone_line(joining_owner(service), record));
  }
  return lines;
}

}  // namespace dane::check
