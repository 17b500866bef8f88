/// \file  The one place that says whether DANE applies to a host.  RFC 7672 section 2.2.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "dane/smtp/selection.hpp"

namespace dane::smtp {
namespace {

using FoundAnswer = Found<dns::Answer>;

void keep_records(HostPolicy& policy, const dns::Answer& answer) {
  for (const auto& rdata : answer.rdata) {
    if (auto record = tlsa::decode_rdata(rdata)) {
      policy.records.push_back(std::move(*record));
    } else if (rdata.size() == 3) {
      // All parameters and no data: unusable, but it can be shown.
      policy.records.push_back({static_cast<tlsa::CertificateUsage>(rdata[0]),
                                static_cast<tlsa::Selector>(rdata[1]),
                                static_cast<tlsa::MatchingType>(rdata[2]),
                                {}});
    } else {
      ++policy.truncated_records;
    }
  }
}

void set(HostPolicy& policy, Applicability applicability, std::string because,
         std::vector<std::string> rules) {
  policy.applicability = applicability;
  policy.because = std::move(because);
  policy.rules = std::move(rules);
}

/// \return true when this lookup settles the matter.
bool settle(HostPolicy& policy, const TlsaFacts& tlsa, const FoundAnswer*& insecure) {
  return std::visit(
      overloaded{[&](const FoundAnswer& found) {
                   if (found.security != Security::secure) {
                     if (!insecure) insecure = &found, policy.owner = tlsa.owner;
                     return false;
                   }
                   set(policy, Applicability::dane,
                       fmt::format("DNSSEC-signed TLSA records at {}", tlsa.owner.to_string()),
                       {"D15", "S11"});
                   policy.base = tlsa.base;
                   policy.owner = tlsa.owner;
                   keep_records(policy, found.value);
                   return true;
                 },
                 [](const Absent&) { return false; },
                 [&](const Failed& failed) {
                   set(policy, Applicability::lookup_failed,
                       fmt::format("the TLSA lookup at {} failed ({})", tlsa.owner.to_string(),
                                   to_string(failed.kind)),
                       {"S7", "S14", "D16"});
                   policy.owner = tlsa.owner;
                   return true;
                 }},
      tlsa.outcome);
}

void judge_tlsa(HostPolicy& policy, const HostFacts& host, const AskTlsa& ask) {
  const FoundAnswer* insecure = nullptr;
  for (const auto& base : ask.bases) {
    // Too long a base can own no TLSA records: nothing to ask.
    if (!tlsa::owner_name(host.port, "tcp", base)) continue;
    const auto tlsa = std::find_if(host.tlsa.begin(), host.tlsa.end(),
                                   [&](const TlsaFacts& t) { return t.base == base; });
    if (tlsa == host.tlsa.end()) {
      return set(policy, Applicability::lookup_failed,
                 fmt::format("TLSA was not looked up for base domain {}", base.to_string()),
                 {"S7", "S14"});
    }
    if (settle(policy, *tlsa, insecure)) return;
  }
  if (insecure) {
    const auto& answer = insecure->value;
    return set(policy, Applicability::insecure,
               answer.aliases.empty()
                   ? "the TLSA records are not DNSSEC-signed"
                   : fmt::format("the TLSA records, to which a CNAME leads ({}), are not "
                                 "DNSSEC-signed",
                                 answer.canonical_name.to_string()),
               {"S13", "D17", "S34"});
  }
  set(policy, Applicability::no_records, "there are no TLSA records", {"S13", "S30"});
}

/// RFC 7672 section 3.2.2.
std::vector<std::string> references(const DomainName& domain, const std::optional<MxChoice>& choice,
                                    const HostFacts& host, const DomainName& base) {
  std::vector<std::string> names;
  const auto add = [&](const DomainName& name) {
    auto text = name.to_string();
    if (std::find(names.begin(), names.end(), text) == names.end())
      names.push_back(std::move(text));
  };
  add(base);  // S48
  if (!choice || choice->route != MailRoute::mx) {
    add(host.name);  // S52
  } else if (choice->security == Security::secure) {
    add(domain);                                                 // S49
    if (choice->expanded_domain) add(*choice->expanded_domain);  // S50
  }
  // Behind an insecure MX the next-hop domain says nothing about this host.  S51
  return names;
}

}  // namespace

std::string to_string(Applicability applicability) {
  switch (applicability) {
    case Applicability::dane:
      return "dane";
    case Applicability::no_records:
      return "no-records";
    case Applicability::insecure:
      return "insecure";
    case Applicability::lookup_failed:
      return "lookup-failed";
    case Applicability::unreachable:
      return "unreachable";
  }
  return "unknown";
}

HostPolicy judge_host(const DomainName& domain, const std::optional<MxChoice>& choice,
                      const HostFacts& host) {
  HostPolicy policy;
  policy.base = host.name;
  std::visit(overloaded{[&](const AskTlsa& ask) { judge_tlsa(policy, host, ask); },
                        [&](const NoTlsa& none) {
                          set(policy, Applicability::insecure, none.because, none.rules);
                        },
                        [&](const NeedAlias&) {
                          set(policy, Applicability::lookup_failed,
                              "the host is an alias and its CNAME was not looked up",
                              {"S7", "S28"});
                        },
                        [&](const Unreachable& none) {
                          set(policy,
                              none.lookup_error ? Applicability::lookup_failed
                                                : Applicability::unreachable,
                              none.because, none.rules);
                        }},
             plan_tlsa(host));
  policy.references = references(domain, choice, host, policy.base);
  return policy;
}

}  // namespace dane::smtp
