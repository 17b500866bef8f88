/// \file  A table line, and whether it would verify.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/chain_fault.hpp"
#include "libdane/policy/offer.hpp"
#include "libdane/policy/suggestions.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

bool is_one_word(std::string_view text) {
  return text.find_first_of(" \t\r\n,{}\\") == std::string_view::npos;
}

/// `name=value`, in braces where the value has white space and the version has braces.
std::optional<std::string> attribute(const Case& c, std::string_view name,
                                     const std::string& value) {
  if (printable(value) != value) return {};
  if (is_one_word(value)) return fmt::format("{}={}", name, value);
  if (!c.features.braces || value.find_first_of("{}") != std::string::npos) return {};
  return fmt::format("{{ {} = {} }}", name, value);
}

/// What the present entry has besides level and match list.
std::optional<std::vector<std::string>> kept_attributes(const Case& c, Level level) {
  const auto entry = sound_part(c.judged.site.entry, c.context.settings);
  std::vector<std::string> out;
  bool whole = true;
  const auto keep = [&](std::string_view name, const std::optional<std::string>& value) {
    if (!value) return;
    const auto text = attribute(c, name, *value);
    if (text)
      out.push_back(*text);
    else
      whole = false;
  };
  const auto yes_no = [](bool yes) { return std::optional<std::string>(yes ? "yes" : "no"); };
  keep("protocols", entry.protocols);
  keep("ciphers", entry.ciphers);
  keep("exclude", entry.exclude);
  keep("servername", entry.servername);
  if (postfix::is_pkix(level)) {
    for (const auto& file : entry.tafiles) keep("tafile", file);
  }
  if (entry.connection_reuse) keep("connection_reuse", yes_no(*entry.connection_reuse));
  if (entry.enable_rpk) keep("enable_rpk", yes_no(*entry.enable_rpk));
  if (!whole) return {};
  return out;
}

/// The line is read back by the model: level and list have to come out as they went in.
bool reads_back(const std::string& value, const Draft& draft, const postfix::Version& version) {
  const auto parsed = postfix::parse_policy(value, version);
  const auto* entry = std::get_if<postfix::PolicyEntry>(&parsed.outcome);
  return entry && entry->level == draft.level && entry->match == draft.match;
}

bool names_match(const Case& c, const JudgedServer& server,
                 const postfix::ExpectedNames& expected) {
  const auto& settings = c.context.settings;
  return !expected.cannot_match &&
         postfix::match_names(server.secure_chain.front(), expected, settings.version,
                              settings.wildcard_matches_multiple_labels)
             .hit.has_value();
}

/// smtp_tls_trust_anchor_file counts at level secure; its anchors are known only where the present
/// policy uses them.
bool anchors_are_known(const Case& c, const postfix::Usable* policy) {
  if (policy && policy->anchors_replace_cas) return true;
  return c.context.settings.trust_anchor_file.empty() && c.judged.site.entry.tafiles.empty();
}

}  // namespace

std::string attributes_left_out(const Case& c) {
  const auto& whole = c.judged.site.entry;
  const auto sound = sound_part(c.judged.site.entry, c.context.settings);
  std::vector<std::string> out;
  const auto compare = [&](std::string_view name, const std::optional<std::string>& before,
                           const std::optional<std::string>& after) {
    if (before != after) out.push_back(fmt::format("{}={}", name, printable(*before, 64)));
  };
  compare("protocols", whole.protocols, sound.protocols);
  compare("ciphers", whole.ciphers, sound.ciphers);
  compare("exclude", whole.exclude, sound.exclude);
  return list(out);
}

