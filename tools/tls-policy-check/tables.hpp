/// \file  Lookup tables as Postfix reads them, through postmap where it is installed, else from
/// their source text.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dane/postfix/policy_table.hpp"

#include "tools/tls-policy-check/table_map.hpp"

namespace dane::tools::tls_policy_check {

/// The maps of one parameter.
class Tables {
 public:
  Tables(std::vector<postfix::MapName> maps, const TableOptions& options);

  /// Rows of all maps that can be listed, in search order.
  [[nodiscard]] std::vector<postfix::TableRow> rows() const;
  /// False: a map (regexp, socketmap, ...) answers questions but cannot be listed.
  [[nodiscard]] bool all_listed() const;
  /// The file of a map could not be read.
  [[nodiscard]] bool is_unread() const;
  [[nodiscard]] std::vector<postfix::ConfigProblem> problems() const;

  /// Looks all keys up, in one run of postmap a map.
  void prefetch(const std::vector<std::string>& keys);
  /// May be called from many threads: what they wait for is asked in one run of postmap.
  [[nodiscard]] postfix::TableAnswer lookup(const std::string& key);

 private:
  [[nodiscard]] std::optional<postfix::TableAnswer> search(const std::string& key) const;
  void ask_wanted(std::unique_lock<std::mutex>& lock);
  void ask_map(TableMap& map, const std::set<std::string>& keys,
               std::unique_lock<std::mutex>& lock);

  std::vector<TableMap> maps_;
  std::mutex mutex_;
  std::condition_variable answered_;
  bool asking_ = false;           ///< one thread asks for all
  std::set<std::string> wanted_;  ///< by the others
};

}  // namespace dane::tools::tls_policy_check
