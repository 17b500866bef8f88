/// \file  How Postfix gets to the servers of a destination, or does not.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/findings.hpp"

namespace dane::policy {

namespace {

struct Explained {
  std::string why, advice;
};

std::string domain_of(const Case& c) {
  return printable(c.judged.destination.domain, 128);
}

Explained explain_loop(const Case& c) {
  return {
      "an address of this machine is among those of its best MX hosts, so Postfix takes the "
      "mail for its own, and no setting says that it is",
      fmt::format("If mail for {0} belongs here, name {0} in mydestination, "
                  "virtual_mailbox_domains or relay_domains. If another server takes it, write "
                  "that one into transport_maps: {0} smtp:[HOST]. If the address is not this "
                  "machine's, correct inet_interfaces and proxy_interfaces.",
                  domain_of(c))};
}

/// \p why follows "Postfix does not get as far as a server: ".
Explained explain(const Case& c) {
  switch (c.judged.no_route) {
    case NoRoute::null_mx:
      return {
          "the destination publishes a null MX record, which says that it takes no mail",
          "Nothing to mend here: nobody receives mail there. If that is wrong, the domain's owner "
          "has to take that record out (MX 0 .)."};
    case NoRoute::null_mx_beside_others:
      return {
          "a null MX record stands among the destination's MX records, and Postfix then does "
          "not look at the others",
          fmt::format("Tell the destination: RFC 7505 wants a null MX to stand alone. Until it "
                      "is gone, write a server of theirs into transport_maps: {} smtp:[HOST].",
                      domain_of(c))};
    case NoRoute::malformed_mx:
      return {"no MX record of the destination has a name that Postfix takes for a host's",
              fmt::format("Tell the destination: dig {} MX shows the names.", domain_of(c))};
    case NoRoute::other_family:
      return {"the next-hop is an address of a family that inet_protocols leaves out",
              "Write a host name or an address of the other family as the next-hop, or set "
              "inet_protocols = all where this machine has both."};
    case NoRoute::loops_back:
    case NoRoute::no_primary:
      return explain_loop(c);
    default:
      return {"",
              fmt::format("See that the next-hop is written as meant, and what DNS says of it: dig "
                          "{} MX.",
                          domain_of(c))};
  }
}

Finding undeliverable(const Case& c) {
  const auto& outcome = c.judged.outcome;
  auto [why, advice] = explain(c);
  return make_finding(
      c.failure(), "policy-undeliverable", {"P2"}, c.nexthop(),
      fmt::format("Postfix does not get as far as a server{}{}: {} ({} {}).",
                  why.empty() ? "" : ", for ", why, c.fate(), outcome.dsn, printable(outcome.text)),
      advice);
}

Finding address_not_known(const Case& c) {
  return make_finding(
      Severity::unknown, "policy-dns-failed", {"P24"}, c.nexthop(),
      fmt::format("The address of {} could not be looked up, so nothing is known of it. A lookup "
                  "that failed is not the same as no record.",
                  list_hostile(c.judged.address_not_known, 5)),
      "Try again, and with another resolver: --resolver ADDR.");
}

Finding host_without_address(const Case& c) {
  return make_finding(
      Severity::warning, "policy-host-without-address", {"P2"}, c.nexthop(),
      fmt::format(
          "No address was found for {}: Postfix passes over such an MX host in silence, and "
          "fewer servers are left when another fails.",
          list_hostile(c.judged.without_address, 5)),
      "Nothing to change here; tell the destination, whose MX records name hosts that cannot be "
      "reached.");
}

Finding name_left_out(const Case& c) {
  return make_finding(
      Severity::warning, "policy-mx-name-invalid", {"P2"}, c.nexthop(),
      fmt::format("Postfix leaves MX records out whose names are no host names ({}), and fewer "
                  "servers are left when another fails.",
                  list_hostile(c.judged.names_left_out, 5)),
      "Nothing to change here; tell the destination.");
}

Finding own_host(const Case& c) {
  return make_finding(
      Severity::note, "policy-own-mx-host", {"P2"}, c.nexthop(),
      "This machine is itself an MX host of the destination: Postfix tries only hosts that are "
      "preferred to it, and never those behind it or beside it.");
}

/// Postfix tries the first addresses alone; those are known where enough hosts were looked at.
Finding hosts_cut(const Case& c) {
  const bool all_tried_are_known =
      std::ranges::any_of(c.judged.servers, &JudgedServer::beyond_limit) ||
      (c.context.settings.mx_address_limit > 0 &&
       std::cmp_greater_equal(c.judged.servers.size(), c.context.settings.mx_address_limit));
  return make_finding(
      all_tried_are_known ? Severity::note : Severity::unknown, "policy-hosts-cut", {"P2"},
      c.nexthop(),
      fmt::format("The destination has {} more than were looked at here. {}",
                  count(c.judged.hosts_cut, "MX host"),
                  all_tried_are_known
                      ? "Postfix does not come to them: smtp_mx_address_limit ends its attempts "
                        "before."
                      : "Postfix might come to them, and what they would do is not known."),
      all_tried_are_known ? ""
                          : "Set smtp_mx_address_limit to a number: 5 is the default, and enough.");
}

Finding goes_on(const Case& c) {
  const auto relay = printable(c.judged.goes_on_to, 64);
  return make_finding(
      Severity::note, "policy-goes-on", {"P2"}, c.nexthop(),
      fmt::format("What its own servers do not take goes on to {} of {}, by the policy of that "
                  "next-hop, not of this one.",
                  relay, c.judged.goes_on_by),
      fmt::format("See what becomes of it there: tls-policy-check '{}'.", relay));
}

}  // namespace

Findings route_findings(const Case& c) {
  Findings out;
  const auto& judged = c.judged;
  const bool is_known =
      !judged.lookup_failed && (!judged.site.fault || c.never_found()) && !judged.unreached;
  if (is_known && judged.servers.empty() && !c.delivered) out.push_back(undeliverable(c));
  if (!judged.address_not_known.empty()) out.push_back(address_not_known(c));
  if (!judged.without_address.empty()) out.push_back(host_without_address(c));
  if (!judged.names_left_out.empty() && !judged.servers.empty()) out.push_back(name_left_out(c));
  if (judged.is_own_host && !judged.servers.empty()) out.push_back(own_host(c));
  if (!judged.goes_on_to.empty()) out.push_back(goes_on(c));
  if (judged.hosts_cut > 0) out.push_back(hosts_cut(c));
  return out;
}

}  // namespace dane::policy
