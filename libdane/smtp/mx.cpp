/// \file  Where mail for a domain goes.  RFC 7672 section 2.2.1, RFC 5321 section 5.1, RFC 7505.
#include <algorithm>
#include <set>
#include <utility>

#include "dane/smtp/selection.hpp"

namespace dane::smtp {
namespace {

/// Each host once with its lowest preference; by preference, then by name.
std::vector<dns::Mx> each_host_once(std::vector<dns::Mx> records) {
  std::sort(records.begin(), records.end());
  std::set<DomainName> seen;
  std::vector<dns::Mx> hosts;
  for (auto& mx : records) {
    if (seen.insert(mx.exchange).second) hosts.push_back(std::move(mx));
  }
  return hosts;
}

MxChoice choose_among(const DomainName& domain, const Found<dns::Answer>& found) {
  MxChoice choice;
  choice.security = found.security;
  std::vector<dns::Mx> targets;
  std::vector<dns::Mx> roots;
  for (const auto& rdata : found.value.rdata) {
    auto mx = dns::decode_mx(rdata);
    if (!mx) {
      ++choice.malformed;
    } else {
      (mx->exchange.is_root() ? roots : targets).push_back(std::move(*mx));
    }
  }
  // A reference identifier may come from secure data only.  RFC 7672 section 3.2.2
  if (found.security == Security::secure && !found.value.aliases.empty() &&
      found.value.canonical_name != domain) {
    choice.expanded_domain = found.value.canonical_name;
  }
  const bool is_null_mx =
      roots.size() == 1 && roots.front().preference == 0 && found.value.rdata.size() == 1;
  choice.null_mx_beside_others = !roots.empty() && !is_null_mx;
  choice.hosts = each_host_once(std::move(targets));
  if (!choice.hosts.empty()) {
    choice.route = MailRoute::mx;
  } else {
    // MX records that name no host never lead back to the domain's own addresses.
    choice.route = roots.empty() ? MailRoute::lookup_failed : MailRoute::null_mx;
  }
  return choice;
}

}  // namespace

std::string to_string(MailRoute route) {
  switch (route) {
    case MailRoute::mx:
      return "mx";
    case MailRoute::implicit_mx:
      return "implicit-mx";
    case MailRoute::null_mx:
      return "null-mx";
    case MailRoute::not_a_domain:
      return "not-a-domain";
    case MailRoute::lookup_failed:
      return "lookup-failed";
  }
  return "unknown";
}

MxChoice choose_hosts(const DomainName& domain, const dns::LookupOutcome& mx) {
  return std::visit(
      overloaded{[&](const Found<dns::Answer>& found) { return choose_among(domain, found); },
                 [&](const Absent& absent) {
                   MxChoice choice;
                   choice.security = absent.security;
                   choice.route =
                       absent.name_exists ? MailRoute::implicit_mx : MailRoute::not_a_domain;
                   if (absent.name_exists) choice.hosts.push_back({0, domain});
                   return choice;
                 },
                 [](const Failed&) { return MxChoice{}; }},
      mx);
}

bool is_secure(const dns::LookupOutcome& outcome) {
  return std::visit(
      overloaded{[](const Found<dns::Answer>& found) { return found.security == Security::secure; },
                 [](const Absent& absent) { return absent.security == Security::secure; },
                 [](const Failed&) { return false; }},
      outcome);
}

}  // namespace dane::smtp
