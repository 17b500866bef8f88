/// \file  Servers that Postfix does not get as far as a certificate with.
#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/postfix/protocols.hpp"

#include "libdane/policy/findings.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

std::string level_word(const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  return policy ? to_string(policy->level) : std::string("dane");
}

std::string postfix_says(const JudgedServer& server) {
  const auto text = printable(server.session.text);
  return text.empty() ? std::string()
                      : fmt::format(" Postfix says: \"{}\" ({}).", text, server.session.dsn);
}

Finding not_offered(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-tls-not-offered", {"P2"}, place_of(server),
      fmt::format("The server answers EHLO without STARTTLS, and level {} demands TLS; mail is not "
                  "sent in the clear.{}",
                  level_word(server), postfix_says(server)),
      "Look at the EHLO answer from this machine (posttls-finger -l may " + c.key() +
          "). If it shows STARTTLS from elsewhere, or a line like 250-XXXXXXXA, a firewall on the "
          "way removes it: switch off its SMTP inspection. Else only the destination can offer "
          "TLS; ask its postmaster.");
}

Finding overlooked(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-starttls-overlooked", {"P2"}, place_of(server),
      fmt::format("Level {} demands TLS, and {} keeps Postfix from using STARTTLS, whatever the "
                  "server offers.{}",
                  level_word(server), server.session.overlooked_by, postfix_says(server)),
      remedy_of_overlooking(server));
}

Finding refused(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-starttls-refused", {"P2"}, place_of(server),
      fmt::format("The server offers STARTTLS and then refuses it, and level {} demands TLS.{}",
                  level_word(server), postfix_says(server)),
      "The server's own TLS set-up is broken or busy: if it lasts for more than an hour, send its "
      "answer to the destination's postmaster.");
}

/// Of level may: what Postfix does when TLS fails.
std::string then_in_the_clear(const JudgedServer& server) {
  return server.session.fallback_possible
             ? " Mail waits first, and goes out in the clear at a later attempt."
             : "";
}

Severity weight(const Case& c, const JudgedServer& server) {
  return server.session.fallback_possible ? Severity::warning : c.failure();
}

Finding own_handshake(const Case& c, const JudgedServer& server, const std::string& mistake) {
  const auto& site = c.judged.site;
  return make_finding(
      weight(c, server), "policy-handshake-failed", {"P2"}, place_of(server),
      fmt::format("The TLS handshake fails, and it is this machine's own policy that lets it fail: "
                  "{}.{}{}",
                  mistake, then_in_the_clear(server), postfix_says(server)),
      site.row ? fmt::format("Correct it in the entry{}, or take it out there and let main.cf "
                             "decide; then run postmap on the file.",
                             place_of(*site.row).empty() ? "" : " (" + place_of(*site.row) + ")")
               : "Correct smtp_tls_mandatory_protocols, smtp_tls_mandatory_ciphers and their kin "
                 "(at level may smtp_tls_protocols and smtp_tls_ciphers) in main.cf, then: postfix "
                 "reload.");
}

Finding handshake(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  const auto mistake = own_mistake(c, server);
  if (!mistake.empty()) return own_handshake(c, server, mistake);
  std::string allowed;
  if (policy)
    allowed =
        fmt::format(" The policy allows the protocols \"{}\" and the cipher grade \"{}\"{}.",
                    printable(policy->protocols), printable(policy->grade),
                    policy->exclusions.empty() ? "" : " without " + printable(policy->exclusions));
  return make_finding(
      weight(c, server), "policy-handshake-failed", {"P2"}, place_of(server),
      fmt::format("The TLS handshake fails.{}{}{}", allowed, then_in_the_clear(server),
                  postfix_says(server)),
      fmt::format(
          "Read the lines \"SSL_connect error\" and \"TLS library problem\" in the log, and "
          "see what the server can do: openssl s_client -starttls smtp -connect {}:{}, with "
          "-tls1_2 and -tls1_3 in turn; where it is too old for this policy, only the "
          "protocols= and ciphers= of an entry of its own let it through.{}",
          printable(server.hostname, 128), c.judged.destination.port,
          c.context.settings.wrappermode
              ? " \"wrong version number\" says that the port begins in the clear, with STARTTLS: "
                "it takes smtp_tls_wrappermode = no."
              : ""));
}

Finding engine(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-tls-unavailable", {"P24"}, place_of(server),
      "Postfix cannot set up TLS at its start and then has none at all; whatever demands TLS "
      "waits." +
          postfix_says(server),
      "See the finding ca-unreadable; correct the parameter or the file, then: postfix reload.");
}

