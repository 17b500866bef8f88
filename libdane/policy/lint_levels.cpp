/// \file  Problems of reading, and the level that holds without an entry.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/lint_view.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

constexpr auto level_parameter = "smtp_tls_security_level";

Finding as_finding(const postfix::ConfigProblem& problem) {
  const auto file = printable(problem.file);
  const auto place = problem.line > 0 ? fmt::format("{}:{}", file, problem.line) : file;
  return make_finding(
      problem.fatal ? Severity::critical : Severity::warning,
      problem.fatal ? "config-fatal" : "config-problem", {"P22"},
      place.empty() ? std::string("main.cf") : place,
      sentence(problem.what) + (problem.effect.empty() ? "" : " " + sentence(problem.effect)),
      problem.remedy.empty() ? "Correct the line, then: postfix check, postfix reload."
                             : sentence(problem.remedy));
}

Finding empty_level(const View& view) {
  const bool by_compatibility = view.features.security_level_may_by_default;
  return make_finding(
      Severity::warning, "level-empty", {"P2"}, view.subject(level_parameter),
      fmt::format("smtp_tls_security_level is empty, and so is all else that could switch TLS on: "
                  "mail to every destination without an entry goes out in the clear.{}",
                  by_compatibility ? " (The default of this version is may only with "
                                     "compatibility_level = 3.11 or more.)"
                                   : ""),
      view.features.dane
          ? "Set smtp_tls_security_level = dane where a validating resolver runs on this machine, "
            "else = may."
          : "Set smtp_tls_security_level = may.");
}

Finding obsolete_switches(const View& view) {
  const bool ignored = !view.settings().security_level.empty();
  const auto name = view.is_set("smtp_enforce_tls") ? "smtp_enforce_tls" : "smtp_use_tls";
  return make_finding(
      ignored ? Severity::note : Severity::warning, "level-obsolete-form", {"P2"},
      view.subject(name),
      fmt::format("{} is the obsolete form of smtp_tls_security_level{}.", name,
                  ignored ? ", which is set and wins: this one has no effect"
                          : fmt::format("; it means level {} here", to_string(view.global.level))),
      ignored ? std::string()
              : fmt::format("Write smtp_tls_security_level = {} instead.",
                            to_string(view.global.level)));
}

Finding strict_default(const View& view) {
  return make_finding(
      Severity::warning, "level-strict-default", {"P2", "P25"}, view.subject(level_parameter),
      fmt::format("Level {} for every destination is no default for mail to the Internet: most "
                  "servers cannot fulfil it, and their mail waits until it bounces.",
                  to_string(view.global.level)),
      "Set smtp_tls_security_level = dane (or may), and write entries in smtp_tls_policy_maps for "
      "the destinations that shall be verified.");
}

bool is_too_strict(const View& view) {
  const auto level = view.global.level;
  const bool strict =
      level == Level::fingerprint || level == Level::dane_only || postfix::is_pkix(level);
  return strict && view.settings().relayhost.empty();
}

/// smtp_tls_mandatory_* that nothing goes by.
Findings idle_mandatory(const View& view) {
  const auto demands = [](Level level) { return level > Level::may; };
  if (view.uses(demands) || view.may_be_used_elsewhere(demands)) return {};
  const auto& per_site = view.settings().per_site;
  if (view.settings().policy_maps.empty() && !per_site.empty() &&
      !view.configuration.per_site_listed)
    return {};
  std::vector<std::string> idle;
  for (const auto* name : {"smtp_tls_mandatory_protocols", "smtp_tls_mandatory_ciphers",
                           "smtp_tls_mandatory_exclude_ciphers"}) {
    if (view.is_set(name)) idle.emplace_back(name);
  }
  if (idle.empty() || !view.configuration.all_listed) return {};
  return {make_finding(
      Severity::warning, "mandatory-without-effect", {"P2"}, view.subject(idle.front()),
      fmt::format("{} counts from level encrypt on, and every level in use is may or none: it does "
                  "nothing.",
                  list(idle)),
      "If it was meant for all mail, set smtp_tls_protocols, smtp_tls_ciphers and "
      "smtp_tls_exclude_ciphers, with care: at level may, a server that fails them gets its mail "
      "late and in the clear.")};
}

Findings wrapper(const View& view) {
  if (!view.settings().wrappermode || view.global.level >= Level::encrypt) return {};
  return {make_finding(
      Severity::critical, "wrappermode-level", {"P2"}, view.subject("smtp_tls_wrappermode"),
      fmt::format("smtp_tls_wrappermode = yes demands level encrypt or stronger, and the default "
                  "level is {}: Postfix skips every server, and all mail without a stronger entry "
                  "waits (4.3.0 server unavailable or unable to receive mail).",
                  to_string(view.global.level)),
      "Set smtp_tls_security_level = encrypt, or set wrapper mode in master.cf for the one "
      "transport that needs it.")};
}

}  // namespace

Findings lint_reading(const View& view) {
  Findings out;
  for (const auto& problem : view.configuration.problems) out.push_back(as_finding(problem));
  return out;
}

Findings lint_levels(const View& view) {
  const auto& settings = view.settings();
  Findings out;
  if (view.global.fatal)
    out.push_back(make_finding(
        Severity::critical, "level-invalid", {"P2"}, view.subject(level_parameter),
        fmt::format("Postfix's client ends at its start: {}.", printable(*view.global.fatal)),
        "Write none, may, encrypt, fingerprint, verify or secure (from Postfix 2.11 on also dane "
        "or "
        "dane-only), then: postfix reload."));
  else if (view.global.level == Level::none && !equal_fold(settings.security_level, "none"))
    out.push_back(empty_level(view));
  else if (is_too_strict(view))
    out.push_back(strict_default(view));
  if (view.is_set("smtp_use_tls") || view.is_set("smtp_enforce_tls"))
    out.push_back(obsolete_switches(view));
  const auto add = [&](const Findings& more) { out.insert(out.end(), more.begin(), more.end()); };
  add(idle_mandatory(view));
  add(wrapper(view));
  return out;
}

}  // namespace dane::policy
