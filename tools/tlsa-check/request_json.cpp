#include <algorithm>

#include <nlohmann/json.hpp>

#include "dane/core/text.hpp"

#include "tools/common/name_argument.hpp"
#include "tools/common/usage.hpp"
#include "tools/tlsa-check/request.hpp"

namespace dane::tools::tlsa_check {

namespace {

using Json = nlohmann::ordered_json;

Json encode_chain(const x509::Chain& chain) {
  Json out = Json::array();
  for (const auto& certificate : chain) out.push_back(to_base64(certificate.der()));
  return out;
}

Result<x509::Chain> decode_chain(const Json& json) {
  x509::Chain chain;
  for (const auto& entry : json) {
    const auto der = from_base64(entry.get<std::string>());
    if (!der) return tl::unexpected(der.error());
    auto certificate = x509::Certificate::decode_der(*der);
    if (!certificate) return tl::unexpected(certificate.error());
    chain.push_back(std::move(*certificate));
  }
  if (chain.empty()) return fail("evidence-invalid", "the rehearsed chain is empty");
  return chain;
}

/// JSON's own conversions would take 20400.7 and true for a port.
template <class T>
T whole_number(const Json& in, const char* field, T least, T most) {
  const auto& value = in.at(field);
  if (!value.is_number_integer())
    throw std::runtime_error(std::string(field) + " is no whole number");
  const auto number = value.get<std::int64_t>();
  if (number < least || number > most)
    throw std::runtime_error(std::string(field) + " is out of range");
  return static_cast<T>(number);
}

std::uint16_t decode_port(const Json& in, const char* field) {
  return whole_number<std::uint16_t>(in, field, 1, 65535);
}

template <class T>
T checked(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what);
  return std::move(*result);
}

void encode_rehearsal(Json& out, const Request& r) {
  out["rehearsal"] =
      Json{{"source", r.rehearsal->source}, {"chain", encode_chain(r.rehearsal->chain)}};
  if (r.rehearsal->key_belongs) out["rehearsal"]["key_belongs"] = *r.rehearsal->key_belongs;
  out["authority_port"] = r.authority_port;
  out["authorities"] = Json::array();
  for (const auto& server : r.authority_servers) {
    out["authorities"].push_back(server.address.to_string() + "@" + std::to_string(server.port));
  }
}

void decode_rehearsal(const Json& in, Request& r) {
  const auto& rehearsal = in.at("rehearsal");
  r.rehearsal = check::Rehearsal{checked(decode_chain(rehearsal.at("chain"))),
                                 printable(rehearsal.at("source").get<std::string>(), 200)};
  if (rehearsal.contains("key_belongs"))
    r.rehearsal->key_belongs = rehearsal.at("key_belongs").get<bool>();
  r.authority_port = decode_port(in, "authority_port");
  for (const auto& server : in.at("authorities")) {
    r.authority_servers.push_back(
        checked(parse_endpoint(server.get<std::string>(), r.authority_port)));
  }
}

void encode_judgement(Json& out, const Judgement& j) {
  out["require_dane"] = j.require_dane;
  out["days"] = j.days;
  out["profile"] = to_word(j.profile);
  out["check_ee_names"] = j.check_ee_names;
  out["ca_file"] = j.ca_file;
  out["no_ca"] = j.no_ca;
}

Judgement decode_judgement(const Json& in) {
  Judgement j;
  j.require_dane = in.at("require_dane").get<bool>();
  j.days = whole_number<int>(in, "days", 0, most_days);
  j.profile = checked(parse_profile(in.at("profile").get<std::string>()));
  j.check_ee_names = in.at("check_ee_names").get<bool>();
  j.ca_file = in.at("ca_file").get<std::string>();
  j.no_ca = in.at("no_ca").get<bool>();
  if (j.no_ca && !j.ca_file.empty()) throw std::runtime_error("ca_file contradicts no_ca");
  return j;
}

Request decode_saved(const Json& in) {
  Request r;
  for (const auto& text : in.at("domains")) {
    auto name = checked(DomainName::parse_presentation(text.get<std::string>()));
    if (std::find(r.domains.begin(), r.domains.end(), name) != r.domains.end())
      throw std::runtime_error("a domain twice");
    r.domains.push_back(std::move(name));
  }
  r.is_host = in.at("is_host").get<bool>();
  if (r.domains.empty() || (r.is_host && r.domains.size() != 1))
    throw std::runtime_error("no domain, or several services");
  r.port = decode_port(in, "port");
  r.protocol = checked(probe::parse_protocol(in.at("protocol").get<std::string>()));
  r.ipv4 = in.at("ipv4").get<bool>();
  r.ipv6 = in.at("ipv6").get<bool>();
  if (!r.ipv4 && !r.ipv6) throw std::runtime_error("neither ipv4 nor ipv6");
  r.without_sni = in.value("without_sni", false);
  r.judgement = decode_judgement(in);
  r.reference_host =
      checked(DomainName::parse_presentation(in.at("reference_host").get<std::string>()));
  if (in.contains("rehearsal")) decode_rehearsal(in, r);
  return r;
}

/// What was asked stands in the evidence; only how to judge may change.
Result<void> refuse_new_questions(const Arguments& a) {
  return refuse_beside("--replay",
                       {{a.host.has_value(), "--host"},
                        {a.starttls.has_value(), "--starttls"},
                        {a.port.has_value(), "--port"},
                        {a.only_ipv4, "-4"},
                        {a.only_ipv6, "-6"},
                        {a.without_sni, "--without-sni"},
                        {a.cert.has_value(), "--cert"},
                        {a.key.has_value(), "--key"},
                        {!a.authorities.empty(), "--authority"},
                        {a.authority_port.has_value(), "--authority-port"},
                        {a.reference_host.has_value(), "--reference-host"}},
                       "what was asked stands in the evidence; leave it out");
}

Result<void> keep_only(const Arguments& a, Request& r) {
  if (a.domains.empty()) return {};
  std::vector<DomainName> wanted;
  for (const auto& text : a.domains) {
    auto name = parse_name_argument(text, "domain", NameFor::mail_domain);
    if (!name) return tl::unexpected(name.error());
    if (std::find(r.domains.begin(), r.domains.end(), *name) == r.domains.end()) {
      return usage_error("the evidence holds nothing about '" + name->to_string() + "'",
                         "leave the domain out to replay all that was saved");
    }
    if (std::find(wanted.begin(), wanted.end(), *name) == wanted.end())
      wanted.push_back(std::move(*name));
  }
  r.domains = std::move(wanted);
  return {};
}

}  // namespace

