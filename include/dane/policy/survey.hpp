/// \file  One destination, looked up, connected to and judged, as Postfix would.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/policy/judged.hpp"
#include "dane/postfix/policy_table.hpp"
#include "dane/postfix/trust.hpp"
#include "dane/sources.hpp"

namespace dane::policy {

struct SurveyOptions {
  bool ipv4 = true;
  bool ipv6 = true;
  bool tls_required_no = false;  ///< P34
  std::vector<std::string> sts_patterns;  ///< of an MTA-STS policy, for suggestions
  std::size_t max_hosts = 50;             ///< MX hosts of a destination
  std::size_t max_addresses = 20;         ///< addresses of a host
  Deadline deadline;                      ///< the whole run
};

struct Tables {
  postfix::TableLookup policy_maps;  ///< empty where the parameter is
  postfix::TableLookup per_site;
  /// Trust anchors of these files, loaded; called from many threads.
  std::function<postfix::TrustAnchors(const std::vector<std::string>& files)> anchors;
};

/// Checks many destinations that share MX hosts: a server is asked once for each TLS offer and
/// server name, and never by more than four connections at once.  check() may be called from many
/// threads; what is passed in must outlive the object.
class Survey {
 public:
  Survey(const Sources& sources, const Context& context, const Tables& tables,
         SurveyOptions options);
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  [[nodiscard]] JudgedDestination check(const postfix::Destination& destination);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dane::policy
