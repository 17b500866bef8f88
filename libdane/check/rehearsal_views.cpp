#include "libdane/check/rehearsal_views.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

std::string server_name(const smtp::AuthorityFacts& facts) {
  const bool asked = facts.endpoint.port != 0;
  const auto address = asked ? facts.endpoint.address.to_string() : "";
  if (facts.server.is_root()) return asked ? address : "the zone's name servers";
  return asked ? fmt::format("{} ({})", facts.server.to_string(), address)
               : facts.server.to_string();
}

std::vector<tlsa::Record> decode_records(const dns::Answer& answer) {
  std::vector<tlsa::Record> records;
  for (const auto& rdata : answer.rdata) {
    if (auto record = tlsa::decode_rdata(rdata)) records.push_back(std::move(*record));
  }
  return records;
}

void judge_found(Authority& authority, const Found<dns::Answer>& answer, const Service& service,
                 const x509::Chain& chain) {
  authority.records = decode_records(answer.value);
  authority.ttl = answer.ttl;
  authority.row.outcome = "found";
  for (const auto& record : authority.records)
    authority.row.records.push_back(tlsa::format_presentation(record));
  const auto verdict =
      authority.records.empty()
          ? verify::Verdict::unusable
          : verify::judge_chain(request_for(service, chain, authority.records)).verdict;
  switch (verdict) {
    case verify::Verdict::authenticated:
      authority.view = ServerView::passes;
      authority.row.new_chain_passes = true;
      authority.row.text = "the new chain passes";
      break;
    case verify::Verdict::refuted:
      authority.view = ServerView::refuses;
      authority.row.new_chain_passes = false;
      authority.row.text = "these records refuse the new chain";
      break;
    case verify::Verdict::unusable:
      authority.view = ServerView::unusable;
      authority.row.text = "no record is usable";
      break;
    case verify::Verdict::undetermined:
      authority.view = ServerView::failed;
      authority.reason = "no verdict on its records";
      authority.row.text = authority.reason;
      break;
  }
}

Authority judge_authority(const smtp::AuthorityFacts& facts, const Service& service,
                          const x509::Chain& chain) {
  Authority authority;
  authority.name = server_name(facts);
  authority.row.server = facts.server.is_root() ? "" : facts.server.to_string();
  authority.row.address = facts.endpoint.port == 0 ? "" : facts.endpoint.address.to_string();
  std::visit(overloaded{[&](const Found<dns::Answer>& answer) {
                          judge_found(authority, answer, service, chain);
                        },
                        [&](const Absent&) {
                          authority.view = ServerView::absent;
                          authority.row.outcome = "absent";
                          authority.row.text = "has no TLSA records";
                        },
                        [&](const Failed& failed) {
                          authority.view = ServerView::failed;
                          authority.row.outcome = "failed";
                          authority.reason = fmt::format(
                              "{}{}", to_string(failed.kind),
                              failed.what.empty() ? "" : ": " + printable(failed.what, 200));
                          authority.row.text = authority.reason;
                        }},
             facts.outcome);
  return authority;
}

}  // namespace

std::vector<Authority> judge_authorities(const HostView& view, const Service& service,
                                         const x509::Chain& chain) {
  std::vector<Authority> authorities;
  for (const auto& facts : view.facts.authorities) {
    const auto owner = facts.owner.to_string();
    if (owner != service.owner && owner != service.alias_target) continue;
    authorities.push_back(judge_authority(facts, service, chain));
  }
  return authorities;
}

std::vector<std::string> names_with(const std::vector<Authority>& authorities, ServerView view) {
  std::vector<std::string> names;
  for (const auto& authority : authorities) {
    if (authority.view == view) names.push_back(authority.name);
  }
  return names;
}

}  // namespace dane::check