Finding lost(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-lost-after-tls", {"P1"}, place_of(server),
      "TLS is established, and then the server hangs up: with TLS 1.3 that is how a server shows "
      "that it wants a client certificate, or another one." +
          postfix_says(server),
      "Ask the destination whether it demands a client certificate; if so, set "
      "smtp_tls_chain_files (before Postfix 3.4: smtp_tls_cert_file and smtp_tls_key_file) to one "
      "that it accepts.");
}

Finding tlsa_lookup(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-tlsa-lookup-failed", {"P26"}, place_of(server),
      "The TLSA lookup failed; a failed lookup may hide an attack, so Postfix skips this server." +
          postfix_says(server),
      fmt::format("Ask your resolver and another one: delv _{}._tcp.{}", c.judged.destination.port,
                  printable(server.hostname, 128)) +
          " TLSA. If both fail, the destination's name servers or signatures are at fault: tell "
          "their operator. If only yours fails, mend it (EDNS, fragments, a firewall that drops "
          "unknown types).");
}

Finding dane_only(const Case& c, const JudgedServer& server) {
  const bool insecure = server.session.text.starts_with("non DNSSEC");
  return make_finding(
      c.failure(), "policy-dane-only-impossible", {"P27"}, place_of(server),
      fmt::format(
          "Level dane-only demands usable TLSA records, signed with DNSSEC; {}.{}",
          insecure ? "the MX record of this destination is not signed" : "this server has none",
          postfix_says(server)),
      fmt::format("If the destination never had DANE, take an entry that verifies in another way, "
                  "such as {} secure with a match= list, or dane, which uses TLSA records where "
                  "there are any. If it had, see first that the resolver still validates: delv "
                  "{} MX.",
                  c.key(), printable(c.judged.destination.domain, 128)));
}

Finding wrappermode(const Case& c, const JudgedServer& server, const postfix::Skipped& skipped) {
  return make_finding(
      c.failure(), "policy-not-usable", {"P2"}, place_of(server),
      fmt::format(
          "smtp_tls_wrappermode = yes demands level encrypt or stronger, and the level here "
          "is {}: Postfix skips the server.",
          to_string(skipped.level)),
      fmt::format("Write {} encrypt (or stronger), or set wrapper mode in master.cf for the one "
                  "transport that needs it.",
                  c.key()));
}

Finding sts_skipped(const Case& c, const JudgedServer& server) {
  const auto* skipped = std::get_if<postfix::Skipped>(&server.policy.outcome);
  if (skipped && skipped->warning.find("smtp_tls_wrappermode") != std::string::npos)
    return wrappermode(c, server, *skipped);
  return make_finding(
      c.failure(), "policy-mx-skipped", {"P30"}, place_of(server),
      fmt::format("No mx_host_pattern= of the entry covers this MX host, so Postfix does not use "
                  "it{}.",
                  skipped && !skipped->warning.empty()
                      ? fmt::format(" (\"{}\")", printable(skipped->warning))
                      : ""),
      "Compare the patterns with the destination's policy of today: curl "
      "https://mta-sts." +
          printable(c.judged.destination.domain, 128) +
          "/.well-known/mta-sts.txt. If the policy names this host, bring the entry up to date; if "
          "not, the MX record or the policy of the destination is wrong (or the MX record is "
          "forged).");
}

Finding config_problem(const Case& c, const JudgedServer& server) {
  const auto warnings = without_prefix(server.policy.warnings);
  const auto entry = c.judged.site.row ? place_of(*c.judged.site.row) : std::string();
  return make_finding(
      c.failure(), "policy-not-usable", {"P22", "P28"}, place_of(server),
      fmt::format("The TLS policy for this server{} cannot be used, and mail waits{}.{}",
                  entry.empty() ? "" : " (" + entry + ")",
                  warnings.empty() ? "" : ": " + list_hostile(warnings, 4), postfix_says(server)),
      "Mend what the warning names: for dane-only that is smtp_dns_support_level = dnssec, "
      "smtp_host_lookup with dns and a resolver that validates; for tafile= a file that exists and "
      "holds certificates or public keys; for fingerprint a match= list.");
}

/// Another address of the same host was spoken to.
bool host_was_reached(const Case& c, const JudgedServer& server) {
  for (const auto& other : c.judged.servers) {
    if (other.hostname == server.hostname && cause_of(other) != Cause::not_reached) return true;
  }
  return false;
}

