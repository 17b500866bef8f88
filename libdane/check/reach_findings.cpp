/// \file  Addresses that could not be reached: the server's fault, or this machine's?
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/probe_words.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using probe::ProbeFailed;
using probe::ProbeFailure;

const ProbeFailed* failure_of(const smtp::ProbeFacts& probe) {
  return std::get_if<ProbeFailed>(&probe.result.outcome);
}

/// Of the server: this program did not get to it.
bool says_nothing(ProbeFailure kind) {
  return kind == ProbeFailure::not_recorded || kind == ProbeFailure::no_time;
}

std::string_view reason_words(ProbeFailure kind) {
  switch (kind) {
    case ProbeFailure::no_route:
      return "this machine has no route there";
    case ProbeFailure::refused:
      return "the connection was refused";
    case ProbeFailure::connect_timeout:
      return "no answer came in time";
    default:
      return "the connection could not be made";
  }
}

/// Unreached addresses with the reason; addresses without a route to IPv6 apart.
struct Unreached {
  std::map<IpAddress, ProbeFailure> addresses;
  std::set<IpAddress> no_ipv6_route;
};

Unreached unreached_of(const smtp::HostFacts& host) {
  Unreached unreached;
  for (const auto& probe : host.probes) {
    const auto& address = probe.request.endpoint.address;
    const auto* failed = failure_of(probe);
    if (failed == nullptr || was_reached(host, address)) continue;
    if (failed->kind == ProbeFailure::no_route && address.is_v6())
      unreached.no_ipv6_route.insert(address);
    else
      unreached.addresses.emplace(address, failed->kind);
  }
  return unreached;
}

std::string reasons(const Unreached& unreached) {
  std::vector<std::string> each;
  for (const auto& [address, kind] : unreached.addresses)
    each.push_back(fmt::format("{}: {}", address.to_string(), reason_words(kind)));
  for (const auto& address : unreached.no_ipv6_route)
    each.push_back(
        fmt::format("{}: this machine has no route to IPv6 addresses", address.to_string()));
  return list(each);
}

std::string reference_words(const smtp::DomainFacts& facts) {
  if (!facts.reference || facts.reference->probes.empty()) return {};
  if (port_blocked_here(facts)) return {};
  return fmt::format(
      " Another mail host, {}, could be reached from here, so this is not the network of "
      "this machine.",
      facts.reference->host.to_string());
}

Finding host_unreachable(const HostView& view, const Unreached& unreached) {
  const bool route_only = std::ranges::all_of(unreached.addresses, [](const auto& entry) {
    return entry.second == ProbeFailure::no_route;
  });
  return make_finding(
      Severity::unknown, "host-unreachable", {"S65"}, view.name(),
      fmt::format("No address of the host could be reached ({}): it was not tested.{}",
                  reasons(unreached), reference_words(view.facts)),
      route_only ? "Run the check from a machine that has a route to these addresses."
                 : fmt::format("See that the server runs and listens on port {}, and that no "
                               "firewall drops the connection; then check again.",
                               view.host.port));
}

Finding address_unreachable(const HostView& view, const Unreached& unreached) {
  std::vector<std::string> names;
  std::vector<std::string> why;
  for (const auto& [address, kind] : unreached.addresses) {
    names.push_back(address.to_string());
    why.push_back(fmt::format("{} ({})", address.to_string(), reason_words(kind)));
  }
  return make_finding(
      Severity::warning, "address-unreachable", {"S65"}, view.name(),
      fmt::format(
          "Other addresses of the host could be reached, but not {}. Clients try them too and "
          "lose time.",
          list(why)),
      fmt::format("Let the server listen there as well, or take {} out of the DNS.", list(names)));
}

}  // namespace

bool is_connect_failure(ProbeFailure kind) {
  return kind == ProbeFailure::no_route || kind == ProbeFailure::refused ||
         kind == ProbeFailure::connect_timeout || kind == ProbeFailure::connect_failed;
}

bool was_reached(const smtp::HostFacts& host, const IpAddress& address) {
  return std::ranges::any_of(host.probes, [&](const smtp::ProbeFacts& probe) {
    if (probe.request.endpoint.address != address) return false;
    const auto* failed = failure_of(probe);
    return failed == nullptr || (!is_connect_failure(failed->kind) && !says_nothing(failed->kind));
  });
}

bool was_never_reached(const smtp::HostFacts& host) {
  return !host.probes.empty() &&
         std::ranges::all_of(host.probes, [](const smtp::ProbeFacts& probe) {
           const auto* failed = failure_of(probe);
           return failed != nullptr && is_connect_failure(failed->kind);
         });
}

bool port_blocked_here(const smtp::DomainFacts& facts) {
  if (!facts.reference || facts.reference->probes.empty()) return false;
  if (!std::ranges::all_of(facts.hosts, was_never_reached)) return false;
  return std::ranges::all_of(facts.reference->probes, [](const smtp::ProbeFacts& probe) {
    const auto* failed = failure_of(probe);
    return failed != nullptr && is_connect_failure(failed->kind);
  });
}

Findings blocked_findings(const smtp::DomainFacts& facts) {
  if (!port_blocked_here(facts)) return {};
  const auto port = facts.hosts.empty() ? std::uint16_t{25} : facts.hosts.front().port;
  return {make_finding(
      Severity::unknown, "port-25-blocked", {"S65"}, facts.domain.to_string(),
      fmt::format(
          "Nothing could be reached on port {} from here, and neither could {}, a well-known "
          "mail host: the network of this machine blocks the port. That says nothing about "
          "the domain's servers.",
          port, facts.reference->host.to_string()),
      "Run the check from a machine whose network lets mail out, or check the certificate offline "
      "with --chain and --tlsa.")};
}

Findings reach_findings(const HostView& view) {
  Findings out;
  auto unreached = unreached_of(view.host);
  if (was_never_reached(view.host)) {
    if (!port_blocked_here(view.facts)) out.push_back(host_unreachable(view, unreached));
  } else if (!unreached.addresses.empty()) {
    std::erase_if(unreached.addresses,
                  [](const auto& entry) { return says_nothing(entry.second); });
    if (!unreached.addresses.empty()) out.push_back(address_unreachable(view, unreached));
  }
  if (!unreached.no_ipv6_route.empty()) {
    std::vector<std::string> names;
    for (const auto& address : unreached.no_ipv6_route) names.push_back(address.to_string());
    out.push_back(make_finding(
        Severity::note, "ipv6-no-route", {"S65"}, view.name(),
        fmt::format(
            "This machine has no route to IPv6: {} could not be tested. That is no fault of "
            "the server.",
            list(names)),
        "Run the check from a machine with IPv6 to test these too."));
  }
  return out;
}

}  // namespace dane::check
