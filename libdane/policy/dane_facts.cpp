#include "libdane/policy/dane_facts.hpp"

#include <algorithm>

#include "dane/tlsa/record.hpp"

namespace dane::policy {

namespace {

using Tlsa = postfix::DaneFacts::Tlsa;

Tlsa tlsa_state(const smtp::HostPolicy& policy, const smtp::HostFacts& host) {
  switch (policy.applicability) {
    case smtp::Applicability::dane:
      return Tlsa::found;
    case smtp::Applicability::no_records:
      return Tlsa::none;
    case smtp::Applicability::insecure:
      return host.tlsa.empty() ? Tlsa::not_asked : Tlsa::insecure;
    case smtp::Applicability::lookup_failed:
      return host.tlsa.empty() ? Tlsa::not_asked : Tlsa::failed;
    case smtp::Applicability::unreachable:
      break;
  }
  return Tlsa::not_asked;
}

bool is_secure_answer(const std::optional<dns::LookupOutcome>& outcome) {
  return !outcome || smtp::is_secure(*outcome);
}

bool has_usable(const smtp::HostPolicy& policy) {
  return policy.applicability == smtp::Applicability::dane &&
         std::ranges::any_of(policy.records, [](const tlsa::Record& record) {
           return !tlsa::usability(record, tlsa::Profile::smtp);
         });
}

}  // namespace

postfix::DaneFacts dane_facts(const DomainName& domain, const std::optional<smtp::MxChoice>& choice,
                              const smtp::HostFacts& host, const smtp::HostPolicy& policy) {
  postfix::DaneFacts facts;
  facts.mx_used = choice.has_value() && choice->route == smtp::MailRoute::mx;
  facts.mx_secure = choice && choice->security == Security::secure;
  facts.host_secure = is_secure_answer(host.ipv4) && is_secure_answer(host.ipv6);
  facts.alias_secure = !facts.host_secure && host.alias && smtp::is_secure(*host.alias);
  facts.tlsa = tlsa_state(policy, host);
  facts.records = policy.records;
  facts.base_domain = policy.base.to_string();
  facts.owner = policy.owner.to_string();
  facts.names = policy.references;
  if (facts.names.empty()) facts.names = {host.name.to_string(), domain.to_string()};
  return facts;
}

postfix::DaneFacts without_ad(postfix::DaneFacts facts) {
  facts.mx_secure = facts.host_secure = facts.alias_secure = false;
  facts.tlsa = facts.records.empty() ? Tlsa::none : Tlsa::insecure;
  facts.records.clear();
  return facts;
}

DaneOffer dane_offer(bool mx_secure, const std::vector<smtp::HostPolicy>& policies) {
  if (policies.empty()) return DaneOffer::unknown;
  const bool failed = std::ranges::any_of(policies, [](const auto& policy) {
    return policy.applicability == smtp::Applicability::lookup_failed;
  });
  if (failed) return DaneOffer::unknown;
  const auto usable = std::ranges::count_if(policies, has_usable);
  if (!mx_secure || usable == 0) return DaneOffer::none;
  return usable == std::ssize(policies) ? DaneOffer::all : DaneOffer::some;
}

}  // namespace dane::policy
