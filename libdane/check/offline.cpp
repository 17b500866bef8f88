/// \file  One chain, records and names given by hand.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dane/check/check.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/subject_rows.hpp"
#include "libdane/check/verdict.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

smtp::HostOutcome outcome_of(const verify::Request& request, verify::Verdict verdict) {
  if (request.records.empty()) return smtp::HostOutcome::no_records;
  switch (verdict) {
    case verify::Verdict::authenticated:
      return smtp::HostOutcome::verified;
    case verify::Verdict::refuted:
      return smtp::HostOutcome::refuted;
    case verify::Verdict::unusable:
      return smtp::HostOutcome::unusable;
    case verify::Verdict::undetermined:
      break;
  }
  return smtp::HostOutcome::undetermined;
}

Service offline_service(const verify::Request& request, const std::string& source,
                        const CheckOptions& options) {
  Service service;
  service.name = request.names.empty() ? source : request.names.front();
  service.records = request.records;
  service.references = request.names;
  service.profile = request.profile;
  service.mail = request.profile == tlsa::Profile::smtp;
  service.check_ee_names = request.check_ee_names;
  service.trusted = request.trusted;
  service.at = request.at;
  service.warn_days = options.warn_days;
  service.chains.push_back({.address = {},
                            .place = {},
                            .key_type = to_string(request.chain.front().key_type()),
                            .chain = request.chain,
                            .verification = verify::judge_chain(request)});
  return service;
}

report::Subject offline_subject(const Service& service, const verify::Request& request,
                                const std::string& source) {
  const auto& seen = service.chains.front();
  report::Subject subject;
  subject.name = service.name;
  subject.protocol.clear();
  subject.port = 0;
  const auto outcome = outcome_of(request, seen.verification.verdict);
  subject.outcome = to_string(outcome);
  subject.because = seen.verification.prediction.because;
  subject.base_domain = request.names.empty() ? "" : request.names.front();
  subject.reference_identifiers = request.names;
  subject.tlsa = tlsa_rows(service, seen.verification.fates);
  subject.chains.push_back(chain_row(seen, !request.records.empty()));
  subject.chains.back().source = source;
  return subject;
}

Findings verified(const Service& service) {
  if (service.chains.front().verification.verdict != verify::Verdict::authenticated) return {};
  return {make_finding(Severity::note, "dane-verified", {"D23"}, service.name,
                       "The chain is authenticated by a TLSA record.")};
}

Findings absent(const Service& service) {
  return {make_finding(Severity::note, "tlsa-absent", {"S13"}, service.name,
                       "No TLSA record was given: there is nothing to verify the chain against.")};
}

std::string sentence(const Service& service, smtp::HostOutcome outcome, const Findings& findings) {
  const auto who = peers(service);
  switch (outcome) {
    case smtp::HostOutcome::verified:
      return qualified(fmt::format("Yes: {} accept it; TLSA records and certificate agree.", who),
                       {}, findings);
    case smtp::HostOutcome::refuted: {
      const auto reason = short_reason(findings);
      return fmt::format("No: {} refuse it{}.", who, reason.empty() ? "" : " (" + reason + ")");
    }
    case smtp::HostOutcome::unusable:
      return fmt::format(
          "Not from everyone: no TLSA record is usable; strict {} refuse, others go "
          "on without authentication.",
          who);
    case smtp::HostOutcome::no_records:
      return "Yes, but without DANE: there is no TLSA record.";
    default:
      return "Unknown: the verification came to no end.";
  }
}

}  // namespace

void check_offline(report::Report& report, const verify::Request& request,
                   const std::string& source, const CheckOptions& options) {
  const auto service = offline_service(request, source, options);
  auto subject = offline_subject(service, request, source);
  Findings out;
  const auto add = [&](Findings more) {
    out.insert(out.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  };
  if (request.records.empty()) {
    add(absent(service));
  } else {
    add(chain_findings(service));
    add(mistake_findings(service, out));
    add(rrset_findings(service, has_finding(out, "tlsa-agility-trap")));
    add(expiry_findings(service));
    add(verified(service));
  }
  if (!request.records.empty())
    subject.recommended = recommended_lines(
        service, outcome_of(request, service.chains.front().verification.verdict), out);
  if (auto reason = short_reason(out); subject.outcome == "refuted" && !reason.empty())
    subject.because = std::move(reason);
  report.answer =
      sentence(service, outcome_of(request, service.chains.front().verification.verdict), out);
  report.subjects.push_back(std::move(subject));
  report.findings.insert(report.findings.end(), out.begin(), out.end());
}

}  // namespace dane::check
