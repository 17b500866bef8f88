#include "dane/postfix/policy_entry.hpp"

#include <array>
#include <charconv>
#include <limits>

#include <fmt/core.h>

#include "libdane/postfix/policy_tokens.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr Version newest{3, 12, 0};
constexpr Version before_dane{2, 10, 0};
constexpr std::size_t longest_entry = 1U << 20U;

using Fault = std::optional<EntryFault>;

/// What an attribute's function works on.
struct Reading {
  const Features& features;
  PolicyEntry& entry;
  const Attribute& attribute;

  [[nodiscard]] std::string name() const { return as_logged(attribute.name); }
  [[nodiscard]] std::string value() const { return as_logged(attribute.value); }
  [[nodiscard]] EntryFault fault(std::string warning, std::string remedy) const {
    return {std::move(warning), attribute.name, false, std::move(remedy)};
  }
  [[nodiscard]] EntryFault empty() const {
    return fault(fmt::format("attribute \"{}\" has empty value", name()),
                 fmt::format("give {}= a value or leave it out", name()));
  }
  [[nodiscard]] EntryFault repeated() const {
    return fault(fmt::format("attribute \"{}\" is specified multiple times", name()),
                 fmt::format("keep one {}=", name()));
  }
  [[nodiscard]] EntryFault wrong_level(std::string remedy) const {
    return fault(fmt::format("attribute \"{}\" invalid at security level \"{}\"", name(),
                             to_string(entry.level)),
                 std::move(remedy));
  }
  /// `is`: "bad value", "a malformed value", "an unexpected value"
  [[nodiscard]] EntryFault bad_value(std::string_view is, std::string remedy) const {
    return fault(fmt::format("attribute \"{}\" has {}: \"{}\"", name(), is, value()),
                 std::move(remedy));
  }
};

Fault set_once(const Reading& r, std::optional<std::string>& field) {
  if (field) return r.repeated();
  field = r.attribute.value;
  return std::nullopt;
}

Fault read_ciphers(const Reading& r) {
  if (r.attribute.value.empty()) return r.empty();
  return set_once(r, r.entry.ciphers);
}

Fault read_protocols(const Reading& r) {
  return set_once(r, r.entry.protocols);
}

Fault read_exclude(const Reading& r) {
  return set_once(r, r.entry.exclude);
}

Fault read_servername(const Reading& r) {
  if (r.entry.servername) return r.repeated();
  if (!is_hostname(r.attribute.value))
    return r.fault(fmt::format("\"{}={}\" specifies an invalid hostname", r.name(), r.value()),
                   "give a host name in A-labels, or the word hostname or nexthop");
  r.entry.servername = r.attribute.value;
  return std::nullopt;
}

bool may_match(const Reading& r) {
  const Level level = r.entry.level;
  if (r.features.match_at_any_high_level) return requires_match(level);
  return level == Level::fingerprint || is_pkix(level);
}

Fault read_match(const Reading& r) {
  if (r.attribute.value.empty()) return r.empty();
  if (!may_match(r))
    return r.wrong_level(
        "match= belongs to the levels fingerprint, verify and secure: "
        "change the level or leave it out");
  const auto* separator = r.entry.level == Level::fingerprint ? "|" : ":";
  for (const auto pattern : split(r.attribute.value, separator))
    r.entry.match.emplace_back(pattern);
  r.entry.has_match = true;
  return std::nullopt;
}

Fault read_tafile(const Reading& r) {
  if (!is_pkix(r.entry.level))
    return r.wrong_level("tafile= belongs to the levels verify and secure");
  if (r.attribute.value.empty()) return r.empty();
  r.entry.tafiles.push_back(r.attribute.value);
  return std::nullopt;
}

Fault read_bool(const Reading& r, std::optional<bool>& field) {
  const bool yes = same_word(r.attribute.value, "yes");
  if (!yes && !same_word(r.attribute.value, "no"))
    return r.bad_value("bad value", fmt::format("write {}=yes or {}=no", r.name(), r.name()));
  field = yes;
  return std::nullopt;
}

Fault read_connection_reuse(const Reading& r) {
  return read_bool(r, r.entry.connection_reuse);
}

Fault read_enable_rpk(const Reading& r) {
  return read_bool(r, r.entry.enable_rpk);
}

Fault read_policy_ttl(const Reading& r) {
  if (r.entry.policy_ttl) return r.repeated();
  const auto& text = r.attribute.value;
  int seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (!all_digits(text) || stop != end || error != std::errc{})
    return r.bad_value("a malformed value", "give a number of seconds, digits alone");
  r.entry.policy_ttl = seconds;
  return std::nullopt;
}

/// One of a list of words, in any case.
Fault read_word(const Reading& r, std::optional<std::string>& field, std::string_view words) {
  if (field) return r.repeated();
  for (const auto word : split(words, " ")) {
    if (!same_word(r.attribute.value, word)) continue;
    field = r.attribute.value;
    return std::nullopt;
  }
  return r.bad_value("an unexpected value", fmt::format("use one of: {}", words));
}

Fault read_policy_type(const Reading& r) {
  return read_word(r, r.entry.policy_type, "sts no-policy-found");
}

Fault read_policy_failure(const Reading& r) {
  return read_word(r, r.entry.policy_failure,
                   "sts-policy-fetch-error sts-policy-invalid sts-webpki-invalid "
                   "validation-failure");
}

