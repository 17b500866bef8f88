/// \file  DNS failures in the words of Postfix's delivery agent.  Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/policy/judged.hpp"
#include "dane/postfix/route.hpp"
#include "dane/smtp/facts.hpp"

namespace dane::policy {

/// Why there is nowhere to connect to.
struct RouteFault {
  NoRoute kind = NoRoute::none;
  std::string dsn, text;
  bool failed = false;  ///< no answer: "could not find out", not "there is none"
};

/// Why a host without addresses has none.
struct NoAddress {
  std::string text;
  bool failed = false;  ///< no answer
  std::string detail;   ///< the status behind its class: ".4.3"
};
[[nodiscard]] NoAddress no_address(const smtp::HostFacts& host, const postfix::HostLookup& how);
/// Of several hosts without addresses: a failure outlasts what is looked up later, and the last
/// one has the word.
[[nodiscard]] RouteFault no_address_at_all(const std::vector<NoAddress>& hosts);

// The MX lookup itself, by the domain as it was asked for.
[[nodiscard]] RouteFault mx_not_answered(std::string_view domain);
[[nodiscard]] RouteFault mx_malformed(std::string_view domain);
[[nodiscard]] RouteFault null_mx(std::string_view domain, bool beside_others);

/// A next-hop that is an address of a family that inet_protocols leaves out.
[[nodiscard]] NoAddress other_family(std::string_view address, const postfix::HostLookup& how);

// This machine is a host of the destination.
[[nodiscard]] RouteFault loops_back(std::string_view name);
[[nodiscard]] RouteFault no_primary(std::string_view name);

/// What a new process logs at its first lookup when its resolver sets no AD bit; nothing where
/// Postfix does not ask for DNSSEC or does not look into it (dnssec_probe).
[[nodiscard]] std::vector<std::string> probe_warnings(const postfix::Settings& settings);

}  // namespace dane::policy
