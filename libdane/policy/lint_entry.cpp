/// \file  One row of the policy table: can it be read, is it ever found, is it strong enough?
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/postfix/destination.hpp"

#include "libdane/policy/lint_view.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

std::string subject_of(const Entry& entry) {
  const auto place = place_of(*entry.row);
  const auto key = printable(entry.row->key, 128);
  return place.empty() ? key : place + " " + key;
}

/// "mx1", "mail", "in2-smtp": hosts, not mail domains.
bool looks_like_host(const std::string& key) {
  const auto label = lower(key.substr(0, key.find('.')));
  if (std::ranges::count(key, '.') < 2) return false;
  const auto bare = label.substr(0, label.find_last_not_of("0123456789") + 1);
  return bare == "mx" || bare == "smtp" || bare == "mail" || bare == "mx-" || bare == "relay" ||
         label.ends_with("-smtp") || label.starts_with("smtp-") || label.starts_with("mx-");
}

bool is_bare_name(const std::string& key) {
  return !key.starts_with('.') && postfix::is_searchable_name(key);
}

Finding dead_finding(const Entry& entry) {
  return make_finding(Severity::warning, "entry-dead", {"P21"}, subject_of(entry),
                      fmt::format("No lookup ever finds this row: {}.", entry.dead->why),
                      entry.dead->remedy);
}

Finding service_name(const Entry& entry, const std::string& service) {
  return make_finding(
      Severity::note, "entry-service-name", {"P21"}, subject_of(entry),
      fmt::format("The key has the service name {}; it is found only where the transport table (or "
                  "relayhost) writes it the same way, and not with a port number.",
                  printable(service, 32)));
}

Finding half_covered(const View& view, const Entry& entry) {
  const auto bare = entry.row->key.substr(1);
  const bool sibling = std::ranges::any_of(
      view.entries, [&](const Entry& other) { return lower(other.row->key) == lower(bare); });
  return make_finding(
      Severity::note, "entry-subdomains-only", {"P21"}, subject_of(entry),
      sibling ? std::string("A key with a dot in front is for sub-domains only; the domain itself "
                            "has an entry of its own.")
              : fmt::format("A key with a dot in front is for sub-domains only: mail to {} itself "
                            "does not find it.",
                            printable(bare, 128)));
}

std::string service_in(const std::string& key) {
  const auto colon = key.rfind(':');
  if (colon == std::string::npos || key.ends_with(']') || colon + 1 == key.size()) return {};
  const auto port = key.substr(colon + 1);
  const bool number = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  return number ? std::string() : port;
}

/// The word behind an attribute's value: what should have been part of it, perhaps.
std::string word_behind(const std::string& entry, std::string_view attribute) {
  constexpr auto ends = ", \t";
  const auto begin = entry.find(attribute);
  if (begin == std::string::npos ||
      (begin > 0 && std::string_view(ends).find(entry[begin - 1]) == std::string_view::npos))
    return {};
  const auto end = std::min(entry.find_first_of(ends, begin), entry.size());
  const auto next = std::min(entry.find_first_not_of(ends, end), entry.size());
  return entry.substr(next, entry.find_first_of(ends, next) - next);
}

/// "tlsv1.3", "!sslv3", ">=tlsv1.2"
bool is_protocol(std::string_view word) {
  const auto name = word.substr(std::min(word.find_first_not_of("!<>="), word.size()));
  return name.starts_with("tlsv1") || name.starts_with("sslv");
}

}  // namespace

