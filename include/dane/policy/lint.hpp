/// \file  What is wrong with a configuration before any mail is sent: main.cf, the policy table,
/// its order.  Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/core/finding.hpp"
#include "dane/policy/judged.hpp"
#include "dane/postfix/policy_table.hpp"
#include "dane/postfix/settings.hpp"
#include "dane/report/policy_report.hpp"

namespace dane::policy {

/// Another service of master.cf that runs smtp(8), and goes by the same main.cf.
struct OtherService {
  std::string name;
  postfix::Level level = postfix::Level::none;  ///< its default
  bool own_tables = false;                      ///< with entries that are not known here
};

/// The configuration as it was read.
struct Configuration {
  std::string folder;  ///< "/etc/postfix"
  postfix::Version version;
  postfix::Assignments assignments;  ///< of main.cf (or postconf -n)
  postfix::Settings settings;
  std::vector<postfix::MapName> policy_maps;
  std::vector<postfix::TableRow> rows;  ///< of all maps that could be listed, in search order
  bool all_listed = true;               ///< false: a map (regexp, socketmap) cannot be enumerated
  std::vector<postfix::TableRow> per_site_rows;  ///< likewise, of smtp_tls_per_site
  bool per_site_listed = true;
  std::vector<OtherService> other_services;
  std::vector<postfix::ConfigProblem> problems;  ///< found while reading
  postfix::CaCertificates cas;
  std::string chroot;  ///< the service's; empty: none, or none that is known
  /// Does the resolver that Postfix would ask vouch for DNSSEC (AD bit)?  Nothing: not asked.
  std::optional<bool> resolver_sets_ad;
};

/// Problems of reading as findings, then lints of main.cf: smtp_tls_security_level empty,
/// smtp_dns_support_level, no CAfile, mandatory_* at may, protocol lists, parameters without
/// effect in this version, ...
[[nodiscard]] std::vector<Finding> lint_main_cf(const Configuration& configuration);

/// Entries of the table: invalid, unknown attributes, dead, weaker than the default, order.
/// \param judged  its destinations: what another table answers for is dead.
[[nodiscard]] std::vector<Finding> lint_table(const Configuration& configuration,
                                              const std::vector<JudgedDestination>& judged = {});

/// A key that no lookup ever asks for.
[[nodiscard]] bool is_dead_key(const std::string& key);

/// Parameters of main.cf that send mail elsewhere than relayhost says.
[[nodiscard]] std::vector<std::string> routing_parameters(const postfix::Assignments& assignments);

/// Of entries that Postfix takes: dead, weak, with lists that do not do what they say.  What
/// Postfix itself refuses or warns of stands with the findings of the destination.
[[nodiscard]] std::vector<Finding> lint_good_entries(const Configuration& configuration);

/// The lists of the whole table, from the lints and the judged destinations.
[[nodiscard]] report::TableLists make_lists(const Configuration& configuration,
                                            const std::vector<JudgedDestination>& judged);

}  // namespace dane::policy
