/// \file  Protocol lists, cipher grades, match lists and fingerprints, wherever they stand.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/postfix/trust.hpp"

#include "libdane/policy/lint_view.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

constexpr int ssl3 = 0x0300, tls11 = 0x0302, tls13 = 0x0304;  // on the wire

std::vector<std::string> words_of(const std::string& list) {
  return postfix::split_list(list, true);
}

bool has_word(const std::vector<std::string>& words, std::string_view wanted) {
  return std::ranges::any_of(words,
                             [&](const std::string& word) { return equal_fold(word, wanted); });
}

std::string names(const std::vector<int>& versions) {
  std::vector<std::string> out;
  for (const int version : versions) out.push_back(postfix::protocol_name(version));
  return list(out);
}

Finding invalid(const std::string& text, const postfix::ProtocolChoice& choice,
                const std::string& subject, const View& view, Severity severity) {
  return make_finding(
      severity, "protocols-invalid", {"P2"}, subject,
      fmt::format("\"{}\" is no protocol list for Postfix {} (it does not know {}): Postfix gives "
                  "up each TLS session that goes by it, and mail waits.",
                  printable(text), view.configuration.version.to_string(),
                  choice.bad_token.empty() ? "it" : "\"" + printable(choice.bad_token) + "\""),
      view.features.protocol_bounds
          ? "Write >=TLSv1.2, without a space, and run: postfix reload."
          : "This version knows names and exclusions only: write !SSLv2:!SSLv3:!TLSv1:!TLSv1.1 "
            "(as far as it knows those names).");
}

Finding nothing_left(const std::string& text, const std::string& subject, Severity severity) {
  return make_finding(severity, "protocols-none-left", {"P2"}, subject,
                      fmt::format("\"{}\" allows no protocol at all: every TLS handshake fails "
                                  "(\"no protocols available\").",
                                  printable(text)),
                      "Write >=TLSv1.2 (before Postfix 3.6: !SSLv2:!SSLv3:!TLSv1:!TLSv1.1).");
}

Finding with_space(const std::string& text, const std::string& allowed,
                   const std::string& subject) {
  return make_finding(
      Severity::warning, "protocols-bound-alone", {"P2"}, subject,
      fmt::format("\"{}\" has a space behind >= or <=: the sign alone sets no bound, and the name "
                  "behind it allows that one version. What remains: {}.",
                  printable(text), allowed),
      "Write the sign and the name together: >=TLSv1.2.");
}

bool is_weak(const std::string& grade, const postfix::Features& features) {
  if (equal_fold(grade, "null")) return true;
  return !features.weak_grades_are_medium &&
         (equal_fold(grade, "export") || equal_fold(grade, "low"));
}

bool includes_only_sslv2(const std::vector<std::string>& words) {
  const auto include = [](const std::string& word) {
    return !word.starts_with('!') && !word.starts_with('<') && !word.starts_with('>');
  };
  return has_word(words, "SSLv2") && std::ranges::count_if(words, include) == 1;
}

bool excludes_tls13(const std::vector<std::string>& words, const postfix::ProtocolChoice& choice) {
  return has_word(words, "!TLSv1.3") || choice.ceiling != 0;
}

}  // namespace

