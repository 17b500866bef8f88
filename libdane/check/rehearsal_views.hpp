/// \file  What each authoritative server has, and what it would make of a chain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/report/report.hpp"

#include "libdane/check/service.hpp"

namespace dane::check {

enum class ServerView { passes, refuses, unusable, absent, failed };

struct Authority {
  std::string name;  ///< "ns1.example.com (192.0.2.53)"
  ServerView view = ServerView::failed;
  std::vector<tlsa::Record> records;
  std::chrono::seconds ttl{};
  std::string reason;  ///< of a failure
  report::AuthorityRow row;
};

/// The servers asked for this host's RRset, each judged for `chain`.
[[nodiscard]] std::vector<Authority> judge_authorities(const HostView& view, const Service& service,
                                                       const x509::Chain& chain);

[[nodiscard]] std::vector<std::string> names_with(const std::vector<Authority>& authorities,
                                                  ServerView view);

}  // namespace dane::check
