/// \file  Dates of certificates: what counts depends on the usage of the record that matched.
#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

/// Of the future, for all chains of a host: each may cost the judge a hundred certificates and some
/// hundred records.
constexpr int most_trials = 64;

std::optional<Finding> outdated_leaf(const Service& service, const ChainCase& seen) {
  const auto& leaf = seen.chain.front();
  std::string fault;
  if (service.at > leaf.not_after())
    fault = fmt::format("expired on {}", format_rfc3339(leaf.not_after()));
  if (service.at < leaf.not_before())
    fault = fmt::format("is not valid before {}", format_rfc3339(leaf.not_before()));
  if (fault.empty()) return std::nullopt;
  return make_finding(
      Severity::note, "certificate-expired-ee", {"S40", "O10"}, {},
      fmt::format("The certificate {}. With usage 3 (DANE-EE) dates do not count, so {} accept it; "
                  "others may not.",
                  fault, peers(service)),
      "Renew the certificate for those who do look at its dates.");
}

/// The first moment up to the horizon at which the chain is refused, if nothing changes.
std::optional<TimePoint> first_refusal(const Service& service, const ChainCase& seen,
                                       TimePoint horizon, int& trials) {
  // A certificate that ends counts only where the path needs it; then another path may do.
  auto later = request_for(service, seen.chain, service.records);
  later.at = service.at;
  auto path = seen.verification.prediction.path;
  while (trials-- > 0) {
    std::optional<TimePoint> next;
    for (const auto& step : path) {
      const auto end = step.certificate.not_after();
      if (end >= later.at && end <= horizon && (!next || end < *next)) next = end;
    }
    if (!next) return std::nullopt;
    later.at = *next + std::chrono::seconds(1);
    const auto verification = verify::judge_chain(later);
    if (verification.verdict != verify::Verdict::authenticated) return next;
    path = verification.prediction.path;
  }
  return std::nullopt;
}

std::optional<Finding> expiring_path(const Service& service, const ChainCase& seen,
                                     const tlsa::Record& record, int& trials) {
  const auto horizon = service.at + std::chrono::days(service.warn_days);
  const auto& path = seen.verification.prediction.path;
  const auto refused = first_refusal(service, seen, horizon, trials);
  // The dates of an anchor that another CA issued do not count for OpenSSL, but for others.
  const auto anchor_ends = path.back().certificate.not_after();
  const auto last = refused.value_or(anchor_ends);
  if (!refused && (anchor_ends < service.at || anchor_ends > horizon)) return std::nullopt;
  std::set<std::string> ending;
  for (const auto& certificate : seen.chain)
    if (certificate.not_after() == last) ending.insert(quoted(certificate.subject()));
  for (const auto& step : path)
    if (step.certificate.not_after() == last) ending.insert(quoted(step.certificate.subject()));
  return make_finding(
      Severity::warning, "certificate-expiring", {"O13"}, {},
      fmt::format("{} expires in {} ({}). The record that matches ({}) has a usage for which dates "
                  "count: after that {} {} the server.",
                  list({ending.begin(), ending.end()}), format_duration(last - service.at),
                  format_rfc3339(last), tlsa::format_parameters(record), peers(service),
                  refused ? "refuse" : "may refuse"),
      fmt::format("Renew in time. A record for the server's key besides makes dates harmless:\n{}",
                  leaf_lines(service, seen.chain)));
}

/// OpenSSL passes over the dates of a CA that a record names, unless it is self-issued; RFC 7671
/// section 5.2 does not.
std::optional<Finding> outdated_path(const Service& service, const ChainCase& seen,
                                     const tlsa::Record& record) {
  std::vector<std::string> outdated;
  for (const auto& [certificate, position] : seen.verification.prediction.path) {
    if (certificate.not_after() >= service.at && certificate.not_before() <= service.at) continue;
    outdated.push_back(fmt::format("{} is valid from {} to {} only", quoted(certificate.subject()),
                                   format_rfc3339(certificate.not_before()),
                                   format_rfc3339(certificate.not_after())));
  }
  if (outdated.empty()) return std::nullopt;
  return make_finding(
      Severity::warning, "certificate-expired", {"O13"}, {},
      fmt::format("{}. The record that matches ({}) names this CA. Postfix and others that use "
                  "OpenSSL accept the chain all the same; other senders may refuse it.",
                  list(outdated), tlsa::format_parameters(record)),
      fmt::format("Replace the CA certificate, or publish a record for the server's key:\n{}",
                  leaf_lines(service, seen.chain)));
}

Findings findings_of(const Service& service, const ChainCase& seen, int& trials) {
  const auto& matched = seen.verification.matched;
  if (!matched || matched->record >= service.records.size()) return {};
  const auto& record = service.records[matched->record];
  Findings out;
  const auto add = [&](std::optional<Finding> finding) {
    if (finding) out.push_back(std::move(*finding));
  };
  if (record.usage == tlsa::CertificateUsage::dane_ee) {
    add(outdated_leaf(service, seen));
  } else {
    add(outdated_path(service, seen, record));
    add(expiring_path(service, seen, record, trials));
  }
  return out;
}

}  // namespace

Findings expiry_findings(const Service& service) {
  std::vector<Placed> placed;
  std::vector<std::pair<const x509::Chain*, Findings>> told;  // many addresses present the same
  int trials = most_trials;
  for (const auto& seen : service.chains) {
    auto same =
        std::ranges::find_if(told, [&](const auto& one) { return *one.first == seen.chain; });
    if (same == told.end())
      same = told.insert(same, {&seen.chain, findings_of(service, seen, trials)});
    for (const auto& finding : same->second) placed.push_back({seen.place, finding});
  }
  return merge_places(service.name, placed);
}

}  // namespace dane::check
