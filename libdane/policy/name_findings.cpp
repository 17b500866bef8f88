/// \file  Certificates that have none of the names that Postfix looks for.
#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/findings.hpp"

namespace dane::policy {

namespace {

using postfix::MatchEra;

std::string expected_words(const postfix::ExpectedNames& expected) {
  std::vector<std::string> words;
  for (const auto& name : expected.names) {
    if (name.reference.empty()) continue;
    const auto reference = printable(name.reference, 128);
    const auto pattern = printable(name.pattern, 128);
    words.push_back(pattern == reference ? reference : fmt::format("{} ({})", reference, pattern));
  }
  return list(words);
}

std::string certificate_words(const std::vector<std::string>& names) {
  if (names.empty()) return "The certificate has no name at all";
  return "The certificate has " + list_hostile(names);
}

/// Why the names do not meet, where that can be told.
std::string reason(const Case& c, const JudgedServer& server) {
  const auto& settings = c.context.settings;
  if (c.judged.destination.is_address && c.features.era != MatchEra::own)
    return " An address is compared with iPAddress names only, and every pattern that is an "
           "address must match beside a host name: with nexthop and dot-nexthop, that can never "
           "be.";
  const auto by_host = postfix::expand_match({"hostname"}, c.judged.destination.domain,
                                             server.hostname, settings.version);
  const bool host_fits = postfix::match_names(server.chain.front(), by_host, settings.version,
                                              settings.wildcard_matches_multiple_labels)
                             .hit.has_value();
  if (!host_fits)
    return fmt::format(
        " It does not have the name of the MX host {} either: it may be the wrong "
        "certificate, or another server.",
        printable(server.hostname, 128));
  if (usable_policy(server)->level == postfix::Level::verify) return {};
  return fmt::format(
      " It does fit the MX host {}; but that name comes from DNS, which level secure does not "
      "believe: whoever forges the MX record could name a host of his own.",
      printable(server.hostname, 128));
}

/// What the log shows, for it differs by version and misleads.
std::string log_words(const Case& c, const JudgedServer& server) {
  if (server.session.peer->chain_error != 0) return {};
  const int error = server.session.peer->error;
  switch (c.features.era) {
    case MatchEra::own:
      return fmt::format(
          " Postfix {} logs Trusted, for the chain is trusted, and then \"Server "
          "certificate not verified\".",
          c.version());
    case MatchEra::openssl:
      return fmt::format(
          " The chain is trusted; Postfix {} logs Untrusted all the same, with "
          "num={}, for it lets OpenSSL compare the names.",
          c.version(), error);
    case MatchEra::openssl_trusted:
      break;
  }
  return fmt::format(
      " Postfix {} logs {} and num={}, and then \"Server certificate not "
      "verified\".",
      c.version(),
      server.session.peer->trusted ? "Trusted, for the chain is trusted," : "Untrusted", error);
}

Finding mismatch(const Case& c, const JudgedServer& server) {
  const auto names = postfix::names_considered(server.chain.front(), c.context.settings.version);
  const bool only_names = server.session.peer->chain_error == 0;
  return make_finding(
      c.failure(), "policy-name-mismatch",
      only_names ? Rules{"P6", "P10", "P12"} : Rules{"P8", "P10", "P12"}, place_of(server),
      fmt::format("Postfix looks for {}. {}.{}{}", expected_words(server.session.expected),
                  certificate_words(names), reason(c, server), log_words(c, server)),
      "Find out, by another way than DNS, who runs the mail servers of this destination; then name "
      "their certificates' names in the entry with match=, which replaces the default list. The "
      "suggestions show the smallest such lines, and what they cost, where there is one that would "
      "verify.");
}

Finding nothing(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-nothing-to-match", {"P16"}, place_of(server),
      fmt::format("The match list leaves no name that Postfix could look for ({}), so every "
                  "certificate fails.",
                  server.session.expected.warnings.empty()
                      ? "it is empty"
                      : list_hostile(server.session.expected.warnings, 3)),
      "Write host names, or .example.com for all names below example.com, into match= (in main.cf: "
      "smtp_tls_secure_cert_match, smtp_tls_verify_cert_match).");
}

/// The entry that an MTA-STS resolver gave says so.
Finding forced(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-forced-failure", {"P30"}, place_of(server),
      "The entry has policy_failure=: whoever made it could not get a valid MTA-STS policy, and "
      "tells Postfix to let every certificate fail.",
      "See why the policy could not be fetched: mta-sts-check " +
          printable(c.judged.destination.domain, 128) +
          "; then let the MTA-STS resolver fetch it again, or take the attribute out of the "
          "entry.");
}

}  // namespace

Findings name_findings(const Case& c, const JudgedServer& server) {
  const auto cause = cause_of(server);
  if (cause == Cause::nothing_to_match) return {nothing(c, server)};
  if (cause == Cause::forced_failure) return {forced(c, server)};
  const bool judged = cause == Cause::name_mismatch || cause == Cause::chain_untrusted;
  if (!judged || server.chain.empty() || !lacks_name(server)) return {};
  return {mismatch(c, server)};
}

}  // namespace dane::policy
