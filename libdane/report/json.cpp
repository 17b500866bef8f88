#include "dane/core/clock.hpp"

#include "libdane/report/json_values.hpp"

namespace dane::report {

namespace {

Json domain_json(const DomainRow& row) {
  return {{"domain", text_or_null(row.domain)},
          {"status", to_string(row.status)},
          {"verdict", harmless(row.verdict)},
          {"route", text_or_null(row.route)},
          {"mx_security", text_or_null(row.mx_security)}};
}

Json tlsa_json(const TlsaRow& row) {
  return {{"usage", row.usage},
          {"selector", row.selector},
          {"matching_type", row.matching_type},
          {"data", harmless(row.data)},
          {"usable", row.usable},
          {"unusable_reason", row.unusable_reason ? Json(harmless(*row.unusable_reason)) : Json()},
          {"unusable_rule", text_or_null(row.unusable_rule)},
          {"set_aside_by_agility", row.set_aside_by_agility},
          {"matches", row.matches},
          {"fate", texts(row.fate)}};
}

Json certificate_json(const CertificateRow& row) {
  return {{"subject", harmless(row.subject)},
          {"issuer", harmless(row.issuer)},
          {"not_before", format_rfc3339(row.not_before)},
          {"not_after", format_rfc3339(row.not_after)},
          {"dns_names", texts(row.dns_names)},
          {"key", harmless(row.key)},
          {"spki_sha256", harmless(row.spki_sha256)},
          {"cert_sha256", harmless(row.cert_sha256)}};
}

Json matched_json(const std::optional<MatchedRow>& matched) {
  if (!matched) return nullptr;
  return {{"record", matched->record}, {"depth", matched->depth}};
}

Json chain_json(const ChainRow& row) {
  return {{"address", text_or_null(row.address)},
          {"key_type", text_or_null(row.key_type)},
          {"tls", text_or_null(row.tls)},
          {"cipher", text_or_null(row.cipher)},
          {"sni", text_or_null(row.sni)},
          {"source", text_or_null(row.source)},
          {"authenticated", row.authenticated},
          {"verdict", text_or_null(row.verdict)},
          {"because", text_or_null(row.because)},
          {"matched", matched_json(row.matched)},
          {"matched_name", row.matched_name ? Json(harmless(*row.matched_name)) : Json()},
          {"verify_error", {{"code", row.verify_error}, {"name", harmless(row.verify_error_name)}}},
          {"certificates", rows(row.certificates, certificate_json)},
          {"reasoning", texts(row.reasoning)}};
}

Json failure_json(const FailureRow& row) {
  return {{"address", text_or_null(row.address)}, {"key_type", text_or_null(row.key_type)},
          {"kind", harmless(row.kind)},           {"counts_as", harmless(row.counts_as)},
          {"text", harmless(row.text)},           {"reply", text_or_null(row.reply)},
          {"alert", text_or_null(row.alert)}};
}

Json authority_json(const AuthorityRow& row) {
  return {{"server", text_or_null(row.server)},
          {"address", text_or_null(row.address)},
          {"outcome", harmless(row.outcome)},
          {"records", texts(row.records)},
          {"new_chain_passes", number_or_null(row.new_chain_passes)},
          {"text", harmless(row.text)}};
}

Json subject_json(const Subject& subject) {
  return {{"domain", text_or_null(subject.domain)},
          {"name", harmless(subject.name)},
          {"port", subject.port == 0 ? Json() : Json(subject.port)},
          {"protocol", text_or_null(subject.protocol)},
          {"preference", number_or_null(subject.preference)},
          {"outcome", harmless(subject.outcome)},
          {"because", harmless(subject.because)},
          {"rules", texts(subject.rules)},
          {"aliases", texts(subject.aliases)},
          {"addresses", texts(subject.addresses)},
          {"address_security", text_or_null(subject.address_security)},
          {"base_domain", text_or_null(subject.base_domain)},
          {"tlsa_owner", text_or_null(subject.tlsa_owner)},
          {"tlsa_security", text_or_null(subject.tlsa_security)},
          {"tlsa_ttl", number_or_null(subject.tlsa_ttl)},
          {"reference_identifiers", texts(subject.reference_identifiers)},
          {"tlsa", rows(subject.tlsa, tlsa_json)},
          {"chains", rows(subject.chains, chain_json)},
          {"failures", rows(subject.failures, failure_json)},
          {"authorities", rows(subject.authorities, authority_json)},
          {"recommended", texts(subject.recommended)}};
}
}  // namespace

std::string render_json(const Report& report) {
  const Json json = {{"schema", "dane-report/1"},
                     {"tool", harmless(report.tool)},
                     {"version", harmless(report.version)},
                     {"evaluated_at", format_rfc3339(report.evaluated_at)},
                     {"status", to_string(report.status())},
                     {"findings", rows(report.findings, finding_json)},
                     {"domains", rows(report.domains, domain_json)},
                     {"subjects", rows(report.subjects, subject_json)}};
  return dump(json);
}

}  // namespace dane::report