std::string likely_mistake(const std::string& value, const postfix::EntryFault& fault) {
  const auto folded = lower(value);
  if (folded.find(" #") != std::string::npos || folded.find("\t#") != std::string::npos)
    return "A comment needs a line of its own, with # in its first column.";
  if (folded.starts_with("half-dane") || folded.starts_with("halfdane"))
    return "halfdane is what Postfix calls level dane behind an unsigned MX record; it cannot be "
           "written. Write dane.";
  if (folded.starts_with("must"))
    return "MUST and its kin belong to smtp_tls_per_site. Write secure, verify or encrypt.";
  // Only where the fault is that very word.
  const auto is_at_fault = [&](const std::string& word) {
    return !word.empty() &&
           lower(fault.attribute + " " + fault.warning).find(word) != std::string::npos;
  };
  if (const auto word = word_behind(folded, "match=");
      is_at_fault(word) && word.find('=') == std::string::npos && word.find('.') < word.size())
    return "White space and comma end a value. Write the names with colons between: "
           "match=a.example:b.example.";
  if (const auto word = word_behind(folded, "protocols="); is_protocol(word) && is_at_fault(word))
    return "White space and comma end a value: in protocols= write colons, such as "
           "protocols=TLSv1.2:TLSv1.3.";
  return {};
}

Findings lint_validity(const View& view, const Entry& entry) {
  if (entry.dead) return {};  // no mail goes by it
  if (const auto* fault = entry.fault()) {
    const auto likely = likely_mistake(entry.row->value, *fault);
    const auto remedy = sentence(fault->remedy);
    const auto version = view.configuration.version.to_string();
    return {make_finding(
        Severity::critical, fault->other_version ? "entry-unknown-to-version" : "entry-invalid",
        {"P22", "P23"}, subject_of(entry),
        fmt::format("Postfix {} refuses this entry, and all mail to the destination waits ({} "
                    "client TLS configuration problem). It warns: {}.",
                    version, view.features.policy_checked_before_connect ? "4.7.5" : "4.7.0",
                    printable(fault->warning)),
        !likely.empty()        ? likely
        : !remedy.empty()      ? remedy
        : fault->other_version ? "Take it out, or update Postfix."
                               : "Correct the entry, then run postmap on the file.")};
  }
  Findings out;
  for (const auto& note : entry.parsed.notes)
    out.push_back(make_finding(Severity::warning, "entry-attribute-ignored", {"P22"},
                               subject_of(entry),
                               fmt::format("Postfix warns, and goes on: {}.", printable(note)),
                               "Take out what it ignores."));
  return out;
}

Findings lint_key(const View& view, const Entry& entry) {
  if (entry.dead) return {dead_finding(entry)};
  const auto& key = entry.row->key;
  if (const auto service = service_in(key); !service.empty()) return {service_name(entry, service)};
  if (key.starts_with('.')) return {half_covered(view, entry)};
  if (is_bare_name(key) && looks_like_host(key) && !equal_fold(view.settings().relayhost, key))
    return {make_finding(
        Severity::note, "entry-looks-like-host", {"P12", "P21"}, subject_of(entry),
        "The key looks like the name of a mail host. Postfix looks for the next-hop, which is the "
        "recipient's domain unless a transport says otherwise, and never for the MX host.")};
  return {};
}

bool weakens_default(const View& view, const Entry& entry) {
  const auto* policy = entry.policy();
  if (!policy || entry.dead) return false;
  const auto level = policy->level, by_default = view.global.level;
  if (level <= Level::encrypt) return level < by_default;
  // dane goes on without authentication where a destination has no TLSA records.
  if (level == Level::dane) return by_default > level || by_default == Level::fingerprint;
  return level == Level::verify && by_default == Level::secure && !policy->has_match;
}

std::string_view weakness(Level level) {
  switch (level) {
    case Level::none:
      return ": mail goes out in the clear";
    case Level::may:
      return ", which goes out in the clear where it must";
    case Level::encrypt:
      return ", which demands TLS but does not ask who the server is";
    case Level::dane:
      return ", which authenticates nobody where the destination has no TLSA records";
    default:
      return ", which takes the MX host's name from DNS that nobody authenticated";
  }
}

