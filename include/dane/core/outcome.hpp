/// \file  The three shapes of a lookup's outcome: found, absent, failed.
///
/// A failed lookup is never "no record": there is no conversion from Failed to Absent, to an
/// empty list or to false.  Use `std::visit(overloaded{...}, outcome)` with one lambda a shape,
/// so that a forgotten case does not compile.  RFC 7672 section 2.1.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "dane/core/domain_name.hpp"

namespace dane {

/// DNSSEC state of an *answer*.  "insecure" includes "anchorless" (RFC 7672 section 2.1.1);
/// bogus and indeterminate are failures, not answers.
enum class Security { secure, insecure };

enum class FailureKind {
  bogus,         ///< DNSSEC validation failed
  servfail,      ///< the server answered SERVFAIL
  refused,       ///< the server answered REFUSED
  timeout,       ///< no answer before the deadline
  malformed,     ///< the answer could not be decoded
  other_rcode,   ///< any other response code
  disagreement,  ///< two validators gave different answers
  local,         ///< no network, no resolver, out of resources
  not_recorded   ///< replay: the evidence does not hold this observation
};

template <class T>
struct Found {
  T value;
  std::chrono::seconds ttl{};  ///< remaining time to live
  Security security = Security::insecure;
  bool operator==(const Found&) const = default;
};

/// An answer: "there is none".
struct Absent {
  std::chrono::seconds negative_ttl{};  ///< RFC 2308; 0 when the answer carried no SOA
  Security security = Security::insecure;
  bool name_exists = true;                   ///< NODATA when true, NXDOMAIN when false
  std::optional<DomainName> alias_target{};  ///< where aliases led that end in nothing
  bool operator==(const Absent&) const = default;
};

/// No answer that can be relied upon.
struct Failed {
  FailureKind kind = FailureKind::local;
  std::string what;    ///< one sentence, e.g. the validator's reason
  std::string where;   ///< owner name and type
  std::string remedy;  ///< what to do
  bool operator==(const Failed&) const = default;
};

template <class T>
using Outcome = std::variant<Found<T>, Absent, Failed>;

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

[[nodiscard]] std::string to_string(Security);     ///< "secure", "insecure"
[[nodiscard]] std::string to_string(FailureKind);  ///< "bogus", "servfail", "other-rcode", ...

}  // namespace dane
