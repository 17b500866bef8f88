/// \file  Servers that take the mail, and how well protected it goes there.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/findings.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

Finding cleartext(const Case& c, const JudgedServer& server, const postfix::Usable& policy) {
  if (policy.level == Level::none)
    return make_finding(
        c.judged.site.row ? Severity::note : Severity::warning, "policy-cleartext", {"P2"},
        place_of(server),
        fmt::format("Level none: Postfix does not use TLS, and mail goes out in the clear, as {} "
                    "says.",
                    c.judged.site.row ? "the entry" : "smtp_tls_security_level"),
        c.judged.site.row ? ""
                          : "Set smtp_tls_security_level = may at least, or dane with a validating "
                            "resolver.");
  if (c.context.cas.unusable)
    return make_finding(
        Severity::warning, "policy-tls-unavailable", {"P24"}, place_of(server),
        fmt::format(
            "Postfix cannot set up TLS at its start and then has none at all: level {} sends "
            "the mail in the clear, whatever the server offers.",
            to_string(policy.level)),
        "See the finding ca-unreadable; correct the parameter or the file, then: postfix reload.");
  if (!server.session.overlooked_by.empty())
    return make_finding(
        Severity::warning, "policy-cleartext", {"P2"}, place_of(server),
        fmt::format(
            "main.cf keeps Postfix from using STARTTLS, whatever the server offers ({}), and "
            "level {} then sends the mail in the clear: everybody on the way can read it.",
            server.session.overlooked_by, to_string(policy.level)),
        remedy_of_overlooking(server));
  return make_finding(
      Severity::warning, "policy-cleartext", {"P2", "P26"}, place_of(server),
      fmt::format(
          "The server offers no TLS that could be used, and level {} then sends the mail in "
          "the clear: everybody on the way can read it.",
          to_string(policy.level)),
      fmt::format("Ask the destination's postmaster for STARTTLS. If such mail must not go out in "
                  "the clear, write {} encrypt: it waits then.",
                  c.key()));
}

std::string how(const JudgedServer& server, Level level) {
  const auto& peer = server.session.peer;
  if (peer && postfix::is_dane(level)) return "a TLSA record matches its certificate";
  if (level == Level::fingerprint) return "it has a fingerprint of the policy";
  if (peer && peer->name && peer->name->pattern == peer->name->reference)
    return fmt::format("its certificate has the name {}, for which Postfix looks as {}",
                       printable(peer->name->name, 128), printable(peer->name->pattern, 128));
  if (peer && peer->name)
    return fmt::format("its certificate has the name {}, which {} stands for",
                       printable(peer->name->name, 128), printable(peer->name->pattern, 128));
  return "its certificate passes";
}

Finding verified(const JudgedServer& server, const postfix::Usable& policy) {
  return make_finding(Severity::note, "policy-ok",
                      postfix::is_dane(policy.level) ? Rules{"P4", "P19"} : Rules{"P4"},
                      place_of(server),
                      fmt::format("The server is authenticated at level {}: {}.",
                                  to_string(policy.level), how(server, policy.level)));
}

Finding unauthenticated(const JudgedServer& server, const postfix::Usable& policy) {
  return make_finding(
      Severity::note, "policy-unauthenticated", {"P3"}, place_of(server),
      fmt::format("Mail goes out over TLS, and level {} does not ask who the server is: it stops "
                  "those who listen, not those who stand between.",
                  to_string(policy.level)));
}

bool fell_back(const JudgedServer& server, const postfix::Usable& policy) {
  return policy.fallback_from.has_value() ||
         (server.session.peer && server.session.peer->fell_back_to_encrypt);
}

bool looks_for_host(const postfix::Usable& policy) {
  return std::ranges::any_of(
      policy.match, [](const std::string& pattern) { return equal_fold(pattern, "hostname"); });
}

/// verify, or match=hostname: the name compared is one that DNS gave.
bool trusts_dns(const Case& c, const postfix::Usable& policy) {
  return postfix::is_pkix(policy.level) && looks_for_host(policy) &&
         c.judged.destination.mx_lookup && !c.judged.mx_secure &&
         c.judged.site.entry.policy_type != "sts";
}

Finding host_trusts_dns(const postfix::Usable& policy, const JudgedServer& server) {
  return make_finding(
      Severity::note, "policy-host-trusts-dns", {"P10", "P14"}, place_of(server),
      fmt::format("At level {} the name of the MX host counts ({}), and that name comes from an MX "
                  "record that nobody authenticated: whoever forges it can name a host of his own "
                  "with a valid certificate.",
                  to_string(policy.level),
                  policy.level == Level::verify ? "as level verify has it by default"
                                                : "hostname in the match list"));
}

}  // namespace

Findings delivery_findings(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  if (!policy) return {};
  Findings out;
  switch (cause_of(server)) {
    case Cause::verified:
      out.push_back(verified(server, *policy));
      break;
    case Cause::unauthenticated:
      // A fall-back from dane is told as policy-dane-fell-back.
      if (!fell_back(server, *policy)) out.push_back(unauthenticated(server, *policy));
      break;
    case Cause::cleartext:
      out.push_back(cleartext(c, server, *policy));
      break;
    default:
      break;
  }
  if (server.session.log_word && trusts_dns(c, *policy))
    out.push_back(host_trusts_dns(*policy, server));
  return out;
}

}  // namespace dane::policy
