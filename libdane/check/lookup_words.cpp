#include "libdane/check/lookup_words.hpp"

#include <map>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::check {

namespace {

std::string_view kind_words(FailureKind kind) {
  switch (kind) {
    case FailureKind::bogus:
      return "the answer does not pass DNSSEC validation";
    case FailureKind::servfail:
      return "the answer is SERVFAIL";
    case FailureKind::refused:
      return "the answer is REFUSED";
    case FailureKind::timeout:
      return "no answer came in time";
    case FailureKind::malformed:
      return "the answer could not be decoded";
    case FailureKind::other_rcode:
      return "the answer is an error";
    case FailureKind::disagreement:
      return "two validators come to different results";
    case FailureKind::local:
      return "the lookup could not be made from here";
    case FailureKind::not_recorded:
      return "the evidence does not hold this lookup";
  }
  return "the lookup failed";
}

std::string_view id_of(FailureKind kind, bool resolver_validates) {
  if (kind == FailureKind::disagreement) return "dns-validators-disagree";
  if (kind == FailureKind::not_recorded) return "evidence-incomplete";
  if (kind == FailureKind::bogus && resolver_validates) return "dns-bogus";
  return "dns-lookup-failed";
}

std::string dig_command(const std::string& question) {
  const auto space = question.rfind(' ');
  if (space == std::string::npos) return question;
  return question.substr(space + 1) + " " + question.substr(0, space);
}

std::string consequence(std::string_view id) {
  if (id == "dns-bogus")
    return " Validating senders get no answer at all; what depends on it waits, and bounces in the "
           "end.";
  if (id == "evidence-incomplete") return {};
  return " That is not the same as \"no record\": DANE senders wait and try again.";
}

std::string advice_for(FailureKind kind, std::string_view id, const std::string& question) {
  const auto query = dig_command(question);
  if (id == "dns-bogus")
    return fmt::format(
        "Correct the DNSSEC signatures or the DS record of the zone; \"delv {}\" shows "
        "where validation breaks. If another resolver (--resolver) brings answers that pass, the "
        "one asked here is at fault.",
        query);
  switch (kind) {
    case FailureKind::bogus:
      return "Use a resolver that passes DNSSEC on, then check again.";
    case FailureKind::disagreement:
      return fmt::format(
          "Check the zone's signatures and algorithms (\"delv {}\"), and repeat with "
          "--validator unbound and --validator getdns.",
          query);
    case FailureKind::not_recorded:
      return "Record again with --save and the same options.";
    case FailureKind::local:
      return "Check the network and the resolver of this machine, or name another with --resolver.";
    default:
      return fmt::format(
          "Ask each name server of the zone (\"dig +dnssec +norecurse {} @SERVER\") and "
          "correct the one that does not answer; if all do, check this machine's "
          "resolver.",
          query);
  }
}

}  // namespace

Findings failure_findings(const std::vector<NamedFailure>& failures, const std::string& subject,
                          const Rules& rules, bool resolver_validates) {
  // What failed alike is told once: A and AAAA of a broken zone.
  std::map<std::pair<FailureKind, std::string>, std::vector<std::string>> groups;
  for (const auto& [question, failed] : failures)
    groups[{failed.kind, failed.what}].push_back(question);
  Findings out;
  for (const auto& [reason, questions] : groups) {
    const auto& [kind, what] = reason;
    const auto id = id_of(kind, resolver_validates);
    auto of = rules;
    if (id == "dns-bogus") of.emplace_back("D16");
    out.push_back(make_finding(
        id == "dns-bogus" ? Severity::critical : Severity::unknown, std::string(id), std::move(of),
        subject,
        fmt::format("The lookup of {} failed: {}{}.{}", list(questions), kind_words(kind),
                    what.empty() ? "" : fmt::format(" ({})", printable(what, 300)),
                    consequence(id)),
        advice_for(kind, id, questions.front())));
  }
  return out;
}

}  // namespace dane::check
