/// \file  What Postfix would do with one destination, as values: the input of findings and
/// suggestions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dane/core/ip_address.hpp"
#include "dane/core/outcome.hpp"
#include "dane/postfix/effective_policy.hpp"
#include "dane/postfix/session.hpp"
#include "dane/x509/certificate.hpp"

namespace dane::policy {

/// One address of one MX host, judged; or a host that got no connection (refused, skipped, no
/// address), with an empty address.
struct JudgedServer {
  std::string hostname;
  postfix::EffectivePolicy policy;
  postfix::Session session;
  x509::Chain chain;          ///< as presented; empty without TLS or certificate
  std::string tls, cipher;    ///< empty offline
  bool beyond_limit = false;  ///< Postfix never gets here: smtp_mx_address_limit
  bool untestable = false;    ///< what failed tells of this machine or of DNS, not of the server
  /// Whether DANE authenticates, by the host's usable records, the chain that level dane sees.
  /// None: no usable records, or no such chain was seen.
  std::optional<bool> dane_authenticates;
  /// What level secure, with the entry's other attributes, sees of this server, and what it sees
  /// with servername=hostname: other handshakes than the present one.  Empty: not seen, or none
  /// comes about.
  x509::Chain secure_chain, hostname_chain;
};

/// What the destination publishes, whatever its policy says.
enum class DaneOffer {
  unknown,  ///< not looked up (offline), or a lookup failed
  none,     ///< no usable secure TLSA records at any MX host, or the MX RRset is insecure
  some,     ///< at some of the MX hosts
  all,      ///< at all of them
};

/// Why Postfix gets to no server.
enum class NoRoute {
  none,
  no_mx_answer,
  malformed_mx,
  null_mx,
  null_mx_beside_others,
  no_address,    ///< no host has one, or the lookups failed
  other_family,  ///< the next-hop is an address that inet_protocols leaves out
  loops_back,    ///< this machine is the best host
  no_primary     ///< it is the best that has an address, and another should be better
};

struct JudgedDestination {
  postfix::Destination destination;
  postfix::SiteChoice site;
  std::vector<JudgedServer> servers;  ///< in the order in which Postfix tries them
  postfix::DeliveryOutcome outcome;
  /// Log lines that no server's session holds: a table that cannot be opened, DNS errors.
  std::vector<std::string> log_lines;
  std::vector<std::string> address_not_known;  ///< MX hosts whose address lookup failed
  std::vector<std::string> without_address;    ///< MX hosts that Postfix passes over in silence
  std::vector<std::string> names_left_out;     ///< of MX records: not names to Postfix
  std::size_t hosts_cut = 0;         ///< MX hosts beyond SurveyOptions::max_hosts: not looked at
  NoRoute no_route = NoRoute::none;  ///< why `servers` is empty
  std::string goes_on_by;            ///< the parameter that sends mail on: smtp_fallback_relay, or
                                     ///< a list as relayhost; empty: it stays here
  std::string goes_on_to;            ///< smtp_fallback_relay, where mail is not left here
  std::string handed_to;             ///< best_mx_transport, which gets mail that loops back
  bool is_own_host = false;          ///< an address of this machine is among those of the hosts
  bool lookup_failed = false;        ///< DNS did not answer: nothing is known, whatever Postfix did
  bool unreached = false;            ///< no server could be tested from here
  DaneOffer dane = DaneOffer::unknown;
  bool mx_secure = false;
  bool publishes_mta_sts = false;  ///< a _mta-sts TXT record was seen: a policy to derive from
  std::vector<std::string> sts_patterns;  ///< mx patterns of a policy that was given
  bool offline = false;
};

/// What holds for all destinations.
struct Context {
  postfix::Settings settings;
  postfix::CaCertificates cas;
  bool ca_known = true;  ///< false: CAs were not given (offline): untrusted says nothing
  TimePoint at;
  std::vector<IpAddress> own_addresses;  ///< where this Postfix listens, as far as is known
  /// False: Postfix's resolver sets no AD bit, so that Postfix takes no answer for secure.
  bool resolver_sets_ad = true;
  std::vector<std::string> routing;  ///< of main.cf, what may send mail past relayhost
};

}  // namespace dane::policy
