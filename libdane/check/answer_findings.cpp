/// \file  Signatures and answers as they came: about to expire, too large, from a wildcard.
#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

constexpr std::size_t safe_answer_octets = 1232;  // fits an IPv6 packet of 1280 octets
constexpr std::chrono::seconds warn_before = std::chrono::days(2);

using SecureAnswers = std::vector<const Found<dns::Answer>*>;

void add_secure(SecureAnswers& answers, const dns::LookupOutcome* outcome) {
  const auto* answer = found(outcome);
  if (answer != nullptr && answer->security == Security::secure) answers.push_back(answer);
}

/// Zones that are signed on the fly have signatures of a day or two that are made afresh all the
/// time: a short rest is a sign of trouble only when most of the life is over.
bool about_to_expire(const dns::Signature& signature, TimePoint at) {
  const auto rest = signature.expiration - at;
  const auto life = signature.expiration - signature.inception;
  return rest < warn_before && rest < life / 3;
}

std::string describe_signature(const dns::Signature& signature, TimePoint at) {
  const auto rest = signature.expiration - at;
  return fmt::format("{} {} {} {}", signature.owner.to_string(), to_string(signature.covered),
                     rest.count() < 0 ? "expired at" : "expires at",
                     format_rfc3339(signature.expiration));
}

Findings ending_signatures(const SecureAnswers& answers, TimePoint at, const std::string& subject) {
  std::set<std::string> ending;
  std::optional<dns::Signature> first;
  for (const auto* answer : answers) {
    for (const auto& signature : answer->value.signatures) {
      if (!about_to_expire(signature, at)) continue;
      ending.insert(describe_signature(signature, at));
      if (!first || signature.expiration < first->expiration) first = signature;
    }
  }
  if (!first) return {};
  return {make_finding(
      Severity::warning, "rrsig-expiring", {"O55", "O57"}, subject,
      fmt::format("DNSSEC signatures are near their end and have not been renewed: {}. After that, "
                  "validating senders do not deliver.",
                  list({ending.begin(), ending.end()})),
      fmt::format(
          "Look after the signer of the zone {}: it should have made new signatures by now.",
          first->signer.to_string()))};
}

}  // namespace

/// Of the answers that delivery to the host stands on.
Findings signature_findings(const HostView& view) {
  if (!view.has_dane()) return {};
  SecureAnswers answers;
  if (view.host.ipv4) add_secure(answers, &*view.host.ipv4);
  if (view.host.ipv6) add_secure(answers, &*view.host.ipv6);
  add_secure(answers, used_tlsa(view));
  return ending_signatures(answers, view.options.judge.at, view.name());
}

Findings mx_signature_findings(const smtp::DomainFacts& facts,
                               const smtp::DomainJudgement& judgement,
                               const CheckOptions& options) {
  const bool dane = std::ranges::any_of(judgement.hosts, [](const smtp::HostJudgement& host) {
    return host.policy.applicability == smtp::Applicability::dane;
  });
  SecureAnswers answers;
  if (facts.mx && dane) add_secure(answers, &*facts.mx);
  return ending_signatures(answers, options.judge.at, facts.domain.to_string());
}

Findings answer_findings(const HostView& view) {
  Findings out;
  const auto* answer = found(used_tlsa(view));
  if (answer == nullptr) return out;
  const auto& owner = view.judgement.policy.owner;
  if (answer->value.message_size > safe_answer_octets)
    out.push_back(make_finding(
        Severity::warning, "tlsa-answer-large", {"O47"}, owner.to_string(),
        fmt::format(
            "The signed answer has {} octets. Over {} it is cut or sent in fragments, which "
            "some firewalls drop: senders then wait instead of delivering.",
            answer->value.message_size, safe_answer_octets),
        "Keep few TLSA records with SHA-256 digests, and see that the name servers answer over "
        "TCP."));
  if (is_from_wildcard(answer->value))
    out.push_back(make_finding(Severity::note, "tlsa-wildcard", {"X9"}, owner.to_string(),
                               "The TLSA records come from a wildcard in the zone. They answer for "
                               "other ports and hosts too, "
                               "also for such as do not offer TLS."));
  return out;
}

}  // namespace dane::check
