#include "libdane/policy/cause.hpp"

namespace dane::policy {

namespace {

using postfix::Level;
using postfix::SessionEnd;

Cause without_policy(const JudgedServer& server) {
  const auto* const refused = std::get_if<postfix::Refused>(&server.policy.outcome);
  if (refused == nullptr) return Cause::sts_skipped;
  switch (refused->why) {
    case postfix::Refusal::tlsa_lookup:
      return Cause::tlsa_lookup;
    case postfix::Refusal::no_dane:
      return Cause::dane_only_impossible;
    case postfix::Refusal::configuration:
      break;
  }
  return Cause::config_problem;
}

Cause of_delivery(const JudgedServer& server, const postfix::Usable& policy) {
  if (server.session.plaintext || !server.session.log_word) return Cause::cleartext;
  if (!postfix::requires_match(policy.level) || !server.session.peer ||
      server.session.peer->fell_back_to_encrypt)
    return Cause::unauthenticated;
  return policy.level == Level::half_dane ? Cause::half_dane : Cause::verified;
}

/// TLS stands, and what the server showed is not enough.
Cause of_comparison(const JudgedServer& server, const postfix::Usable& policy) {
  if (policy.forced_failure) return Cause::forced_failure;
  if (policy.level == Level::fingerprint) return Cause::fingerprint_mismatch;
  if (postfix::is_dane(policy.level)) return Cause::tlsa_mismatch;
  const auto& peer = server.session.peer;
  if (!peer) return Cause::other;
  if (peer->chain_error != 0) return Cause::chain_untrusted;
  if (server.session.expected.cannot_match) return Cause::nothing_to_match;
  return Cause::name_mismatch;
}

}  // namespace

Cause cause_of(const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  if (!policy) return without_policy(server);
  switch (server.session.end) {
    case SessionEnd::delivered:
      return of_delivery(server, *policy);
    case SessionEnd::not_reached:
      return Cause::not_reached;
    case SessionEnd::tls_not_offered:
      return Cause::tls_not_offered;
    case SessionEnd::starttls_overlooked:
      return Cause::starttls_overlooked;
    case SessionEnd::no_tls_engine:
      return Cause::tls_engine;
    case SessionEnd::starttls_refused:
      return Cause::starttls_refused;
    case SessionEnd::handshake_failed:
      return Cause::handshake_failed;
    case SessionEnd::lost_after_tls:
      return Cause::lost_after_tls;
    case SessionEnd::not_verified:
      return of_comparison(server, *policy);
    case SessionEnd::refused:
    case SessionEnd::skipped:
      break;
  }
  return Cause::other;
}

bool is_failure(Cause cause) {
  return cause > Cause::cleartext;
}

std::string_view reason_of(Cause cause) {
  switch (cause) {
    case Cause::verified:
      return "the server is authenticated";
    case Cause::half_dane:
      return "the server's TLSA records match, but its MX record is not signed";
    case Cause::unauthenticated:
      return "nothing is compared at this level";
    case Cause::cleartext:
      return "no TLS is used";
    case Cause::config_problem:
      return "the TLS policy for it cannot be used";
    case Cause::tlsa_lookup:
      return "its TLSA records could not be looked up";
    case Cause::dane_only_impossible:
      return "the policy demands DANE, and the destination has none that could be used";
    case Cause::sts_skipped:
      return "the policy rules out every MX host";
    case Cause::not_reached:
      return "no connection to the server came about";
    case Cause::tls_not_offered:
      return "the policy demands TLS, and the server does not offer it";
    case Cause::starttls_overlooked:
      return "the policy demands TLS, and main.cf has Postfix overlook that the server offers it";
    case Cause::starttls_refused:
      return "the policy demands TLS, and the server refuses to start it";
    case Cause::handshake_failed:
      return "the TLS handshake fails";
    case Cause::tls_engine:
      return "Postfix cannot set up TLS at its start, and so has no TLS at all";
    case Cause::lost_after_tls:
      return "the server hangs up after the TLS handshake";
    case Cause::forced_failure:
      return "the policy itself says that the certificate must fail";
    case Cause::fingerprint_mismatch:
      return "the server's certificate and key have none of the fingerprints of the policy";
    case Cause::tlsa_mismatch:
      return "the server's certificate matches none of its TLSA records";
    case Cause::nothing_to_match:
      return "the policy leaves no name that Postfix could look for";
    case Cause::chain_untrusted:
      return "the certificate is not trusted";
    case Cause::name_mismatch:
      return "the certificate is trusted, but has none of the names that Postfix looks for";
    case Cause::other:
      break;
  }
  return "of the reason that Postfix gives";
}

const postfix::Usable* usable_policy(const JudgedServer& server) {
  return std::get_if<postfix::Usable>(&server.policy.outcome);
}

bool has_chain(const JudgedServer& server) {
  return !server.chain.empty();
}

bool lacks_name(const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  return policy && postfix::is_pkix(policy->level) && server.session.peer &&
         !server.session.expected.cannot_match && !server.session.peer->name;
}

}  // namespace dane::policy
