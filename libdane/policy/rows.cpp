#include "libdane/policy/rows.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/verify/verify.hpp"

#include "libdane/policy/verdict.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

constexpr std::size_t shown_names = 100;  ///< of one certificate

std::optional<Level> level_used(const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  if (!policy) return {};
  const bool fell = server.session.peer && server.session.peer->fell_back_to_encrypt;
  return fell ? Level::encrypt : policy->level;
}

std::vector<std::string> all_printable(const std::vector<std::string>& hostile) {
  std::vector<std::string> out;
  for (const auto& text : hostile) {
    if (out.size() == shown_names) break;
    out.push_back(printable(text));
  }
  return out;
}

std::vector<std::string> references(const postfix::ExpectedNames& expected) {
  std::vector<std::string> out;
  for (const auto& name : expected.names) {
    if (!name.reference.empty()) out.push_back(printable(name.reference));
  }
  return out;
}

std::vector<std::string> reasoning_of(const Case& c, const JudgedServer& server) {
  std::vector<std::string> out;
  if (!server.policy.because.empty()) out.push_back(printable(server.policy.because));
  const auto* policy = usable_policy(server);
  if (!policy) return out;
  const auto looked_for = references(server.session.expected);
  if (!looked_for.empty())
    out.push_back(
        fmt::format("looks for {}, because of {}", list(looked_for), list_hostile(policy->match)));
  if (server.session.peer && server.session.peer->chain_error != 0)
    out.push_back(fmt::format("the chain fails at depth {} with {}",
                              server.session.peer->chain_depth,
                              verify::verify_error_name(server.session.peer->chain_error)));
  if (!policy->protocols.empty())
    out.push_back(fmt::format("protocols \"{}\", cipher grade \"{}\"", printable(policy->protocols),
                              printable(policy->grade)));
  out.push_back(fmt::format("judged as Postfix {}", c.version()));
  return out;
}

void fill_peer(report::PolicyServerRow& row, const postfix::PeerVerdict& peer) {
  row.verify_error = peer.error;
  row.verify_error_name = verify::verify_error_name(peer.error);
  if (peer.chain_error != 0) row.chain_error = verify::verify_error_name(peer.chain_error);
  if (peer.name)
    row.matched = report::MatchedNameRow{.pattern = printable(peer.name->pattern),
                                         .reference = printable(peer.name->reference),
                                         .name = printable(peer.name->name)};
}

report::PolicyServerRow server_row(const Case& c, const JudgedServer& server) {
  const auto& session = server.session;
  report::PolicyServerRow row;
  row.hostname = printable(server.hostname);
  row.address = printable(session.address);
  row.port = session.port;
  if (const auto level = level_used(server)) row.effective_level = to_string(*level);
  if (!server.chain.empty())
    row.certificate_names =
        all_printable(postfix::names_considered(server.chain.front(), c.context.settings.version));
  if (session.log_word) row.log_word = to_string(*session.log_word);
  if (session.peer) fill_peer(row, *session.peer);
  row.tried = !server.beyond_limit;
  row.delivery = to_string(session.delivery);
  row.encrypted = session.delivery == postfix::Delivery::delivered && !session.plaintext &&
                  session.log_word.has_value();
  row.dsn = session.dsn;
  row.text = session.text;
  row.tls = server.tls;
  row.cipher = server.cipher;
  row.log_lines = session.log_lines;
  row.reasoning = reasoning_of(c, server);
  row.rules = session.rules;
  return row;
}

std::string weakest_level(const JudgedDestination& judged) {
  std::optional<Level> weakest;
  for (const auto& server : judged.servers) {
    const auto level = level_used(server);
    if (level && (!weakest || *level < *weakest)) weakest = level;
  }
  return weakest ? to_string(*weakest) : std::string();
}

void fill_names(report::DestinationRow& row, const JudgedDestination& judged) {
  for (const auto& server : judged.servers) {
    if (const auto* policy = usable_policy(server)) {
      for (const auto& pattern : policy->match) row.match.push_back(printable(pattern));
    }
    const auto names = references(server.session.expected);
    row.expected_names.insert(row.expected_names.end(), names.begin(), names.end());
  }
  if (judged.servers.empty()) row.match = all_printable(judged.site.entry.match);
  row.match = unique(row.match);
  row.expected_names = unique(row.expected_names);
}

/// Of an entry that Postfix refuses, the first word; empty where no entry is known.
std::string written_level(const postfix::SiteChoice& site) {
  if (!site.row) return {};
  const auto& value = site.row->value;
  return printable(std::string_view(value).substr(0, value.find_first_of(" \t,")), 64);
}

}  // namespace

report::DestinationRow make_row(const Case& c) {
  const auto& judged = c.judged;
  report::DestinationRow row;
  row.nexthop = c.nexthop();
  if (judged.site.row) {
    row.key = printable(judged.site.row->key);
    row.file = printable(judged.site.row->file);
    row.line = judged.site.row->line;
  }
  row.source = to_string(judged.site.source);
  row.parameter = judged.site.parameter;
  row.verdict = verdict_sentence(c);
  if (judged.site.unknown) return row;
  if (judged.site.fault)
    row.refused_level = written_level(judged.site);
  else
    row.level = to_string(judged.site.level);
  row.effective_level = weakest_level(judged);
  fill_names(row, judged);
  if (judged.goes_on_to.empty()) {  // else it is for the next servers to say
    row.delivery = to_string(judged.outcome.delivery);
    row.dsn = judged.outcome.dsn;
    row.text = judged.outcome.text;
  }
  for (const auto& server : judged.servers) row.servers.push_back(server_row(c, server));
  row.log_lines = judged.log_lines;  // the policy's warnings stand with the servers'
  return row;
}

}  // namespace dane::policy
