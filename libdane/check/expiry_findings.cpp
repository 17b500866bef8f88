/// \file  Dates of certificates: what counts depends on the usage of the record that matched.
#include <algorithm>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

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

/// A certificate of the same CA takes its place on the path when this one is out of date.
bool has_successor(const Service& service, const ChainCase& seen,
                   const x509::Certificate& certificate) {
  auto later = request_for(service, seen.chain, service.records);
  later.at = certificate.not_after() + std::chrono::seconds(1);
  const auto then = verify::judge_chain(later);
  return then.verdict == verify::Verdict::authenticated &&
         std::ranges::none_of(then.prediction.path, [&](const verify::PathStep& step) {
           return step.certificate == certificate;
         });
}

/// Of the certificates from the leaf to the anchor, whose dates count.
std::optional<Finding> expiring_path(const Service& service, const ChainCase& seen,
                                     const tlsa::Record& record) {
  const auto horizon = service.at + std::chrono::days(service.warn_days);
  std::vector<std::string> ending;
  for (const auto& [certificate, position] : seen.verification.prediction.path) {
    if (certificate.not_after() < service.at || certificate.not_after() >= horizon) continue;
    if (has_successor(service, seen, certificate)) continue;
    ending.push_back(fmt::format("{} expires in {} ({})", quoted(certificate.subject()),
                                 format_duration(certificate.not_after() - service.at),
                                 format_rfc3339(certificate.not_after())));
  }
  if (ending.empty()) return std::nullopt;
  return make_finding(
      Severity::warning, "certificate-expiring", {"O13"}, {},
      fmt::format(
          "{}. The record that matches ({}) has a usage for which dates count: after that day "
          "senders refuse the server, or may.",
          list(ending), tlsa::format_parameters(record)),
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

}  // namespace

Findings expiry_findings(const Service& service) {
  std::vector<Placed> placed;
  for (const auto& seen : service.chains) {
    const auto& matched = seen.verification.matched;
    if (!matched || matched->record >= service.records.size()) continue;
    const auto& record = service.records[matched->record];
    const bool ee = record.usage == tlsa::CertificateUsage::dane_ee;
    auto finding = ee ? outdated_leaf(service, seen) : outdated_path(service, seen, record);
    if (!ee && !finding) finding = expiring_path(service, seen, record);
    if (finding) placed.push_back({seen.place, std::move(*finding)});
  }
  return merge_places(service.name, placed);
}

}  // namespace dane::check
