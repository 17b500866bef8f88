#include <algorithm>

#include <nlohmann/json.hpp>

#include "dane/core/text.hpp"

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
  r.authority_port = in.at("authority_port").get<std::uint16_t>();
  for (const auto& server : in.at("authorities")) {
    r.authority_servers.push_back(
        checked(parse_endpoint(server.get<std::string>(), r.authority_port)));
  }
}

Request decode_saved(const Json& in) {
  Request r;
  for (const auto& name : in.at("domains"))
    r.domains.push_back(checked(DomainName::parse_presentation(name.get<std::string>())));
  r.is_host = in.at("is_host").get<bool>();
  if (r.domains.empty() || (r.is_host && r.domains.size() != 1))
    throw std::runtime_error("no domain, or several services");
  r.port = in.at("port").get<std::uint16_t>();
  r.protocol = checked(probe::parse_protocol(in.at("protocol").get<std::string>()));
  r.ipv4 = in.at("ipv4").get<bool>();
  r.ipv6 = in.at("ipv6").get<bool>();
  r.require_dane = in.at("require_dane").get<bool>();
  r.days = in.at("days").get<int>();
  r.profile =
      in.at("profile").get<std::string>() == "any" ? tlsa::Profile::any : tlsa::Profile::smtp;
  r.check_ee_names = in.at("check_ee_names").get<bool>();
  r.reference_host =
      checked(DomainName::parse_presentation(in.at("reference_host").get<std::string>()));
  r.ca_file = in.at("ca_file").get<std::string>();
  r.no_ca = in.at("no_ca").get<bool>();
  if (in.contains("rehearsal")) decode_rehearsal(in, r);
  return r;
}

/// What was asked stands in the evidence; only how to judge may change.
Result<void> refuse_new_questions(const Arguments& a) {
  const std::pair<bool, const char*> fixed[] = {
      {!a.host.empty(), "--host"},
      {!a.starttls.empty(), "--starttls"},
      {a.port.has_value(), "--port"},
      {a.only_ipv4, "-4"},
      {a.only_ipv6, "-6"},
      {!a.cert.empty(), "--cert"},
      {!a.key.empty(), "--key"},
      {!a.authorities.empty(), "--authority"},
      {a.authority_port.has_value(), "--authority-port"},
      {a.reference_host.has_value(), "--reference-host"},
      {!a.common.resolvers.empty(), "--resolver"},
  };
  for (const auto& [given, option] : fixed) {
    if (given)
      return usage_error(std::string(option) + " and --replay contradict each other",
                         "what was asked stands in the evidence; leave it out");
  }
  return {};
}

Result<void> keep_only(const Arguments& a, Request& r) {
  if (a.domains.empty()) return {};
  std::vector<DomainName> wanted;
  for (const auto& text : a.domains) {
    auto name = DomainName::parse(text);
    if (!name || std::find(r.domains.begin(), r.domains.end(), *name) == r.domains.end()) {
      return usage_error("the evidence holds nothing about '" + printable(text, 100) + "'",
                         "leave the domain out to replay all that was saved");
    }
    wanted.push_back(std::move(*name));
  }
  r.domains = std::move(wanted);
  return {};
}

Result<void> change_judgement(const Arguments& a, Request& r) {
  r.require_dane = r.require_dane || a.require_dane;
  r.check_ee_names = r.check_ee_names || a.check_ee_names;
  if (a.days) r.days = std::clamp(*a.days, 0, 3650);
  if (a.profile == "smtp")
    r.profile = tlsa::Profile::smtp;
  else if (a.profile == "any")
    r.profile = tlsa::Profile::any;
  else if (!a.profile.empty())
    return usage_error("--profile: unknown profile '" + printable(a.profile, 64) + "'",
                       "use smtp or any");
  if (!a.ca_file.empty()) r.ca_file = a.ca_file;
  r.no_ca = r.no_ca || a.no_ca;
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
  out["require_dane"] = r.require_dane;
  out["days"] = r.days;
  out["profile"] = r.profile == tlsa::Profile::any ? "any" : "smtp";
  out["check_ee_names"] = r.check_ee_names;
  out["reference_host"] = r.reference_host.to_string();
  out["ca_file"] = r.ca_file;
  out["no_ca"] = r.no_ca;
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
                arguments.common.replay, "save the evidence again with this version of tlsa-check");
  }
  if (const auto kept = keep_only(arguments, *request); !kept) return tl::unexpected(kept.error());
  if (const auto changed = change_judgement(arguments, *request); !changed)
    return tl::unexpected(changed.error());
  return request;
}

}  // namespace dane::tools::tlsa_check