Findings lint_protocols(const std::string& text, const std::string& subject, const View& view,
                        bool used) {
  const auto choice = postfix::parse_protocols(text, view.configuration.version);
  const auto severity = used ? Severity::critical : Severity::warning;
  if (!choice.valid) return {invalid(text, choice, subject, view, severity)};
  const auto allowed = choice.allowed();
  if (allowed.empty()) return {nothing_left(text, subject, severity)};
  const auto words = words_of(text);
  Findings out;
  if (view.features.protocol_bounds && (has_word(words, ">=") || has_word(words, "<="))) {
    out.push_back(with_space(text, names(allowed), subject));
  } else if (includes_only_sslv2(words)) {
    out.push_back(make_finding(
        Severity::warning, "protocols-sslv2-alone", {"P2"}, subject,
        fmt::format("\"{}\" allows SSLv2 alone, which no OpenSSL of today has: the list is empty "
                    "then, and allows every protocol.",
                    printable(text)),
        "Write what shall be allowed: >=TLSv1.2."));
  } else if (view.features.names_tls13 && allowed.back() < tls13 &&
             !excludes_tls13(words, choice)) {
    out.push_back(make_finding(
        Severity::warning, "protocols-without-tls13", {"P2"}, subject,
        fmt::format("\"{}\" names what is allowed, and so switches TLSv1.3 off: what remains is "
                    "{}.",
                    printable(text), names(allowed)),
        "Exclude what is too old instead of naming what is allowed: >=TLSv1.2, or before Postfix "
        "3.6 !SSLv2:!SSLv3:!TLSv1:!TLSv1.1."));
  }
  return out;
}

Findings lint_ciphers(const std::string& grade, const std::string& exclusions,
                      const std::string& subject, const View& view, bool used) {
  const auto severity = used ? Severity::critical : Severity::warning;
  Findings out;
  for (const auto& token : postfix::split_list(exclusions, true)) {
    if (token.find_first_of("!+-@") != 0) continue;
    out.push_back(make_finding(
        severity, "exclusions-invalid", {"P2"}, subject,
        fmt::format("\"{}\" in a list of excluded ciphers begins with a sign: Postfix refuses the "
                    "list (\"invalid unary '!+-@' in cipher exclusion\"), and every TLS handshake "
                    "that goes by it fails.",
                    printable(token, 64)),
        "Leave the sign out: what stands in the list is excluded."));
    break;
  }
  const auto choice = postfix::choose_ciphers(grade, "", view.settings());
  if (!choice.openssl_list) {
    out.push_back(make_finding(
        severity, "grade-invalid", {"P2"}, subject,
        fmt::format(
            "\"{}\" is no cipher grade ({}): every TLS handshake that goes by it fails, and "
            "mail waits.",
            printable(grade, 64), printable(choice.fault)),
        "Write high or medium."));
  } else if (is_weak(grade, view.features)) {
    out.push_back(make_finding(
        Severity::warning, "grade-weak", {"P2"}, subject,
        fmt::format("The grade \"{}\" allows ciphers that can be broken, or that do not encrypt.",
                    printable(grade, 64)),
        "Write medium or high; medium is Postfix's own default."));
  }
  return out;
}

Findings lint_patterns(const std::vector<std::string>& patterns, const std::string& subject,
                       Level level, bool names_host) {
  Findings out;
  for (const auto& pattern : patterns) {
    if (!pattern.starts_with("*.")) continue;
    out.push_back(make_finding(
        Severity::warning, "match-wildcard", {"P13", "P15"}, subject,
        fmt::format("\"{}\" is no wildcard in a match list: it stands for a certificate with that "
                    "very text, and for no other name.",
                    printable(pattern, 128)),
        fmt::format("Write {} for all names below it.", printable(pattern.substr(1), 128))));
  }
  for (const auto& pattern : patterns) {
    if (pattern.find_first_of("|;,\"'()<>/@") == std::string::npos) continue;
    out.push_back(make_finding(
        Severity::warning, "match-no-name", {"P13"}, subject,
        fmt::format("Postfix takes {} for one name with that very text, signs and all, and no "
                    "certificate has such a name.",
                    printable(pattern, 128)),
        "Write names alone, with colons between: match=a.example:b.example."));
  }
  const bool host = has_word(patterns, "hostname");
  if (host && level == Level::secure && !names_host)
    out.push_back(make_finding(
        Severity::warning, "match-trusts-dns", {"P10", "P14"}, subject,
        "The match list of level secure has hostname in it, the name of the MX host: that makes it "
        "level verify. Whoever forges the MX record can name a host of his own with a valid "
        "certificate.",
        "Name the certificates' names instead, or .provider.example for all names below it; or use "
        "dane, where the destination has it."));
  return out;
}