Findings lint_strength(const View& view, const Entry& entry) {
  const auto* policy = entry.policy();
  if (!policy || entry.dead) return {};
  Findings out;
  if (weakens_default(view, entry))
    out.push_back(make_finding(
        Severity::warning, "entry-weakens-default", {"P25"}, subject_of(entry),
        fmt::format("The entry replaces the default level {} by {}{}.",
                    to_string(view.global.level), to_string(policy->level),
                    weakness(policy->level)),
        "If there is no reason for it any more, take the entry out; a reason is best written into "
        "a "
        "comment above it."));
  const bool names_host = entry.row->key.starts_with('[');  // no MX record comes into it
  if (policy->level == Level::verify && !policy->has_match && !names_host)
    out.push_back(make_finding(
        Severity::warning, "entry-verify", {"P10", "P14"}, subject_of(entry),
        "Level verify compares the name of the MX host, which comes from DNS that nobody "
        "authenticated: whoever forges the MX record can name a host of his own with a valid "
        "certificate. Level secure was probably meant.",
        "Write secure, with match= for the names of the provider's certificates; or dane, where "
        "the "
        "destination has it. This tool suggests a line when it is given the next-hop."));
  postfix::PolicyEntry bare;
  bare.level = policy->level;
  const bool repeats = policy->level == view.global.level && *policy == bare;
  if (repeats)
    out.push_back(make_finding(
        Severity::note, "entry-repeats-default", {"P25"}, subject_of(entry),
        fmt::format("The entry says {}, as smtp_tls_security_level does: it changes nothing today.",
                    to_string(policy->level))));
  return out;
}

Findings lint_attributes(const View& view, const Entry& entry) {
  const auto* policy = entry.policy();
  if (!policy || entry.dead || policy->level == Level::none) return {};
  const auto subject = subject_of(entry);
  Findings out;
  const auto add = [&](const Findings& more) { out.insert(out.end(), more.begin(), more.end()); };
  if (policy->protocols) add(lint_protocols(*policy->protocols, subject, view, true));
  if (policy->ciphers || policy->exclude)
    add(lint_ciphers(policy->ciphers.value_or("medium"), policy->exclude.value_or(""), subject,
                     view, true));
  if (policy->level == Level::fingerprint) {
    add(lint_fingerprints(policy->match, subject, view));
    if (!policy->has_match && view.settings().fingerprint_cert_match.empty())
      out.push_back(make_finding(
          Severity::critical, "fingerprint-none", {"P31"}, subject,
          "Level fingerprint without match=, and smtp_tls_fingerprint_cert_match is empty: all "
          "mail "
          "to the destination waits (\"configured at fingerprint security level, but with no "
          "fingerprints to match\").",
          "Write match= with the fingerprint of the server's key (posttls-finger -c -d sha256 "
          "HOST shows it; compare it with the operator)."));
  }
  if (!postfix::is_pkix(policy->level)) return out;
  add(lint_patterns(policy->match, subject,
                    policy->policy_type == "sts" ? Level::verify : policy->level,
                    entry.row->key.starts_with('[')));
  const auto& list = policy->level == Level::secure ? view.settings().secure_cert_match
                                                    : view.settings().verify_cert_match;
  const auto same = [](const std::string& a, const std::string& b) { return equal_fold(a, b); };
  if (!policy->match.empty() &&
      std::ranges::equal(policy->match, postfix::split_list(list, true), same))
    out.push_back(make_finding(Severity::note, "match-repeats-default", {"P10"}, subject,
                               fmt::format("Its match list, {}, is what level {} looks for anyway.",
                                           list_hostile(policy->match), to_string(policy->level))));
  const auto destination = postfix::parse_destination(entry.row->key);
  if (destination && destination->is_address && policy->level == Level::secure &&
      view.features.era != postfix::MatchEra::own && !policy->has_match &&
      equal_fold(list, "nexthop, dot-nexthop"))
    out.push_back(make_finding(
        Severity::critical, "address-never-verifies", {"P12", "P13"}, subject,
        fmt::format(
            "Level secure looks for the address and for names below it (nexthop, "
            "dot-nexthop), and Postfix {} wants both: no certificate can have that, and all "
            "mail waits.",
            view.configuration.version.to_string()),
        "Write match= with the name in the server's certificate, or match=nexthop where the "
        "certificate has the address itself (iPAddress)."));
  return out;
}

}  // namespace dane::policy
