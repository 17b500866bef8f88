#include "libdane/policy/verdict.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/chain_fault.hpp"
#include "libdane/policy/routing.hpp"

namespace dane::policy {

namespace {

using postfix::Level;
using postfix::MatchEra;

const JudgedServer* decisive(const Case& c) {
  const auto& servers = c.judged.servers;
  if (servers.empty()) return nullptr;
  return &servers[std::min(c.judged.outcome.decided_by, servers.size() - 1)];
}

/// The trap of 3.6 to 3.10.3: the log says Untrusted where only the name is wrong.
std::string misleading_word(const Case& c, const JudgedServer& server) {
  if (c.features.era != MatchEra::openssl || cause_of(server) != Cause::name_mismatch) return {};
  return fmt::format(" (the log says Untrusted and num={}, though the chain is trusted)",
                     server.session.peer->error);
}

std::string what_disables_tls(const Case& c) {
  const auto& problems = c.context.cas.problems;
  const auto cause = std::ranges::find_if(problems, &postfix::ConfigProblem::fatal);
  return cause == problems.end() ? "" : " (" + cause->what + ")";
}

std::string reason(const Case& c, const JudgedServer& server) {
  const auto cause = cause_of(server);
  std::string out(reason_of(cause));
  if (cause == Cause::chain_untrusted && !is_unknown_issuer(chain_fault(c, server)))
    out += fmt::format(": {}", reason_of_chain(c, server));
  else if (cause == Cause::tls_engine)
    out += what_disables_tls(c);
  else if (cause == Cause::chain_untrusted)
    out += ", for no CA that Postfix trusts stands behind it";
  if (cause == Cause::chain_untrusted && lacks_name(server))
    out += ", and has none of the names that Postfix looks for";
  if (cause == Cause::tlsa_mismatch) {
    if (const auto why = refused_though_matching(c, server); !why.empty())
      out = "a TLSA record matches, but " + why;
  }
  if (cause == Cause::handshake_failed) {
    if (const auto mistake = own_mistake(c, server); !mistake.empty()) out += ": " + mistake;
  }
  if (cause == Cause::other)
    out = fmt::format("{} ({})", printable(server.session.text), server.session.dsn);
  return out + misleading_word(c, server);
}

std::string fate(const Case& c) {
  auto text = c.fate();
  text.front() = 'M';
  return text;
}

std::string with_fault(const Case& c) {
  const auto& fault = *c.judged.site.fault;
  if (c.judged.site.never_starts)
    return fmt::format("Mail waits: Postfix's client ends at its start ({}).",
                       printable(fault.warning, 160));
  if (fault.other_version)
    return fmt::format("{}: Postfix {} does not know what the policy says ({}).", fate(c),
                       c.version(), printable(fault.attribute, 64));
  return fmt::format("{}: Postfix cannot use the policy ({}).", fate(c),
                     printable(fault.warning, 160));
}

std::string delivered(const JudgedServer& server, const Case& c) {
  const auto failed = std::ranges::count_if(
      c.judged.servers, [](const JudgedServer& s) { return is_failure(cause_of(s)); });
  const std::string rest = failed == 0 ? ""
                                       : fmt::format("; but {} of {} servers would not get it",
                                                     failed, c.judged.servers.size());
  const auto* policy = usable_policy(server);
  const auto level = policy ? to_string(policy->level) : std::string();
  const auto& peer = server.session.peer;
  switch (cause_of(server)) {
    case Cause::verified:
      if (peer && peer->name && postfix::is_pkix(policy->level))
        return fmt::format(
            "Mail is delivered over TLS to an authenticated server: its certificate "
            "has the name {}{}.",
            printable(peer->name->name, 128), rest);
      return fmt::format(
          "Mail is delivered over TLS to an authenticated server: {}{}.",
          level == "fingerprint" ? "it has a fingerprint of the policy" : "its TLSA records match",
          rest);
    case Cause::half_dane:
      return fmt::format("Mail is delivered over TLS: {}{}.", reason_of(Cause::half_dane), rest);
    case Cause::cleartext:
      return fmt::format("Mail is delivered in the clear, which level {} allows{}.", level, rest);
    default:
      return fmt::format(
          "Mail is delivered over TLS, to a server that nobody authenticated, for "
          "level {} does not ask{}.",
          level, rest);
  }
}

bool is_open(const Case& c) {
  const auto* server = decisive(c);
  return server && cause_of(*server) == Cause::chain_untrusted && trust_is_open(c, *server) &&
         !lacks_name(*server);
}

std::string not_delivered(const Case& c, const JudgedServer& server) {
  const bool gaps = std::ranges::any_of(
      c.judged.servers, [](const JudgedServer& s) { return cause_of(s) == Cause::not_reached; });
  const auto& judged = c.judged;
  if (cause_of(server) == Cause::not_reached) {
    // Postfix's last word is of a server that nobody could test; say what is known of the others.
    const auto known = std::ranges::find_if(
        judged.servers, [](const JudgedServer& s) { return cause_of(s) != Cause::not_reached; });
    if (known != judged.servers.end())
      return fmt::format("{} as far as could be tested: {}.", fate(c), reason(c, *known));
  }
  return fmt::format("{}{}: {}.", fate(c), gaps ? " as far as could be tested" : "",
                     reason(c, server));
}

std::string sentence_of(const Case& c) {
  const auto& judged = c.judged;
  if (judged.site.unknown) return "Unknown: the policy table could not be read.";
  if (judged.site.fault && !c.never_found()) return with_fault(c);
  if (judged.lookup_failed) return "Unknown: DNS did not answer.";
  if (!judged.handed_to.empty())
    return fmt::format(
        "No server is asked: this machine is the best MX host, and mail is handed to "
        "best_mx_transport = {}.",
        printable(judged.handed_to, 64));
  if (judged.unreached) return "Unknown: no server could be tested from here.";
  const auto* server = decisive(c);
  if (c.delivered && server) return delivered(*server, c);
  if (server && digest_is_open(c, *server))
    return "Unknown: the fingerprints are not of the default digest, and "
           "smtp_tls_fingerprint_digest "
           "was not given.";
  if (is_open(c))
    return "Unknown: the certificate has a name that Postfix looks for, but no CA certificates "
           "were "
           "given, so whether it is trusted cannot be told.";
  if (server) return not_delivered(c, *server);
  return fmt::format("{}: {} ({}).", fate(c), printable(judged.outcome.text), judged.outcome.dsn);
}

}  // namespace

std::string verdict_sentence(const Case& c) {
  return bypass_words(c) + sentence_of(c);
}

}  // namespace dane::policy
