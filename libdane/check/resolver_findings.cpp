/// \file  Can anything be learnt through this resolver?  S4
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

/// One secure answer shows that the resolver passes DNSSEC on, whatever came of the self-test.
bool any_secure(const smtp::DomainFacts& facts) {
  return std::ranges::any_of(facts.hosts, [](const smtp::HostFacts& host) {
    return (host.ipv4 && smtp::is_secure(*host.ipv4)) ||
           (host.ipv6 && smtp::is_secure(*host.ipv6)) ||
           std::ranges::any_of(host.tlsa, [](const smtp::TlsaFacts& tlsa) {
             return smtp::is_secure(tlsa.outcome);
           });
  });
}

}  // namespace

ResolverState resolver_state(const smtp::DomainFacts& facts) {
  if (!facts.self_test || any_secure(facts)) return ResolverState::validates;
  return std::visit(overloaded{[](const Found<dns::Answer>& answer) {
                                 return answer.security == Security::secure
                                            ? ResolverState::validates
                                            : ResolverState::strips_dnssec;
                               },
                               [](const Absent&) { return ResolverState::strips_dnssec; },
                               [](const Failed& failed) {
                                 // Evidence by another program: its answers say themselves what was
                                 // secure.
                                 if (failed.kind == FailureKind::not_recorded)
                                   return ResolverState::validates;
                                 if (failed.kind == FailureKind::bogus)
                                   return ResolverState::strips_dnssec;
                                 return ResolverState::fails;
                               }},
                    *facts.self_test);
}

bool resolver_validates(const smtp::DomainFacts& facts) {
  return resolver_state(facts) == ResolverState::validates;
}

Findings resolver_findings(const smtp::DomainFacts& facts) {
  const auto state = resolver_state(facts);
  if (state == ResolverState::validates) return {};
  std::string outcome = "came back without DNSSEC";
  if (const auto* failed = std::get_if<Failed>(&*facts.self_test))
    outcome = fmt::format("could not be looked up ({}{})", to_string(failed->kind),
                          failed->what.empty() ? "" : ": " + printable(failed->what, 200));
  if (state == ResolverState::strips_dnssec)
    return {make_finding(
        Severity::unknown, "resolver-not-validating", {"S4", "X1"}, "resolver",
        fmt::format("The signed SOA record of the root {}: the resolver strips signatures or does "
                    "not validate, or the trust anchor does not fit. Whether DANE applies cannot "
                    "be found out through it.",
                    outcome),
        "Name a resolver that passes DNSSEC on with --resolver (a local unbound, for example), "
        "and check the trust anchor.")};
  return {make_finding(
      Severity::unknown, "resolver-failed", {"S4"}, "resolver",
      fmt::format("The signed SOA record of the root {}, so it is not known whether the resolver "
                  "passes DNSSEC on: whether DANE applies cannot be found out through it.",
                  outcome),
      "See that the resolver runs and may be asked from here, allow more time with --timeout, or "
      "name another with --resolver.")};
}

std::string resolver_sentence(const smtp::DomainFacts& facts) {
  switch (resolver_state(facts)) {
    case ResolverState::validates:
      return {};
    case ResolverState::strips_dnssec:
      return "Unknown: no valid DNSSEC comes through the resolver, so DANE cannot be judged.";
    case ResolverState::fails:
      break;
  }
  switch (std::get<Failed>(*facts.self_test).kind) {
    case FailureKind::timeout:
      return "Unknown: the resolver did not answer in time.";
    case FailureKind::local:
      return "Unknown: the resolver could not be asked.";
    default:
      return "Unknown: the resolver fails, so DANE cannot be judged through it.";
  }
}

}  // namespace dane::check
