/// \file  Parameters without effect, or that the version does not know.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/lint_view.hpp"

namespace dane::policy {

namespace {

/// One version of each branch that changed the parameters.
constexpr std::array<postfix::Version, 10> milestones = {{{2, 6, 0},
                                                          {2, 9, 0},
                                                          {2, 11, 0},
                                                          {3, 1, 0},
                                                          {3, 4, 0},
                                                          {3, 6, 0},
                                                          {3, 9, 0},
                                                          {3, 10, 0},
                                                          {3, 10, 5},
                                                          {3, 11, 0}}};

/// Of the SMTP client's TLS, but nothing that changes a policy.
constexpr std::array<std::string_view, 16> harmless = {"smtp_tls_block_early_mail_reply",
                                                       "smtp_tls_cert_file",
                                                       "smtp_tls_chain_files",
                                                       "smtp_tls_dcert_file",
                                                       "smtp_tls_dkey_file",
                                                       "smtp_tls_eccert_file",
                                                       "smtp_tls_eckey_file",
                                                       "smtp_tls_key_file",
                                                       "smtp_tls_loglevel",
                                                       "smtp_tls_note_starttls_offer",
                                                       "smtp_tls_per_site",
                                                       "smtp_tls_session_cache_database",
                                                       "smtp_tls_session_cache_timeout",
                                                       "smtp_tls_policy_maps",
                                                       "smtp_tls_scert_verifydepth",
                                                       "smtp_tls_security_level"};

bool known_somewhere(const std::string& name) {
  static const auto all = [] {
    std::set<std::string> names;
    for (const auto& version : milestones) {
      for (const auto& parameter : postfix::known_parameters(version)) names.insert(parameter);
    }
    return names;
  }();
  return all.contains(name);
}

/// The obsolete ones are told about elsewhere.
bool told_elsewhere(const std::string& name) {
  return name == "tls_wildcard_matches_multiple_labels" ||
         name == "tls_dane_trust_anchor_digest_enable";
}

Finding unknown(const View& view, const std::string& name, bool elsewhere) {
  return make_finding(
      Severity::warning, "parameter-unknown", {"P2"}, view.subject(name),
      elsewhere
          ? fmt::format("Postfix {} does not have {}: it is ignored without a word.",
                        view.configuration.version.to_string(), printable(name, 64))
          : fmt::format("No modelled version of Postfix has {}: it is probably misspelt, and is "
                        "ignored.",
                        printable(name, 64)),
      "Take it out, or correct it: postconf -d shows what this Postfix knows (postconf prints a "
      "warning about an unused parameter).");
}

Findings unknown_parameters(const View& view) {
  const auto known = postfix::known_parameters(view.configuration.version);
  Findings out;
  for (const auto& [name, assignment] : view.configuration.assignments) {
    const bool ours = name.starts_with("smtp_tls_") || known_somewhere(name);
    const bool fine = std::ranges::find(known, name) != known.end() ||
                      std::ranges::find(harmless, name) != harmless.end();
    if (!ours || fine || told_elsewhere(name)) continue;
    out.push_back(unknown(view, name, known_somewhere(name)));
  }
  return out;
}

}  // namespace

Findings lint_parameters(const View& view) {
  const auto& settings = view.settings();
  Findings out = unknown_parameters(view);
  if (view.is_set("tls_wildcard_matches_multiple_labels") && !view.features.multi_label_wildcards)
    out.push_back(make_finding(
        Severity::note, "multi-label-without-effect", {"P17"},
        view.subject("tls_wildcard_matches_multiple_labels"),
        fmt::format("Postfix {} has tls_wildcard_matches_multiple_labels without effect: an "
                    "asterisk in a certificate stands for one label.",
                    view.configuration.version.to_string())));
  if (!settings.per_site.empty() && !settings.policy_maps.empty()) {
    out.push_back(make_finding(
        Severity::warning, "per-site-ignored", {"P21"}, view.subject("smtp_tls_per_site"),
        "smtp_tls_per_site is ignored while smtp_tls_policy_maps is not empty.",
        "Move its rows into the policy table (MUST is verify, MUST_NOPEERMATCH encrypt, MAY may, "
        "NONE none), and take the parameter out."));
  } else if (!settings.per_site.empty()) {
    out.push_back(make_finding(
        Severity::warning, "per-site-obsolete", {"P21"}, view.subject("smtp_tls_per_site"),
        "smtp_tls_per_site is obsolete, and is looked up by MX host names too, which whoever "
        "forges "
        "DNS chooses.",
        "Write smtp_tls_policy_maps instead: MUST is verify (better: secure), MUST_NOPEERMATCH "
        "encrypt, MAY may, NONE none."));
  }
  if (view.global.level != postfix::Level::none && settings.tls_loglevel == "0")
    out.push_back(make_finding(
        Severity::note, "loglevel-zero", {"P1"}, view.subject("smtp_tls_loglevel"),
        "smtp_tls_loglevel is 0: the log does not say which connections used TLS, and whether they "
        "were Verified, Trusted or Untrusted. With 1 it does."));
  return out;
}

}  // namespace dane::policy
