/// \file  Destinations judged by the postfix module from a few facts, for tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/policy/advice.hpp"
#include "dane/policy/lint.hpp"

#include "tests/support/test_ca.hpp"

namespace dane::test {

struct ServerSpec {
  std::string hostname = "mx1.example.net";
  std::string address = "192.0.2.1";
  postfix::ConnectionFacts facts;
  postfix::DaneFacts dns;
  std::optional<x509::Chain> secure_chain, hostname_chain;  ///< where they differ from facts'
  std::string greeting = {};
};

struct World {
  postfix::Version version{3, 7, 11};
  std::vector<std::pair<std::string, std::string>> main_cf;  ///< CAs are set whatever it says
  std::string nexthop = "example.com";
  std::string key = "example.com";  ///< of the entry
  std::string entry;                ///< empty: no row
  bool table_fails = false, table_is_not_read = false;
  std::vector<ServerSpec> servers;
  postfix::TrustAnchors anchors;
  bool ca_configured = true, ca_known = true;
  bool lookup_failed = false, unreached = false;
  policy::DaneOffer dane = policy::DaneOffer::unknown;
  bool mx_secure = false;
  bool publishes_mta_sts = false;
  std::vector<std::string> without_address, names_left_out;
  policy::NoRoute no_route = policy::NoRoute::none;  ///< with its words, where there is no server
  std::string dsn, text;
  std::size_t hosts_cut = 0;
  bool is_own_host = false;
  std::string goes_on_to;
  std::vector<std::string> sts_patterns;
  std::vector<std::string> routing;
};

/// A public CA that the world trusts, and one that it does not.
const Issued& public_ca();
const Issued& other_ca();
/// Leaf and CA.
x509::Chain chain_of(const std::vector<std::string>& names, const Issued& ca = public_ca());
postfix::TlsFacts tls(const x509::Chain& chain);
/// mx1.example.net with a certificate for these names.
ServerSpec server_with(const std::vector<std::string>& names,
                       const std::string& hostname = "mx1.example.net");
/// The same with signed TLSA records that match it, or one that does not.
ServerSpec dane_server(const std::vector<std::string>& names, bool matches = true,
                       const std::string& hostname = "mx1.example.net");

policy::Context context_of(const World& world);
policy::JudgedDestination judge(const World& world);
report::PolicyReport report_on(const World& world);

const Finding* find(const std::vector<Finding>& findings, const std::string& id);
/// Ids of all findings above note, sorted, each once.
std::vector<std::string> serious(const std::vector<Finding>& findings);

/// main.cf and a policy table as text.
policy::Configuration configuration(const std::string& main_cf, const std::string& table,
                                    postfix::Version version = {3, 10, 5});

}  // namespace dane::test
