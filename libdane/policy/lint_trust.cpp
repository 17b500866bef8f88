/// \file  CAs, trust anchors, match lists and fingerprints of main.cf.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/lint_view.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

constexpr auto bundle =
    "Set smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt (Red Hat: "
    "/etc/pki/tls/certs/ca-bundle.crt), then: postfix reload.";

/// Levels verify and secure whose trust comes from CAfile and CApath.
bool needs_cas(const View& view) {
  if (!view.settings().trust_anchor_file.empty()) return false;
  if (postfix::is_pkix(view.global.level)) return true;
  if (std::ranges::any_of(view.per_site, postfix::is_pkix)) return true;
  return std::ranges::any_of(view.entries, [](const Entry& entry) {
    const auto* policy = entry.policy();
    return !entry.dead && policy && postfix::is_pkix(policy->level) && policy->tafiles.empty();
  });
}

Findings no_ca(const View& view) {
  const auto& settings = view.settings();
  if (!settings.ca_file.empty() || !settings.ca_path.empty()) return {};
  const std::string also =
      settings.append_default_ca
          ? " tls_append_default_CA = yes does not help: it only adds to one of the two."
          : "";
  if (needs_cas(view))
    return {make_finding(
        Severity::critical, "no-ca", {"P7", "P35"}, view.subject("smtp_tls_CAfile"),
        "Level verify or secure is in use, and smtp_tls_CAfile and smtp_tls_CApath are both empty: "
        "Postfix then trusts no CA at all, not even the system's, so every server fails and mail "
        "waits." +
            also,
        bundle)};
  if (!settings.append_default_ca) return {};
  return {make_finding(Severity::warning, "default-ca-without-effect", {"P35"},
                       view.subject("tls_append_default_CA"),
                       "tls_append_default_CA = yes has no effect while smtp_tls_CAfile and "
                       "smtp_tls_CApath are both "
                       "empty: no CA is trusted.",
                       bundle)};
}

std::string_view parameter_of(const postfix::ConfigProblem& problem, const View& view) {
  const std::string_view first(problem.what.data(),
                               std::min(problem.what.find(' '), problem.what.size()));
  if (first.starts_with("smtp_tls_")) return first;
  return view.settings().ca_file.empty() ? "smtp_tls_CApath" : "smtp_tls_CAfile";
}

Severity weight_of(const postfix::ConfigProblem& problem, bool unusable) {
  if (problem.code == "client-certificate-not-read") return Severity::note;
  return unusable ? Severity::critical : Severity::warning;
}

Findings ca_problems(const View& view) {
  const auto& cas = view.configuration.cas;
  const bool demanded = view.uses(postfix::requires_tls);
  Findings out;
  for (const auto& problem : cas.problems)
    out.push_back(make_finding(
        weight_of(problem, cas.unusable), "ca-unreadable", {"P7"},
        view.subject(parameter_of(problem, view)),
        fmt::format("{}{}", sentence(problem.what),
                    cas.unusable ? demanded ? " Postfix then has no TLS at all: what demands TLS "
                                              "waits, the rest goes out in the clear."
                                            : " Postfix then has no TLS at all, and all mail goes "
                                              "out in the clear."
                                 : ""),
        problem.remedy.empty()
            ? "Name a file of PEM certificates, and for CApath a folder that c_rehash (openssl "
              "rehash) has made links in; both must be readable when Postfix starts, and a CApath "
              "also within the chroot."
            : sentence(problem.remedy)));
  return out;
}

Findings anchors_hide_cas(const View& view) {
  const auto& settings = view.settings();
  if (settings.trust_anchor_file.empty() || (settings.ca_file.empty() && settings.ca_path.empty()))
    return {};
  if (!view.uses(postfix::is_pkix)) return {};
  return {make_finding(
      Severity::warning, "anchors-hide-cas", {"P32"}, view.subject("smtp_tls_trust_anchor_file"),
      "smtp_tls_trust_anchor_file is set: at levels verify and secure its anchors alone count, and "
      "smtp_tls_CAfile and smtp_tls_CApath are not used, so servers with a public CA's certificate "
      "fail unless that CA is in the file.",
      "If public CAs shall count, empty smtp_tls_trust_anchor_file, and give the destinations with "
      "a CA of their own an entry with tafile=.")};
}

Findings fingerprints(const View& view) {
  const auto& settings = view.settings();
  if (!view.uses(Level::fingerprint)) return {};
  const auto patterns = postfix::split_list(settings.fingerprint_cert_match, false);
  Findings out = lint_fingerprints(patterns, view.subject("smtp_tls_fingerprint_cert_match"), view);
  if (view.global.level == Level::fingerprint && patterns.empty())
    out.push_back(make_finding(
        Severity::critical, "fingerprint-none", {"P31"},
        view.subject("smtp_tls_fingerprint_cert_match"),
        "Level fingerprint is the default, and smtp_tls_fingerprint_cert_match is empty: all mail "
        "without an entry waits (\"configured at fingerprint security level, but with no "
        "fingerprints to match\").",
        "Set smtp_tls_security_level = dane or may, and use level fingerprint in entries with "
        "match= only."));
  if (!equal_fold(settings.fingerprint_digest, "md5")) return out;
  const bool by_default = !view.is_set("smtp_tls_fingerprint_digest");
  const bool compatibility = by_default && !view.features.md5_fingerprints_by_default;
  out.push_back(make_finding(
      Severity::warning, "fingerprint-md5", {"P31"}, view.subject("smtp_tls_fingerprint_digest"),
      fmt::format("Fingerprints are compared by md5, for which certificates can be forged{}; a "
                  "sha256 fingerprint never matches under it.",
                  compatibility ? " (the default while compatibility_level is below 3.6)"
                  : by_default  ? " (the default of this version)"
                                : ""),
      "Make sha256 fingerprints of the same keys (posttls-finger -c -d sha256 HOST), put both "
      "forms "
      "into the entries, then set smtp_tls_fingerprint_digest = sha256."));
  return out;
}

Findings match_lists(const View& view) {
  const auto& settings = view.settings();
  Findings out;
  const auto add = [&](const Findings& more) { out.insert(out.end(), more.begin(), more.end()); };
  if (view.is_set("smtp_tls_secure_cert_match"))
    add(lint_patterns(postfix::split_list(settings.secure_cert_match, true),
                      view.subject("smtp_tls_secure_cert_match"), Level::secure));
  if (view.is_set("smtp_tls_verify_cert_match"))
    add(lint_patterns(postfix::split_list(settings.verify_cert_match, true),
                      view.subject("smtp_tls_verify_cert_match"), Level::verify));
  return out;
}

}  // namespace

Findings lint_trust(const View& view) {
  Findings out;
  for (auto* lint : {&ca_problems, &no_ca, &anchors_hide_cas, &fingerprints, &match_lists}) {
    const auto more = (*lint)(view);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

}  // namespace dane::policy