std::optional<std::string> write_entry(const Case& c, const Draft& draft) {
  const auto key = lower(c.judged.destination.text);
  if (key.empty() || printable(key, 512) != key || !is_one_word(key)) return {};
  std::string value = to_string(draft.level);
  for (std::size_t i = 0; i < draft.match.size(); ++i)
    value += (i == 0 ? " match=" : ":") + draft.match[i];
  auto attributes = kept_attributes(c, draft.level);
  if (!attributes) return {};
  for (const auto& extra : draft.extra) {
    const auto name = extra.substr(0, extra.find('=') + 1);
    std::erase_if(*attributes, [&](const std::string& kept) {
      return kept.starts_with(name) && name != "mx_host_pattern=";
    });
    attributes->push_back(extra);
  }
  for (const auto& text : *attributes) value += " " + text;
  if (!reads_back(value, draft, c.context.settings.version)) return {};
  return key + " " + value;
}

std::vector<const JudgedServer*> seen_servers(const Case& c) {
  std::vector<const JudgedServer*> out;
  for (const auto& server : c.judged.servers) {
    const bool seen = has_chain(server) || !server.secure_chain.empty() ||
                      !server.hostname_chain.empty() || server.dane_authenticates;
    if (seen) out.push_back(&server);
  }
  return out;
}

bool would_verify(const Case& c, const JudgedServer& server,
                  const std::vector<std::string>& patterns) {
  if (server.secure_chain.empty()) return false;
  const auto& settings = c.context.settings;
  const auto expected = postfix::expand_match(patterns, c.judged.destination.domain,
                                              server.hostname, settings.version);
  const auto* policy = usable_policy(server);
  if (!names_match(c, server, expected) || !anchors_are_known(c, policy)) return false;
  const bool anchors = policy && policy->anchors_replace_cas;
  const auto verdict =
      postfix::verify_peer({.chain = server.secure_chain,
                            .level = Level::secure,
                            .cas = c.context.cas,
                            .tlsa = anchors ? policy->tlsa : std::vector<tlsa::Record>{},
                            .anchors_replace_cas = anchors,
                            .expected = expected,
                            .base_domain = {},
                            .multi_label_wildcards = settings.wildcard_matches_multiple_labels,
                            .verify_depth = settings.scert_verifydepth,
                            .dane_digests = settings.dane_digests,
                            .at = c.context.at},
                           settings.version);
  if (verdict.matched) return true;
  // Without CAs: what no CA could mend fails, the rest is open.
  return !c.context.ca_known && !anchors && verdict.name &&
         is_unknown_issuer(verdict.chain_error) &&
         postfix::fault_of_leaf(server.secure_chain.front(), c.context.at) == 0;
}

bool would_verify_all(const Case& c, const std::vector<std::string>& patterns) {
  const auto servers = seen_servers(c);
  return !servers.empty() && std::ranges::all_of(servers, [&](const JudgedServer* server) {
    return would_verify(c, *server, patterns);
  });
}

std::string because_of(const Case& c, const std::vector<std::string>& patterns) {
  std::vector<std::string> found;
  for (const auto* server : seen_servers(c)) {
    const auto expected = postfix::expand_match(patterns, c.judged.destination.domain,
                                                server->hostname, c.context.settings.version);
    const auto verdict =
        postfix::match_names(server->secure_chain.front(), expected, c.context.settings.version,
                             c.context.settings.wildcard_matches_multiple_labels);
    if (verdict.hit) found.push_back(printable(verdict.hit->name, 128));
  }
  const auto servers = seen_servers(c).size();
  std::string out = servers == 1
                        ? fmt::format("The server's certificate has {}", list(unique(found)))
                        : fmt::format("The certificates of the {} servers that were seen have {}",
                                      servers, list(unique(found)));
  if (seen_servers(c).size() < c.judged.servers.size())
    out += fmt::format("; {} showed no certificate",
                       count(c.judged.servers.size() - servers, "server"));
  const bool trust_known = c.context.ca_known || c.context.cas.configured;
  return out + (trust_known ? "."
                            : fmt::format("; whether {} trusted is not known, for no CA was given.",
                                          servers == 1 ? "it is" : "they are"));
}

}  // namespace dane::policy
