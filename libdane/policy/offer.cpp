#include "libdane/policy/offer.hpp"

#include <utility>
#include <vector>

#include "dane/postfix/protocols.hpp"

#include "libdane/policy/words.hpp"

namespace dane::policy {

namespace {

std::vector<probe::TlsVersion> versions_of(const postfix::ProtocolChoice& protocols) {
  std::vector<probe::TlsVersion> versions;
  for (const int version : protocols.spoken())
    versions.push_back(static_cast<probe::TlsVersion>(version));
  return versions;
}

bool is_sound_protocol_list(const std::string& list, const postfix::Settings& settings) {
  constexpr int tls12 = 0x0303;
  const auto spoken = postfix::parse_protocols(list, settings.version).spoken();
  return !spoken.empty() && spoken.back() >= tls12;
}

bool is_sound_grade(const std::string& grade, const postfix::Settings& settings) {
  const auto word = lower(grade);
  return (word == "high" || word == "medium") &&
         postfix::choose_ciphers(grade, {}, settings).openssl_list.has_value();
}

bool is_sound_exclusion(const std::string& list, const postfix::Settings& settings) {
  return postfix::choose_ciphers("medium", list, settings).openssl_list.has_value();
}

}  // namespace

probe::TlsOffer offer_for(const postfix::Usable& usable, const postfix::Settings& settings) {
  auto protocols = postfix::parse_protocols(usable.protocols, settings.version);
  if (!protocols.valid) protocols = {};
  auto ciphers = postfix::choose_ciphers(usable.grade, usable.exclusions, settings);
  if (!ciphers.openssl_list)
    ciphers = postfix::choose_ciphers(settings.mandatory_ciphers, {}, settings);
  probe::TlsOffer offer;
  offer.versions = versions_of(protocols);
  offer.ciphers = ciphers.openssl_list.value_or("DEFAULT");
  offer.security_level = postfix::requires_match(usable.level) ? 1 : 0;
  offer.allow_anonymous = !postfix::requires_match(usable.level);
  return offer;
}

std::optional<DomainName> server_name(const postfix::Usable& usable) {
  if (usable.sni.empty()) return std::nullopt;
  const auto name = DomainName::parse(usable.sni);
  return name ? std::optional(*name) : std::nullopt;
}

postfix::PolicyEntry sound_part(const postfix::PolicyEntry& entry,
                                const postfix::Settings& settings) {
  auto out = entry;
  if (out.protocols && !is_sound_protocol_list(*out.protocols, settings)) out.protocols = {};
  if (out.ciphers && !is_sound_grade(*out.ciphers, settings)) out.ciphers = {};
  if (out.exclude && !is_sound_exclusion(*out.exclude, settings)) out.exclude = {};
  return out;
}

std::optional<postfix::Usable> policy_to_suggest(const postfix::SiteChoice& site,
                                                 const postfix::Destination& destination,
                                                 const std::string& hostname,
                                                 const postfix::Settings& settings) {
  const auto sound = sound_part(site.entry, settings);
  postfix::SiteChoice stronger;
  stronger.level = stronger.entry.level = postfix::Level::secure;
  stronger.entry.protocols = sound.protocols;
  stronger.entry.ciphers = sound.ciphers;
  stronger.entry.exclude = sound.exclude;
  stronger.entry.servername = sound.servername;
  auto policy = postfix::effective_policy(stronger, destination, hostname, settings, {}, {});
  auto* const usable = std::get_if<postfix::Usable>(&policy.outcome);
  if (usable == nullptr) return {};
  const auto protocols = postfix::parse_protocols(usable->protocols, settings.version);
  const auto ciphers = postfix::choose_ciphers(usable->grade, usable->exclusions, settings);
  if (!protocols.valid || protocols.spoken().empty() || !ciphers.openssl_list) return {};
  return std::move(*usable);
}

}  // namespace dane::policy