Fault read_policy_domain(const Reading& r) {
  if (r.entry.policy_domain) return r.repeated();
  if (!is_hostname(r.attribute.value))
    return r.bad_value("a malformed value", "give a domain in A-labels");
  r.entry.policy_domain = r.attribute.value;
  return std::nullopt;
}

Fault read_policy_string(const Reading& r) {
  r.entry.policy_strings.push_back(r.attribute.value);
  return std::nullopt;
}

Fault read_mx_host_pattern(const Reading& r) {
  r.entry.mx_host_patterns.push_back(r.attribute.value);
  return std::nullopt;
}

struct AttributeRule {
  std::string_view name;
  bool Features::*known;  ///< null: in every version
  Fault (*read)(const Reading&);
};

constexpr std::array attribute_rules{
    AttributeRule{"ciphers", nullptr, read_ciphers},
    AttributeRule{"protocols", nullptr, read_protocols},
    AttributeRule{"servername", &Features::servername, read_servername},
    AttributeRule{"match", nullptr, read_match},
    AttributeRule{"exclude", nullptr, read_exclude},
    AttributeRule{"tafile", &Features::dane, read_tafile},
    AttributeRule{"connection_reuse", &Features::connection_reuse, read_connection_reuse},
    AttributeRule{"enable_rpk", &Features::raw_public_keys, read_enable_rpk},
    AttributeRule{"policy_ttl", &Features::external_policy, read_policy_ttl},
    AttributeRule{"policy_type", &Features::external_policy, read_policy_type},
    AttributeRule{"policy_domain", &Features::external_policy, read_policy_domain},
    AttributeRule{"policy_string", &Features::external_policy, read_policy_string},
    AttributeRule{"mx_host_pattern", &Features::external_policy, read_mx_host_pattern},
    AttributeRule{"policy_failure", &Features::external_policy, read_policy_failure},
};

Fault read_into(PolicyEntry& entry, const Attribute& attribute, const Features& features) {
  if (!attribute.error.empty())
    return EntryFault{
        fmt::format("malformed attribute/value pair \"{}\": {}", as_logged(attribute.text),
                    attribute.error),
        attribute.text, false,
        "write name=value; within a value, separate by colons: spaces and commas end it"};
  const Reading reading{features, entry, attribute};
  for (const auto& rule : attribute_rules) {
    const bool is_known = rule.known == nullptr || features.*rule.known;
    if (is_known && same_word(attribute.name, rule.name)) return rule.read(reading);
  }
  return reading.fault(fmt::format("invalid attribute name: \"{}\"", reading.name()),
                       "correct the attribute's name or leave it out");
}

/// policy_ttl= and its kin describe a policy from elsewhere, which policy_type= declares.
Fault check_external_policy(const PolicyEntry& entry) {
  const bool is_external = entry.policy_ttl || entry.policy_domain || entry.policy_failure ||
                           !entry.policy_strings.empty() || !entry.mx_host_patterns.empty();
  if (entry.policy_type || !is_external) return std::nullopt;
  return EntryFault{
      "built-in policy has unexpected attribute policy_ttl, policy_domain, policy_string, "
      "mx_host_pattern or policy_failure",
      "policy_type", false, "add policy_type=sts, or leave these attributes out"};
}

ParsedEntry parse_with(std::string_view value, const Features& features) {
  const auto tokens = policy_tokens(value, features.braces);
  if (tokens.empty())
    return {EntryFault{"invalid empty policy", {}, false, "give a level, such as encrypt"}, {}};
  const auto level = parse_level(tokens.front(), features.dane);
  if (!level)
    return {EntryFault{fmt::format("invalid security level \"{}\"", as_logged(tokens.front())),
                       std::string(tokens.front()), false,
                       "use none, may, encrypt, fingerprint, dane, dane-only, verify or secure"},
            {}};
  PolicyEntry entry;
  entry.level = *level;
  ParsedEntry parsed;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (*level == Level::none) {
      parsed.notes.push_back(
          fmt::format("ignoring attribute \"{}\" with TLS disabled", as_logged(tokens[i])));
    } else if (auto fault =
                   read_into(entry, read_attribute(tokens[i], features.braces), features)) {
      return {std::move(*fault), {}};
    }
  }
  if (auto fault = check_external_policy(entry)) return {std::move(*fault), {}};
  parsed.outcome = std::move(entry);
  return parsed;
}

bool is_accepted(std::string_view value, const Version& version) {
  return std::holds_alternative<PolicyEntry>(parse_with(value, features_of(version)).outcome);
}

}  // namespace

ParsedEntry parse_policy(std::string_view value, const Version& version) {
  if (value.size() > longest_entry)
    return {EntryFault{fmt::format("an entry of {} octets is not judged here; Postfix may take it",
                                   value.size()),
                       {},
                       false,
                       fmt::format("shorten the entry to {} octets or less", longest_entry)},
            {}};
  value = value.substr(0, value.find('\0'));  // a string of C ends there
  auto parsed = parse_with(value, features_of(version));
  if (auto* fault = std::get_if<EntryFault>(&parsed.outcome)) {
    fault->other_version = is_accepted(value, newest) || is_accepted(value, before_dane);
    if (fault->other_version)
      fault->remedy +=
          fmt::format("; other versions of Postfix accept it, {} does not", version.to_string());
  }
  return parsed;
}

}  // namespace dane::postfix