std::string encode_request(const Request& r) {
  Json out;
  out["domains"] = Json::array();
  for (const auto& name : r.domains) out["domains"].push_back(name.to_string());
  out["is_host"] = r.is_host;
  out["port"] = r.port;
  out["protocol"] = probe::to_string(r.protocol);
  out["ipv4"] = r.ipv4;
  out["ipv6"] = r.ipv6;
  out["without_sni"] = r.without_sni;
  encode_judgement(out, r.judgement);
  out["reference_host"] = r.reference_host.to_string();
  if (r.rehearsal) encode_rehearsal(out, r);
  return out.dump();
}

Result<Request> decode_request(const std::string& json, const Arguments& arguments) {
  if (const auto fine = refuse_new_questions(arguments); !fine) return tl::unexpected(fine.error());
  Result<Request> request = Request{};
  try {
    request = decode_saved(Json::parse(json));
  } catch (const std::exception& fault) {
    return fail("evidence-invalid",
                "the saved request cannot be used: " + printable(fault.what(), 200),
                shown(arguments.common.replay.value_or("")),
                "save the evidence again with this version of tlsa-check");
  }
  if (const auto kept = keep_only(arguments, *request); !kept) return tl::unexpected(kept.error());
  auto judgement = take_judgement(arguments, request->judgement);
  if (!judgement) return tl::unexpected(judgement.error());
  request->judgement = std::move(*judgement);
  return request;
}

}  // namespace dane::tools::tlsa_check
