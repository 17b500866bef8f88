/// \file  Whether TLSA is asked for, and where.  RFC 7672 sections 2.1.2, 2.2.2 and 2.2.3, RFC 7671
/// section 7.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "dane/smtp/selection.hpp"

namespace dane::smtp {
namespace {

using FoundAnswer = Found<dns::Answer>;

/// What A and AAAA say together.
struct AddressLookups {
  const FoundAnswer* secure = nullptr;    ///< A before AAAA
  const FoundAnswer* insecure = nullptr;  ///< one behind an alias before one that is not
  std::string failures;                   ///< one sentence; empty when no lookup failed
  std::string asked;                      ///< "A and AAAA"
};

void add_failure(AddressLookups& all, const char* type, const std::string& reason) {
  if (!all.failures.empty()) all.failures += "; ";
  all.failures += fmt::format("the {} lookup failed ({})", type, reason);
}

void add_lookup(AddressLookups& all, const char* type,
                const std::optional<dns::LookupOutcome>& outcome) {
  if (!outcome) return;
  all.asked += all.asked.empty() ? type : fmt::format(" and {}", type);
  std::visit(
      overloaded{[&](const FoundAnswer& found) {
                   if (dns::decode_addresses(found.value).empty()) {
                     add_failure(all, type, "no record of the answer decodes");
                   } else if (found.security == Security::secure) {
                     if (!all.secure) all.secure = &found;
                   } else if (!all.insecure || all.insecure->value.aliases.empty()) {
                     all.insecure = &found;
                   }
                 },
                 [](const Absent&) {},
                 [&](const Failed& failed) { add_failure(all, type, to_string(failed.kind)); }},
      *outcome);
}

TlsaPlan plan_for_alias(const HostFacts& host) {
  if (!host.alias) return NeedAlias{};
  return std::visit(
      overloaded{
          [&](const FoundAnswer& found) -> TlsaPlan {
            if (found.security == Security::secure) return AskTlsa{{host.name}};
            return NoTlsa{"the address lookup and the host's own CNAME are not DNSSEC-signed",
                          {"S26", "S28"}};
          },
          // Postfix defers here too: the address answer went through an alias that is denied now.
          [](const Absent&) -> TlsaPlan {
            return Unreachable{"the address answer follows an alias that the CNAME lookup denies",
                               {"S7", "S28"},
                               true};
          },
          [](const Failed& failed) -> TlsaPlan {
            return Unreachable{fmt::format("the CNAME lookup failed ({})", to_string(failed.kind)),
                               {"S7", "S28"},
                               true};
          }},
      *host.alias);
}

AskTlsa ask_for(const HostFacts& host, const dns::Answer& addresses) {
  AskTlsa ask;
  // Intermediate names of the alias chain are never tried.  O28
  if (!addresses.aliases.empty() && addresses.canonical_name != host.name) {
    ask.bases.push_back(addresses.canonical_name);
  }
  ask.bases.push_back(host.name);
  return ask;
}

}  // namespace

TlsaPlan plan_tlsa(const HostFacts& host) {
  AddressLookups all;
  add_lookup(all, "A", host.ipv4);
  add_lookup(all, "AAAA", host.ipv6);
  if (all.asked.empty()) return Unreachable{"no address was asked for", {"S25"}, true};
  if (all.secure) return ask_for(host, all.secure->value);
  // The lookup that failed might have been the secure one.
  if (!all.failures.empty()) return Unreachable{all.failures, {"S6", "S7"}, true};
  if (!all.insecure)
    return Unreachable{
        fmt::format("the host has no address ({} asked)", all.asked), {"S27"}, false};
  if (!all.insecure->value.aliases.empty()) return plan_for_alias(host);
  return NoTlsa{"the host's addresses are not DNSSEC-signed", {"S26"}};
}

std::vector<IpAddress> addresses_of(const HostFacts& host) {
  std::vector<IpAddress> addresses;
  for (const auto* outcome : {&host.ipv4, &host.ipv6}) {
    if (!outcome->has_value()) continue;
    if (const auto* found = std::get_if<FoundAnswer>(&outcome->value())) {
      const auto of_type = dns::decode_addresses(found->value);
      addresses.insert(addresses.end(), of_type.begin(), of_type.end());
    }
  }
  // Name servers shuffle; a report must not.  IPv4 sorts before IPv6.
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

}  // namespace dane::smtp
