#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/common/usage.hpp"
#include "tools/tlsa-check/request.hpp"

namespace dane::tools::tlsa_check {

namespace {

constexpr std::size_t most_records = 1000;
constexpr std::size_t most_names = 100;

Result<void> refuse_contradictions(const Arguments& a) {
  const std::pair<bool, const char*> live[] = {
      {!a.domains.empty(), "a mail domain"},
      {!a.host.empty(), "--host"},
      {!a.starttls.empty(), "--starttls"},
      {a.port.has_value(), "--port"},
      {a.only_ipv4, "-4"},
      {a.only_ipv6, "-6"},
      {!a.cert.empty(), "--cert"},
      {!a.key.empty(), "--key"},
      {!a.authorities.empty(), "--authority"},
      {a.authority_port.has_value(), "--authority-port"},
      {!a.common.save.empty(), "--save"},
      {!a.common.replay.empty(), "--replay"},
      {!a.common.resolvers.empty(), "--resolver"},
      {a.require_dane, "--require-dane"},
  };
  for (const auto& [given, option] : live) {
    if (!given) continue;
    return usage_error(
        fmt::format("--chain, --tlsa and --name judge offline; {} contradicts them", option),
        "leave out one or the other");
  }
  if (a.chain.empty())
    return usage_error("--chain is missing",
                       "name the file with the chain, leaf first, or - for standard input");
  if (a.tlsa.empty())
    return usage_error("--tlsa is missing",
                       "give at least one record, for example --tlsa '3 1 1 HEX'");
  if (a.names.empty())
    return usage_error("--name is missing",
                       "give the TLSA base domain: the MX host name that senders connect to");
  if (a.tlsa.size() > most_records)
    return usage_error(fmt::format("{} records", a.tlsa.size()), "give at most 1000 --tlsa");
  if (a.names.size() > most_names)
    return usage_error(fmt::format("{} names", a.names.size()), "give at most 100 --name");
  if (!a.ca_file.empty() && a.no_ca)
    return usage_error("--ca-file and --no-ca contradict each other", "give one of them");
  return {};
}

Result<tlsa::Profile> parse_profile(const std::string& word) {
  if (word.empty() || word == "smtp") return tlsa::Profile::smtp;
  if (word == "any") return tlsa::Profile::any;
  return usage_error(fmt::format("--profile: unknown profile '{}'", printable(word, 64)),
                     "use smtp or any");
}

Result<std::string> parse_reference(const std::string& text, bool first) {
  const bool any_subdomain = text.starts_with('.') && text.size() > 1;
  if (first && any_subdomain) {
    return usage_error("the first --name is the TLSA base domain and cannot begin with a dot",
                       "put the name of the server first");
  }
  const auto name =
      DomainName::parse(any_subdomain ? std::string_view(text).substr(1) : std::string_view(text));
  if (!name)
    return usage_error(fmt::format("--name '{}': {}", printable(text, 100), name.error().what),
                       "give a domain name such as mx.example.com");
  return (any_subdomain ? "." : "") + name->to_string();
}

bool needs_trust(const verify::Request& v) {
  return v.profile == tlsa::Profile::any &&
         std::any_of(v.records.begin(), v.records.end(), [](const tlsa::Record& record) {
           return record.usage == tlsa::CertificateUsage::pkix_ta ||
                  record.usage == tlsa::CertificateUsage::pkix_ee;
         });
}

}  // namespace

Result<OfflineRequest> check_offline_arguments(const Arguments& a, TimePoint at) {
  if (const auto fine = refuse_contradictions(a); !fine) return tl::unexpected(fine.error());
  OfflineRequest r;
  auto& v = r.verification;
  v.at = at;
  v.check_ee_names = a.check_ee_names;
  const auto profile = parse_profile(a.profile);
  if (!profile) return tl::unexpected(profile.error());
  v.profile = *profile;
  for (const auto& text : a.tlsa) {
    auto record = tlsa::parse_presentation(text);
    if (!record) {
      return usage_error(fmt::format("--tlsa '{}': {}", printable(text, 100), record.error().what),
                         record.error().remedy.empty()
                             ? "write USAGE SELECTOR MATCHING-TYPE HEX, for example '3 1 1 HEX'"
                             : record.error().remedy);
    }
    v.records.push_back(std::move(*record));
  }
  for (const auto& text : a.names) {
    auto name = parse_reference(text, v.names.empty());
    if (!name) return tl::unexpected(name.error());
    v.names.push_back(std::move(*name));
  }
  auto chain = x509::read_certificates(a.chain);
  if (!chain) return tl::unexpected(chain.error());
  v.chain = std::move(*chain);
  if (!a.ca_file.empty() || needs_trust(v)) {
    auto trusted = load_trust(a.ca_file, a.no_ca);
    if (!trusted) return tl::unexpected(trusted.error());
    v.trusted = std::move(*trusted);
  }
  r.source = a.chain == "-" ? "standard input" : printable(a.chain, 200);
  return r;
}

}  // namespace dane::tools::tlsa_check