/// No end that Postfix would tell of.
Finding ran_out(const JudgedServer& server) {
  return make_finding(Severity::unknown, "policy-server-unreachable", {"P2"}, place_of(server),
                      "What Postfix would meet here is not known: this program's own time ran out "
                      "first, or it could not tell.",
                      "Try again with a longer --timeout: Postfix waits for up to five minutes.");
}

/// 4xx or 5xx in place of a greeting, or in reply to EHLO.
Finding turned_away(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-server-unreachable", {"P2"}, place_of(server),
      fmt::format("The server was reached, and turns this machine away before TLS; its certificate "
                  "is not known.{}",
                  postfix_says(server)),
      "Do what the server's text says: where it names a block list, have the address of this "
      "machine taken off it; where it names a limit or says to come later, wait. Run this on the "
      "mail server itself: another address may be welcome.");
}

Finding not_reached(const Case& c, const JudgedServer& server) {
  const bool other_address = host_was_reached(c, server);
  if (const auto text = server.session.text.find(" refused to talk to me: ");
      !other_address && text != std::string::npos)
    return turned_away(c, server);
  if (!other_address && server.untestable && server.session.text.empty()) return ran_out(server);
  return make_finding(
      other_address       ? Severity::note
      : server.untestable ? Severity::unknown
                          : c.failure(),
      "policy-server-unreachable", {"P2"}, place_of(server),
      fmt::format("No connection came about, so this server was not judged{}.{}",
                  other_address ? "; another address of the host was" : "", postfix_says(server)),
      other_address
          ? ""
          : "Try again later, and from a network that does not block port 25; where there "
            "is another server, Postfix goes on to that one.");
}

Finding any_other(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-deferred", {"P7"}, place_of(server),
      fmt::format("Postfix does not deliver to this server.{}", postfix_says(server)),
      "Look the text up in the log of this destination: grep for the host name, and read the lines "
      "before the one with status=deferred.");
}

}  // namespace

std::string remedy_of_overlooking(const JudgedServer& server) {
  if (server.session.overlooked_by.starts_with("disable_esmtp"))
    return "Set smtp_pix_workarounds = delay_dotcrlf, then: postfix reload. Only where the "
           "server's "
           "firewall lets EHLO pass does mail then go over TLS; its postmaster can switch off the "
           "firewall's SMTP inspection.";
  if (server.session.overlooked_by.starts_with("smtp_always_send_ehlo"))
    return "Set smtp_always_send_ehlo = yes, the default, then: postfix reload.";
  return "Take starttls out of smtp_discard_ehlo_keywords, and set smtp_never_send_ehlo = no; "
         "then: "
         "postfix reload.";
}

std::string own_mistake(const Case& c, const JudgedServer& server) {
  const auto* usable = usable_policy(server);
  if (!usable) return {};
  const auto& policy = *usable;
  const auto& settings = c.context.settings;
  const auto protocols = postfix::parse_protocols(policy.protocols, settings.version);
  if (!protocols.valid)
    return fmt::format("\"{}\" in its protocols \"{}\" is nothing that Postfix {} knows",
                       printable(protocols.bad_token, 64), printable(policy.protocols),
                       c.version());
  if (protocols.spoken().empty())
    return fmt::format("its protocols \"{}\" leave none that OpenSSL speaks",
                       printable(policy.protocols));
  const auto ciphers = postfix::choose_ciphers(policy.grade, policy.exclusions, settings);
  return ciphers.openssl_list ? std::string() : printable(ciphers.fault);
}

Findings connection_findings(const Case& c, const JudgedServer& server) {
  switch (cause_of(server)) {
    case Cause::tls_not_offered:
      return {not_offered(c, server)};
    case Cause::starttls_overlooked:
      return {overlooked(c, server)};
    case Cause::starttls_refused:
      return {refused(c, server)};
    case Cause::handshake_failed:
      return {handshake(c, server)};
    case Cause::tls_engine:
      return {engine(c, server)};
    case Cause::lost_after_tls:
      return {lost(c, server)};
    case Cause::tlsa_lookup:
      return {tlsa_lookup(c, server)};
    case Cause::dane_only_impossible:
      return {dane_only(c, server)};
    case Cause::sts_skipped:
      return {sts_skipped(c, server)};
    case Cause::config_problem:
      return {config_problem(c, server)};
    case Cause::not_reached:
      return c.judged.unreached ? Findings{} : Findings{not_reached(c, server)};
    case Cause::other:
      return {any_other(c, server)};
    default:
      return {};
  }
}

}  // namespace dane::policy