Findings lint_fingerprints(const std::vector<std::string>& patterns, const std::string& subject,
                           const View& view) {
  if (patterns.empty()) return {};
  const auto& algorithm = view.settings().fingerprint_digest;
  const auto prints = postfix::parse_fingerprints(patterns, algorithm);
  Findings out;
  const bool compared_as_text = view.features.era == postfix::MatchEra::own;
  if (!prints.warnings.empty() && !compared_as_text)
    out.push_back(make_finding(Severity::warning, "fingerprint-malformed", {"P31"}, subject,
                               fmt::format("Postfix leaves out what is no fingerprint: {}.",
                                           list_hostile(prints.warnings, 3)),
                               "Write hex digits, with or without colons, and | between two."));
  if (!prints.wrong_length.empty()) {
    const bool none = prints.digests.empty();
    out.push_back(make_finding(
        none ? Severity::critical : Severity::warning, "fingerprint-length", {"P31"}, subject,
        fmt::format("{} cannot match, for {} makes another length: {}.",
                    count(prints.wrong_length.size(), "fingerprint"), printable(algorithm, 32),
                    list_hostile(prints.wrong_length, 2)),
        "Set smtp_tls_fingerprint_digest to the digest that the fingerprints were made with "
        "(sha256 has 64 hex digits, sha1 40, md5 32), or make them again."));
  }
  return out;
}

// Postfix's default lists are its own affair: only what main.cf sets is looked at, but for what is
// allowed in the end.
Findings lint_lists(const View& view) {
  const auto& settings = view.settings();
  const bool may = view.uses([](Level l) { return l == Level::may || l == Level::dane; });
  const bool mandatory = view.uses(postfix::requires_tls);
  Findings out;
  const auto add = [&](const Findings& more) { out.insert(out.end(), more.begin(), more.end()); };
  if (view.is_set("smtp_tls_protocols"))
    add(lint_protocols(settings.protocols, view.subject("smtp_tls_protocols"), view, may));
  if (view.is_set("smtp_tls_mandatory_protocols"))
    add(lint_protocols(settings.mandatory_protocols, view.subject("smtp_tls_mandatory_protocols"),
                       view, mandatory));
  if (view.is_set("smtp_tls_ciphers"))
    add(lint_ciphers(settings.ciphers, "", view.subject("smtp_tls_ciphers"), view, may));
  if (view.is_set("smtp_tls_mandatory_ciphers"))
    add(lint_ciphers(settings.mandatory_ciphers, "", view.subject("smtp_tls_mandatory_ciphers"),
                     view, mandatory));
  if (view.is_set("smtp_tls_exclude_ciphers"))
    add(lint_ciphers("medium", settings.exclude_ciphers, view.subject("smtp_tls_exclude_ciphers"),
                     view, may || mandatory));
  if (view.is_set("smtp_tls_mandatory_exclude_ciphers"))
    add(lint_ciphers("medium", settings.mandatory_exclude_ciphers,
                     view.subject("smtp_tls_mandatory_exclude_ciphers"), view, mandatory));
  const auto choice =
      postfix::parse_protocols(settings.mandatory_protocols, view.configuration.version);
  const auto allowed = choice.allowed();
  if (mandatory && choice.valid && !allowed.empty() && allowed.front() >= ssl3 &&
      allowed.front() <= tls11)
    out.push_back(make_finding(Severity::note, "protocols-old", {"P2"},
                               view.subject("smtp_tls_mandatory_protocols"),
                               fmt::format("From level encrypt on, {} is still allowed (RFC 8996 "
                                           "retired what came before TLSv1.2): "
                                           "\"{}\". OpenSSL's own configuration may forbid more.",
                                           postfix::protocol_name(allowed.front()),
                                           printable(settings.mandatory_protocols))));
  return out;
}

}  // namespace dane::policy
