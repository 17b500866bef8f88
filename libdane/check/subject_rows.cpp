#include "libdane/check/subject_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

report::CertificateRow certificate_row(const x509::Certificate& certificate) {
  report::CertificateRow row;
  row.subject = certificate.subject();
  row.issuer = certificate.issuer();
  row.not_before = certificate.not_before();
  row.not_after = certificate.not_after();
  for (const auto& name : certificate.dns_names()) row.dns_names.push_back(printable(name));
  row.key = to_string(certificate.key_type());
  if (certificate.key_bits() > 0) row.key += fmt::format(" {}", certificate.key_bits());
  row.spki_sha256 = certificate.spki_sha256();
  row.cert_sha256 = certificate.cert_sha256();
  return row;
}

report::ChainRow live_chain_row(const smtp::ProbeFacts& probe, const ChainCase& seen, bool judged) {
  auto row = chain_row(seen, judged);
  if (const auto* presented = std::get_if<probe::Presented>(&probe.result.outcome)) {
    row.tls = presented->tls_version;
    row.cipher = presented->cipher;
  }
  if (probe.request.server_name) row.sni = probe.request.server_name->to_string();
  return row;
}

void add_chains(report::Subject& subject, const HostView& view, const Service& service) {
  // The service's chains stand in the order of the probes that brought them.
  std::vector<const smtp::ProbeFacts*> probes;
  const auto brought_chain = [](const smtp::ProbeFacts& probe) {
    const auto* presented = std::get_if<probe::Presented>(&probe.result.outcome);
    return presented != nullptr && !presented->chain.empty();
  };
  if (view.has_dane()) {
    for (const auto& judged : view.judgement.chains) {
      const auto& probe = view.host.probes.at(judged.probe);
      if (brought_chain(probe)) probes.push_back(&probe);
    }
  } else {
    for (const auto& probe : view.host.probes) {
      if (brought_chain(probe) && probe.request.server_name) probes.push_back(&probe);
    }
  }
  for (std::size_t i = 0; i < probes.size() && i < service.chains.size(); ++i)
    subject.chains.push_back(live_chain_row(*probes[i], service.chains[i], view.has_dane()));
}

void add_failures(report::Subject& subject, const HostView& view,
                  const std::vector<std::size_t>& indices, std::string_view counts_as) {
  for (const auto index : indices) {
    const auto& probe = view.host.probes.at(index);
    const auto* failed = std::get_if<probe::ProbeFailed>(&probe.result.outcome);
    report::FailureRow row;
    row.address = probe.request.endpoint.address.to_string();
    row.key_type = to_string(probe.request.offer);
    row.kind = to_string(failed != nullptr ? failed->kind : probe::ProbeFailure::no_certificate);
    row.text = failed != nullptr ? printable(failed->what) : "the server presented no certificate";
    if (failed != nullptr) {
      row.reply = printable(failed->reply);
      row.alert = printable(failed->alert);
    }
    row.counts_as = counts_as;
    subject.failures.push_back(std::move(row));
  }
}

std::string address_security(const smtp::HostFacts& host) {
  bool secure = false;
  bool insecure = false;
  for (const auto* outcome : {&host.ipv4, &host.ipv6}) {
    const auto* answer = outcome->has_value() ? found(&outcome->value()) : nullptr;
    if (answer == nullptr) continue;
    (answer->security == Security::secure ? secure : insecure) = true;
  }
  if (secure && insecure) return "mixed";
  if (secure) return "secure";
  return insecure ? "insecure" : "";
}

std::vector<std::string> aliases_of(const smtp::HostFacts& host) {
  for (const auto* outcome : {&host.ipv4, &host.ipv6}) {
    const auto* answer = outcome->has_value() ? found(&outcome->value()) : nullptr;
    if (answer == nullptr || answer->value.aliases.empty()) continue;
    std::vector<std::string> names;
    for (const auto& alias : answer->value.aliases) names.push_back(alias.target.to_string());
    return names;
  }
  return {};
}

void add_lookup(report::Subject& subject, const HostView& view) {
  for (const auto& tlsa : view.host.tlsa) {
    const auto* answer = found(&tlsa.outcome);
    if (answer == nullptr) continue;
    subject.tlsa_security = to_string(answer->security);
    subject.tlsa_ttl = answer->ttl.count();
    if (view.has_dane() && tlsa.owner == view.judgement.policy.owner) return;
  }
}

}  // namespace

report::ChainRow chain_row(const ChainCase& seen, bool judged) {
  report::ChainRow row;
  row.address = seen.address;
  row.key_type = seen.key_type;
  for (const auto& certificate : seen.chain)
    row.certificates.push_back(certificate_row(certificate));
  if (!judged) return row;
  const auto& verification = seen.verification;
  row.authenticated = verification.verdict == verify::Verdict::authenticated;
  row.verdict = to_string(verification.verdict);
  row.because = verification.prediction.because;
  if (verification.matched)
    row.matched = report::MatchedRow{verification.matched->record, verification.matched->depth};
  row.verify_error = verification.error_code;
  row.verify_error_name = verification.error_name;
  if (verification.name) row.matched_name = printable(verification.name->presented);
  row.reasoning = verification.reasoning;
  return row;
}

report::Subject host_subject(const HostView& view, const Service& service) {
  const auto& policy = view.judgement.policy;
  report::Subject subject;
  if (view.facts.mx) subject.domain = view.facts.domain.to_string();
  subject.name = service.name;
  subject.protocol = to_string(view.host.protocol);
  subject.port = view.host.port;
  if (view.domain.mx && view.domain.mx->route == smtp::MailRoute::mx)
    subject.preference = view.host.preference;
  subject.outcome = to_string(view.judgement.outcome);
  subject.because = printable(policy.because);
  subject.rules = policy.rules;
  subject.base_domain = policy.base.to_string();
  subject.tlsa_owner = service.owner;
  add_lookup(subject, view);
  subject.address_security = address_security(view.host);
  subject.aliases = aliases_of(view.host);
  for (const auto& address : smtp::addresses_of(view.host))
    subject.addresses.push_back(address.to_string());
  subject.reference_identifiers = policy.references;
  subject.tlsa = tlsa_rows(service, view.judgement.fates);
  add_chains(subject, view, service);
  add_failures(subject, view, view.judgement.failed_probes, "failure");
  add_failures(subject, view, view.judgement.missing_chains, "no-such-chain");
  add_failures(subject, view, view.judgement.untestable, "untestable");
  return subject;
}

}  // namespace dane::check
