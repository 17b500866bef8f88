#include "libdane/verify/explain.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace dane::verify {
namespace {

std::string why_unusable(tlsa::Unusable why) {
  switch (why) {
    case tlsa::Unusable::unknown_usage:
      return "its certificate usage is not assigned";
    case tlsa::Unusable::unknown_selector:
      return "its selector is not assigned";
    case tlsa::Unusable::unknown_matching_type:
      return "its matching type is not assigned";
    case tlsa::Unusable::digest_length:
      return "its digest has the wrong length";
    case tlsa::Unusable::empty_data:
      return "it has no association data";
    case tlsa::Unusable::malformed_certificate:
      return "its data is not a DER certificate";
    case tlsa::Unusable::malformed_key:
      return "its data is not a DER public key";
    case tlsa::Unusable::pkix_usage_for_smtp:
      return "certificate usages 0 and 1 do not count for SMTP";
  }
  return "unknown";
}

std::string what_it_equals(const Request& request, std::size_t index, const RecordFate& fate) {
  if (fate.matches.empty()) return "equals nothing in the chain";
  const char* part = request.records[index].selector == tlsa::Selector::cert ? "" : "the key of ";
  std::string list;
  for (const std::size_t position : fate.matches)
    list += fmt::format("{}{}certificate {} ({})", list.empty() ? "" : " and ", part, position,
                        request.chain[position].subject());
  return "equals " + list;
}

}  // namespace

std::string brief(const tlsa::Record& record) {
  constexpr std::size_t shown = 8;  // octets; enough to tell records apart by eye
  const Bytes& data = record.association_data;
  const ByteView start(data.data(), std::min(shown, data.size()));
  return fmt::format("{} {}{}", tlsa::format_parameters(record), to_hex(start),
                     data.size() > shown ? "..." : "");
}

std::vector<RecordFate> explain_records(const Request& request) {
  std::vector<RecordFate> fates(request.records.size());
  std::vector<bool> usable(request.records.size());
  for (std::size_t i = 0; i < fates.size(); ++i) {
    fates[i].unusable = tlsa::usability(request.records[i], request.profile);
    usable[i] = !fates[i].unusable;
    for (std::size_t position = 0; position < request.chain.size(); ++position)
      if (tlsa::matches(request.records[i], request.chain[position]))
        fates[i].matches.push_back(position);
  }
  const std::vector<bool> aside = tlsa::set_aside_by_agility(request.records, usable);
  for (std::size_t i = 0; i < fates.size(); ++i) fates[i].set_aside_by_agility = aside[i];
  return fates;
}

std::vector<std::string> describe_fates(const Request& request,
                                        const std::vector<RecordFate>& fates) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    const std::string record = fmt::format("record {} ({})", i, brief(request.records[i]));
    const std::string equals = what_it_equals(request, i, fates[i]);
    if (fates[i].unusable)
      out.push_back(fmt::format("{}: unusable, {}; {} [{}]", record,
                                why_unusable(*fates[i].unusable), equals,
                                tlsa::rule_of(*fates[i].unusable)));
    else if (fates[i].set_aside_by_agility)
      out.push_back(
          fmt::format("{}: set aside, a SHA2-512 record has the same usage and selector; {} [O44]",
                      record, equals));
    else
      out.push_back(fmt::format("{}: usable; {} [D6 D7]", record, equals));
  }
  return out;
}

std::string request_fault(const Request& request) {
  if (request.chain.empty()) return "no certificate was presented";
  if (request.names.empty()) return "no reference name was given";
  for (const std::string& name : request.names)
    if (name.empty() || name.find('\0') != std::string::npos || name.size() > 255)
      return "a reference name is empty, too long or holds a NUL";
  return {};
}

}  // namespace dane::verify
