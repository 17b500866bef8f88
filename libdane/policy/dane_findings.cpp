/// \file  What DANE made of one server.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/verify/verify.hpp"

#include "libdane/policy/chain_fault.hpp"
#include "libdane/policy/dane_remedy.hpp"
#include "libdane/policy/findings.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

/// The command that looks at this server's records.
std::string tlsa_check(const postfix::Destination& destination, const JudgedServer& server) {
  constexpr std::uint16_t smtp = 25;
  if (destination.mx_lookup && destination.port == smtp)
    return fmt::format("tlsa-check {}", printable(destination.domain, 128));
  return fmt::format("tlsa-check --host {}:{} --starttls smtp", printable(server.hostname, 128),
                     destination.port);
}

Finding mismatch(const Case& c, const JudgedServer& server, const postfix::Usable& policy) {
  const int error = server.session.peer ? server.session.peer->error : 0;
  const std::string detail =
      server.session.peer && server.session.peer->trusted
          ? " The log says Trusted all the same: the CAs know the chain, but at a DANE level only "
            "TLSA records count."
          : "";
  if (const auto why = refused_though_matching(c, server); !why.empty())
    return make_finding(
        c.failure(), "policy-tlsa-mismatch", {"P9", "P19"}, place_of(server),
        fmt::format(
            "A TLSA record of {} matches, and the chain is refused all the same: {} ({}).{}",
            server.hostname.empty() ? "this server" : printable(server.hostname, 128), why,
            verify::verify_error_name(error), detail),
        fmt::format("Only the destination can mend this: run {} for the details and tell its "
                    "postmaster. Mail waits and goes out once it is mended.",
                    tlsa_check(c.judged.destination, server)));
  return make_finding(
      c.failure(), "policy-tlsa-mismatch", {"P9", "P19"}, place_of(server),
      fmt::format(
          "No usable TLSA record of {} matches what the server presents ({} looked at, {}).{}",
          server.hostname.empty() ? "this server" : printable(server.hostname, 128),
          count(policy.tlsa.size(), "record"), verify::verify_error_name(error), detail),
      fmt::format(
          "Either the destination changed its key and forgot its TLSA records, or somebody stands "
          "between. Run {} to see which record should match what; then tell the "
          "destination's postmaster. Mail waits and goes out once it is mended. Do not lower the "
          "level before you know.",
          tlsa_check(c.judged.destination, server)));
}

/// Without those that the entry itself gave, which come first.
std::vector<std::string> warnings_of_host(const Case& c, const JudgedServer& server) {
  const auto& all = server.policy.warnings;
  const auto skip = std::min(all.size(), c.judged.site.warnings.size());
  return {all.begin() + static_cast<std::ptrdiff_t>(skip), all.end()};
}

/// Postfix says why in a warning where its own configuration is the reason.
Finding fell_back(const Case& c, const JudgedServer& server, const postfix::Usable& policy) {
  const auto level = to_string(policy.level);
  const auto own_warnings = warnings_of_host(c, server);
  const auto because = printable(server.policy.because);
  const bool unusable = policy.level == Level::encrypt ||
                        (server.session.peer && server.session.peer->fell_back_to_encrypt);
  if (unusable)
    return make_finding(
        Severity::warning, "policy-dane-fell-back", {"P26"}, place_of(server),
        fmt::format("The destination has TLSA records, and none of them can be used; Postfix "
                    "demands TLS and authenticates nobody{}.",
                    because.empty() ? "" : " (" + because + ")"),
        "Tell the destination's postmaster that its TLSA records are unusable (tlsa-check shows "
        "why); until then whoever stands between can read the mail.");
  if (!own_warnings.empty())
    return make_finding(
        Severity::warning, "policy-dane-fell-back", {"P28"}, place_of(server),
        fmt::format("Postfix cannot do DANE as it is configured, and goes on with level {}: {}.",
                    level, list_hostile(without_prefix(own_warnings), 3)),
        sentence(missing_for_dane(c.context) + "Then: postfix reload"));
  if (!c.context.resolver_sets_ad)
    return make_finding(
        Severity::warning, "policy-dane-fell-back", {"P28"}, place_of(server),
        fmt::format("Postfix's resolver vouches for no DNSSEC, so that Postfix asks for no TLSA "
                    "records, and goes on with level {}.",
                    level),
        sentence(missing_for_dane(c.context) + "Then: postfix reload"));
  return make_finding(
      Severity::note, "policy-dane-fell-back", {"P26"}, place_of(server),
      fmt::format("Level dane finds no TLSA records that it could use here, and goes on with level "
                  "{}{}.",
                  level, because.empty() ? "" : " (" + because + ")"));
}

Finding half_dane(const JudgedServer& server) {
  return make_finding(
      Severity::note, "policy-half-dane", {"P5", "P29"}, place_of(server),
      "The server's TLSA records match, but the MX record that led to it is not signed: Postfix "
      "calls that halfdane, logs Trusted instead of Verified, and delivers. Whoever forges the MX "
      "record could send the mail to a host of his own.");
}

}  // namespace

Findings dane_findings(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  if (!policy) return {};
  const auto cause = cause_of(server);
  if (cause == Cause::tlsa_mismatch) return {mismatch(c, server, *policy)};
  if (cause == Cause::half_dane) return {half_dane(server)};
  const bool fell = policy->fallback_from.has_value() ||
                    (server.session.peer && server.session.peer->fell_back_to_encrypt);
  if (fell && cause != Cause::not_reached) return {fell_back(c, server, *policy)};
  return {};
}

}  // namespace dane::policy
