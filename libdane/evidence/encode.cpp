#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "dane/evidence/evidence.hpp"

#include "libdane/evidence/json_input.hpp"
#include "libdane/evidence/rdata_text.hpp"

namespace dane::evidence {

namespace {
using OrderedJson = nlohmann::ordered_json;  // fields in the order of dane-evidence(5)

std::int64_t seconds_of(std::chrono::seconds value) {
  return std::clamp<std::int64_t>(value.count(), 0, UINT32_MAX);  // what DNS can say
}

/// The mnemonic where it reads back, else TYPEnnn (RFC 3597): the type that an RRSIG covers is the
/// word of a stranger and can be one that nobody may ask for.
std::string type_text(dns::RecordType type) {
  auto text = dns::to_string(type);
  if (dns::parse_record_type(text) == type) return text;
  return fmt::format("TYPE{}", static_cast<std::uint16_t>(type));
}

OrderedJson signature_json(const dns::Signature& signature) {
  return {{"owner", signature.owner.to_string()},
          {"covered", type_text(signature.covered)},
          {"signer", signature.signer.to_string()},
          {"algorithm", signature.algorithm},
          {"key_tag", signature.key_tag},
          {"labels", signature.labels},
          {"inception", format_rfc3339(signature.inception)},
          {"expiration", format_rfc3339(signature.expiration)}};
}

OrderedJson record_json(dns::RecordType type, const Bytes& rdata) {
  OrderedJson out = {{"rdata", to_hex(rdata)}};
  if (const auto text = rdata_text(type, rdata); !text.empty()) out["text"] = text;
  return out;
}

void add_outcome(OrderedJson& out, dns::RecordType type, const Found<dns::Answer>& found) {
  out["outcome"] = "found";
  out["security"] = to_string(found.security);
  out["ttl"] = seconds_of(found.ttl);
  out["canonical_name"] = found.value.canonical_name.to_string();
  out["aliases"] = OrderedJson::array();
  for (const auto& alias : found.value.aliases) {
    out["aliases"].push_back({{"owner", alias.owner.to_string()},
                              {"target", alias.target.to_string()},
                              {"ttl", seconds_of(alias.ttl)}});
  }
  out["records"] = OrderedJson::array();
  for (const auto& rdata : found.value.rdata) out["records"].push_back(record_json(type, rdata));
  out["signatures"] = OrderedJson::array();
  for (const auto& signature : found.value.signatures) {
    out["signatures"].push_back(signature_json(signature));
  }
  out["message_size"] = found.value.message_size;
}

void add_outcome(OrderedJson& out, dns::RecordType, const Absent& absent) {
  out["outcome"] = "absent";
  out["security"] = to_string(absent.security);
  out["negative_ttl"] = seconds_of(absent.negative_ttl);
  out["name_exists"] = absent.name_exists;
  if (absent.alias_target) out["alias_target"] = absent.alias_target->to_string();
}

void add_outcome(OrderedJson& out, dns::RecordType, const Failed& failed) {
  out["outcome"] = "failed";
  out["kind"] = to_string(failed.kind);
  out["what"] = failed.what;
  out["where"] = failed.where;
  out["remedy"] = failed.remedy;
}

void add_lookup(OrderedJson& out, const dns::Question& question,
                const dns::LookupOutcome& outcome) {
  out["name"] = question.name.to_string();
  out["type"] = type_text(question.type);
  std::visit([&](const auto& shape) { add_outcome(out, question.type, shape); }, outcome);
}

OrderedJson tls_offer_json(const probe::TlsOffer& offer) {
  OrderedJson out = {{"versions", OrderedJson::array()},
                     {"ciphers", offer.ciphers},
                     {"security_level", offer.security_level},
                     {"allow_anonymous", offer.allow_anonymous}};
  for (const auto version : offer.versions) out["versions"].push_back(probe::to_string(version));
  return out;
}

OrderedJson request_json(const probe::ProbeRequest& request) {
  OrderedJson out = {
      {"address", request.endpoint.address.to_string()},
      {"port", request.endpoint.port},
      {"protocol", probe::to_string(request.protocol)},
      {"host", request.host.to_string()},
      {"server_name",
       request.server_name ? OrderedJson(request.server_name->to_string()) : OrderedJson()},
      {"offer", probe::to_string(request.offer)}};
  if (request.tls) out["tls"] = tls_offer_json(*request.tls);
  return out;
}

/// Certificates by their SHA-256: a hundred addresses with one chain store it once.
using PemByDigest = std::map<std::string, std::string>;

OrderedJson session_details_json(const probe::SessionDetails& details) {
  return {{"used_bits", details.used_bits},
          {"algorithm_bits", details.algorithm_bits},
          {"key_exchange", details.key_exchange},
          {"signature", details.signature},
          {"digest", details.digest}};
}

/// Adds to `out` what is known of a session.
void add_session(OrderedJson& out, const probe::Presented& presented, PemByDigest& certificates) {
  out["tls_version"] = presented.tls_version;
  out["cipher"] = presented.cipher;
  out["chain"] = OrderedJson::array();
  for (const auto& certificate : presented.chain) {
    const auto& id = certificate.cert_sha256();
    out["chain"].push_back(id);
    if (certificates.count(id) == 0) certificates.emplace(id, to_base64(certificate.der()));
  }
  if (presented.details) out["details"] = session_details_json(*presented.details);
}

OrderedJson failure_details_json(const probe::FailureDetails& details, PemByDigest& certificates) {
  OrderedJson out = {{"stage", probe::to_string(details.stage)},
                     {"error", details.error},
                     {"library_errors", details.library_errors}};
  if (!details.session) return out;
  out["session"] = OrderedJson::object();
  add_session(out["session"], *details.session, certificates);
  return out;
}

OrderedJson probe_json(const probe::ProbeRequest& request, const probe::ProbeResult& result,
                       PemByDigest& certificates) {
  OrderedJson out = {{"request", request_json(request)}};
  std::visit(overloaded{[&](const probe::Presented& presented) {
                          out["outcome"] = "presented";
                          add_session(out, presented, certificates);
                        },
                        [&](const probe::ProbeFailed& failed) {
                          out["outcome"] = "failed";
                          out["kind"] = probe::to_string(failed.kind);
                          out["what"] = failed.what;
                          out["reply"] = failed.reply;
                          out["alert"] = failed.alert;
                          if (failed.details) {
                            out["details"] = failure_details_json(*failed.details, certificates);
                          }
                        }},
             result.outcome);
  out["dialogue"] = result.dialogue;
  return out;
}

OrderedJson request_of(const Evidence& evidence) {
  auto json = parse_request(evidence.request);
  if (!json) throw std::invalid_argument("Evidence::request is not a JSON object");
  return OrderedJson(*json);
}
}  // namespace

std::string encode(const Evidence& evidence) {
  OrderedJson out = {{"schema", "dane-evidence/1"},
                     {"tool", evidence.tool},
                     {"tool_version", evidence.tool_version},
                     {"saved_at", format_rfc3339(evidence.saved_at)},
                     {"evaluated_at", format_rfc3339(evidence.evaluated_at)},
                     {"request", request_of(evidence)}};
  out["lookups"] = OrderedJson::array();
  for (const auto& [question, outcome] : evidence.lookups) {
    OrderedJson entry = OrderedJson::object();
    add_lookup(entry, question, outcome);
    out["lookups"].push_back(std::move(entry));
  }
  out["authorities"] = OrderedJson::array();
  for (const auto& [question, outcome] : evidence.authorities) {
    OrderedJson entry = {{"server", question.server.address.to_string()},
                         {"port", question.server.port}};
    add_lookup(entry, question.question, outcome);
    out["authorities"].push_back(std::move(entry));
  }
  PemByDigest certificates;
  out["probes"] = OrderedJson::array();
  for (const auto& [request, result] : evidence.probes) {
    out["probes"].push_back(probe_json(request, result, certificates));
  }
  out["certificates"] = certificates;
  // Text is printable() before it gets here; were it not, it becomes valid UTF-8 all the same.
  return out.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace dane::evidence
