/// \file  The makers of findings about one destination, one a subject.  All pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/policy/advice.hpp"

#include "libdane/policy/cause.hpp"
#include "libdane/policy/words.hpp"

namespace dane::policy {

/// What all makers look at.
struct Case {
  const JudgedDestination& judged;
  const Context& context;
  postfix::Features features;
  bool delivered = false;  ///< by one of the servers
  /// A server that fails matters less where another takes the mail.
  [[nodiscard]] Severity failure() const {
    return delivered || !judged.goes_on_to.empty() ? Severity::warning : Severity::critical;
  }
  /// DNS does not know the destination: it bounces before anybody asks for its policy.
  [[nodiscard]] bool never_found() const {
    return judged.servers.empty() && judged.outcome.delivery == postfix::Delivery::bounced;
  }
  /// "mail is deferred", or where it goes next.
  [[nodiscard]] std::string fate() const;
  [[nodiscard]] std::string version() const { return context.settings.version.to_string(); }
  /// "example.com", printable.
  [[nodiscard]] std::string nexthop() const;
  /// The key that a table line for this destination has; printable.
  [[nodiscard]] std::string key() const;
};
[[nodiscard]] Case make_case(const JudgedDestination& judged, const Context& context);

// The destination as a whole; subjects are complete.
[[nodiscard]] Findings lookup_findings(const Case& c);
[[nodiscard]] Findings entry_findings(const Case& c);
[[nodiscard]] Findings route_findings(const Case& c);
[[nodiscard]] Findings outcome_findings(const Case& c);
[[nodiscard]] Findings offer_findings(const Case& c);

// One server; the subject is the server.
[[nodiscard]] Findings connection_findings(const Case& c, const JudgedServer& server);
[[nodiscard]] Findings trust_findings(const Case& c, const JudgedServer& server);
[[nodiscard]] Findings fingerprint_findings(const Case& c, const JudgedServer& server);
[[nodiscard]] Findings name_findings(const Case& c, const JudgedServer& server);
[[nodiscard]] Findings dane_findings(const Case& c, const JudgedServer& server);
[[nodiscard]] Findings delivery_findings(const Case& c, const JudgedServer& server);

/// Everything of one destination, in the order of a report.
[[nodiscard]] Findings destination_findings(const Case& c);

/// "AB:CD:..." of the server's public key (the certificate, where the version knows no key
/// fingerprints), by the digest that the settings name.
[[nodiscard]] std::string pin_of(const Case& c, const JudgedServer& server);

/// What of the policy itself lets every TLS handshake fail: a misspelt grade or protocol; else
/// empty.
[[nodiscard]] std::string own_mistake(const Case& c, const JudgedServer& server);
/// How to let Postfix see STARTTLS that main.cf has it overlook.
[[nodiscard]] std::string remedy_of_overlooking(const JudgedServer& server);
/// The digest that makes fingerprints ("AB:CD:...") of this length; empty: none that is common.
[[nodiscard]] std::string_view digest_of_length(std::string_view fingerprint);
/// Offline, by the default digest nothing matches, and by another one it might.
[[nodiscard]] bool digest_is_open(const Case& c, const JudgedServer& server);

}  // namespace dane::policy
