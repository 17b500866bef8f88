/// \file  What is wrong with a lookup table, in words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/policy_table.hpp"

namespace dane::tools::tls_policy_check {

class TableProblems {
 public:
  /// \param title  the parameter that lists the map: "smtp_tls_policy_maps".
  TableProblems(const postfix::MapName& map, std::string title)
      : name_(map.to_string()), path_(map.name), type_(map.type), title_(std::move(title)) {}

  [[nodiscard]] const std::vector<postfix::ConfigProblem>& list() const { return list_; }
  void add(const std::vector<postfix::ConfigProblem>& problems);

  /// Postfix goes on with a table in which every lookup fails.
  void unusable(std::string_view error, std::string remedy);
  /// Postfix may have no such trouble.
  void not_read(std::string_view error, std::string remedy);
  void not_through_proxymap();
  void beside_main_cf(const std::string& found);
  void not_compiled();
  void stale(std::size_t entries);
  /// What postmap says when it opens the table.
  void warning(const std::string& words);

 private:
  void put(std::string code, std::string what, std::string effect, std::string remedy,
           bool fatal = false);
  [[nodiscard]] std::string_view deferral() const;

  std::string name_, path_, type_, title_;
  std::vector<postfix::ConfigProblem> list_;
};

}  // namespace dane::tools::tls_policy_check
