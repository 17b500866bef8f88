/// \file  What DANE needs besides its level.  P28, P29
#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/dane_remedy.hpp"
#include "libdane/policy/lint_view.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

/// dane-only lets mail wait, dane goes on without authentication.
Finding precondition(const View& view, const std::string& id, std::string_view parameter,
                     const std::string& what, const std::string& advice) {
  const bool only = view.uses(Level::dane_only);
  return make_finding(
      only ? Severity::critical : Severity::warning, id, {"P28"}, view.subject(parameter),
      fmt::format("{} Postfix then {}.", what,
                  only ? "lets all mail for level dane-only wait, and treats level dane as may"
                       : "treats level dane as may, with a warning in the log: nothing is "
                         "authenticated"),
      advice);
}

Finding obstacle(const View& view, postfix::DaneObstacle what) {
  const auto& settings = view.settings();
  const auto parameter = parameter_of(what);
  const auto remedy = fmt::format("Set {}", remedy_of(what));
  switch (what) {
    case postfix::DaneObstacle::host_lookup:
      return precondition(view, "dane-host-lookup", parameter,
                          fmt::format("Level dane is in use, and smtp_host_lookup = {} does not "
                                      "ask DNS.",
                                      printable(settings.host_lookup, 32)),
                          remedy + ", or dns, native.");
    case postfix::DaneObstacle::mx_errors_ignored:
      return precondition(view, "dane-ignores-mx-errors", parameter,
                          "Level dane is in use, and ignore_mx_lookup_error = yes takes a failed "
                          "MX lookup for none.",
                          remedy + ".");
    case postfix::DaneObstacle::resolver_options:
      return precondition(view, "dane-resolver-options", parameter,
                          "Level dane is in use, and smtp_dns_resolver_options makes the resolver "
                          "add search domains to names.",
                          remedy + ".");
    case postfix::DaneObstacle::dns_support_level:
      break;
  }
  return precondition(
      view, "dane-without-dnssec", parameter,
      fmt::format("Level dane is in use, and smtp_dns_support_level is \"{}\".",
                  printable(settings.dns_support_level, 32)),
      remedy +
          ", and have a validating resolver on this machine (127.0.0.1 in /etc/resolv.conf; "
          "with glibc 2.31 and later also options trust-ad).");
}

Finding insecure_mx(const View& view) {
  return make_finding(
      Severity::note, "insecure-mx-default", {"P29"},
      view.subject("smtp_tls_dane_insecure_mx_policy"),
      fmt::format("In Postfix {}, smtp_tls_dane_insecure_mx_policy is dane only where "
                  "smtp_tls_security_level is dane, and {} here: at entries with level dane, hosts "
                  "behind an unsigned MX record are not authenticated, even if their TLSA records "
                  "are signed. Newer patch levels authenticate them. To have that now: "
                  "smtp_tls_dane_insecure_mx_policy = dane.",
                  view.configuration.version.to_string(),
                  printable(view.settings().dane_insecure_mx_policy, 32)));
}

}  // namespace

Findings lint_dane(const View& view) {
  Findings out;
  if (view.is_set("tls_dane_trust_anchor_digest_enable"))
    out.push_back(make_finding(
        Severity::note, "dane-digest-obsolete", {"P28"},
        view.subject("tls_dane_trust_anchor_digest_enable"),
        "tls_dane_trust_anchor_digest_enable is obsolete: Postfix 3.2 and later ignore it."));
  if (!view.uses(postfix::is_dane)) return out;
  if (view.configuration.resolver_sets_ad == false)
    out.push_back(precondition(
        view, "dane-resolver-without-ad", "smtp_dns_support_level",
        fmt::format(
            "The resolver that was asked answers without the AD bit, by which Postfix knows "
            "what DNSSEC vouches for; this program validates by itself.{}",
            view.settings().dnssec_probe.empty()
                ? ""
                : " Postfix's log says: DNSSEC validation may be unavailable."),
        "Run a validating resolver such as unbound on this machine, and name it alone in "
        "/etc/resolv.conf."));
  for (const auto what : postfix::dane_obstacles(view.settings()))
    out.push_back(obstacle(view, what));
  if (view.features.halfdane &&
      view.features.insecure_mx_default == postfix::InsecureMxDefault::by_main_level &&
      view.global.level != Level::dane && !view.is_set("smtp_tls_dane_insecure_mx_policy"))
    out.push_back(insecure_mx(view));
  return out;
}

}  // namespace dane::policy
