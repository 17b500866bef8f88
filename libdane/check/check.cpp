#include "dane/check/check.hpp"

#include <algorithm>
#include <utility>

#include "libdane/check/findings.hpp"
#include "libdane/check/rehearsal.hpp"
#include "libdane/check/subject_rows.hpp"
#include "libdane/check/verdict.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

void append(Findings& out, Findings more) {
  for (auto& finding : more) {
    if (std::ranges::find(out, finding) == out.end()) out.push_back(std::move(finding));
  }
}

/// Records for the chain that is shown by mistake would make the mistake last.
void mend_server_first(Findings& findings) {
  for (auto& finding : findings) {
    if (finding.id == "tlsa-no-match")
      finding.advice = "Mend the server, not the records: see sni-chain-wrong.";
  }
}

Findings dane_findings(const HostView& view, const Service& service) {
  Findings out;
  append(out, chain_findings(service));
  const auto by_name = sni_findings(view, service);
  if (has_finding(by_name, "sni-chain-wrong")) mend_server_first(out);
  append(out, by_name);
  append(out, mistake_findings(service, out));
  append(out, contrast_findings(view, service));
  append(out, rrset_findings(service, has_finding(out, "tlsa-agility-trap")));
  append(out, expiry_findings(service));
  append(out, answer_findings(view));
  append(out, signature_findings(view));
  append(out, verified_findings(view, service));
  return out;
}

/// Nothing known must not look like nothing wrong.
Findings untested_findings(const HostView& view, const Findings& so_far) {
  if (view.judgement.outcome != smtp::HostOutcome::undetermined) return {};
  const bool told = std::ranges::any_of(so_far, [](const Finding& finding) {
    return finding.severity == Severity::unknown || finding.severity == Severity::critical ||
           finding.id == "host-no-address";
  });
  if (told || port_blocked_here(view.facts)) return {};
  return {make_finding(Severity::unknown, "probe-timeout", {"S65"}, view.name(),
                       "No connection to the host was made, so its certificates are not known.",
                       "Allow more time with --timeout, and check again.")};
}

Findings host_findings(const HostView& view, const Service& service) {
  Findings out;
  append(out, lookup_findings(view));
  append(out, address_findings(view));
  append(out, applicability_findings(view, service));
  append(out, reach_findings(view));
  append(out, probe_findings(view));
  if (view.has_dane()) append(out, dane_findings(view, service));
  append(out, absent_chain_findings(view));
  append(out, untested_findings(view, out));
  return out;
}

/// What these ask for and what the new certificate needs, done together, could cut senders off.
void renewal_first(Findings& findings) {
  if (!has_finding(findings, "rehearsal-fails")) return;
  for (auto& finding : findings) {
    if (finding.id == "tlsa-sha512-only" || finding.id == "tlsa-digests-differ" ||
        finding.id == "tlsa-full-data")
      finding.advice =
          "First do what rehearsal-fails says; mend this when the new certificate is in use.";
  }
}

bool some_chain_passes(const Service& service) {
  return std::ranges::any_of(service.chains, [](const ChainCase& seen) {
    return seen.verification.verdict == verify::Verdict::authenticated;
  });
}

Findings domain_findings(const smtp::DomainFacts& facts, const smtp::DomainJudgement& judgement,
                         const CheckOptions& options, const std::vector<Service>& services) {
  Findings out;
  append(out, resolver_findings(facts));
  append(out, mx_findings(facts, judgement, options));
  append(out, mx_signature_findings(facts, judgement, options));
  append(out, coverage_findings(facts, judgement, options));
  append(out, misplaced_findings(facts, services));
  append(out, blocked_findings(facts));
  if (options.rehearsal) {
    append(out, file_findings(*options.rehearsal, options.judge.at));
    append(out, hostless_findings(facts, *options.rehearsal));
  }
  return out;
}

report::DomainRow domain_row(const smtp::DomainFacts& facts,
                             const smtp::DomainJudgement& judgement) {
  report::DomainRow row;
  row.domain = facts.domain.to_string();
  if (!judgement.mx) return row;
  row.route = to_string(judgement.mx->route);
  if (facts.mx && !std::holds_alternative<Failed>(*facts.mx))
    row.mx_security = to_string(judgement.mx->security);
  return row;
}

}  // namespace

void check_domain(report::Report& report, const smtp::DomainFacts& facts,
                  const CheckOptions& options) {
  const auto judgement = smtp::judge_domain(facts, options.judge);
  auto row = domain_row(facts, judgement);
  row.subjects_begin = report.subjects.size();
  row.findings_begin = report.findings.size();

  const bool rehearsing = options.rehearsal && !options.rehearsal->chain.empty();
  const auto scope =
      rehearsing ? rehearsal_scope(facts, judgement, *options.rehearsal) : RehearsalScope{};
  std::vector<Service> services;
  std::vector<HostResult> hosts;
  for (std::size_t i = 0; i < facts.hosts.size(); ++i) {
    const HostView view{facts, judgement, facts.hosts[i], judgement.hosts.at(i), options};
    services.push_back(make_service(view));
    if (rehearsing && scope.hosts[i]) services.back().coming = options.rehearsal->chain;
    auto subject = host_subject(view, services.back());
    HostResult host{.name = view.name(),
                    .outcome = view.judgement.outcome,
                    .findings = host_findings(view, services.back()),
                    .some_chain_passes = some_chain_passes(services.back())};
    subject.recommended = recommended_lines(services.back(), host.outcome, host.findings);
    if (rehearsing && scope.hosts[i]) {
      auto rehearsal = rehearse(view, services.back(), scope);
      append(host.findings, std::move(rehearsal.findings));
      renewal_first(host.findings);
      subject.authorities = std::move(rehearsal.authorities);
    }
    report.subjects.push_back(std::move(subject));
    hosts.push_back(std::move(host));
  }
  const auto of_domain = domain_findings(facts, judgement, options, services);
  Findings all = of_domain;
  for (const auto& host : hosts) append(all, host.findings);
  row.verdict = verdict_sentence(facts, judgement, hosts, of_domain);
  row.status = overall_status(all);
  report.findings.insert(report.findings.end(), all.begin(), all.end());
  row.subjects_end = report.subjects.size();
  row.findings_end = report.findings.size();
  report.domains.push_back(std::move(row));
}

}  // namespace dane::check
