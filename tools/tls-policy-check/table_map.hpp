/// \file  One map of a `..._maps` parameter: how it is read, what it lists, what it answered.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/postfix/policy_table.hpp"

#include "tools/tls-policy-check/postmap.hpp"
#include "tools/tls-policy-check/table_problems.hpp"

namespace dane::tools::tls_policy_check {

struct TableOptions {
  std::string postmap;     ///< path of the program; empty: plain files only
  std::string config_dir;  ///< for a copied configuration, whose tables stand beside main.cf;
                           ///< empty: it is where it runs
  std::string title;       ///< the parameter that lists the maps: "smtp_tls_policy_maps"
  Deadline deadline;
  bool utf8_only = true;  ///< smtputf8_enable: lines that are not UTF-8 do not count
};

class TableMap {
 public:
  TableMap(postfix::MapName name, const TableOptions& options);

  /// In the order of the source text.
  [[nodiscard]] const std::vector<postfix::TableRow>& rows() const { return rows_; }
  /// False: it answers questions but cannot be listed.
  [[nodiscard]] bool is_listed() const { return is_listed_; }
  /// Its file could not be read.
  [[nodiscard]] bool is_unread() const { return is_unread_; }
  [[nodiscard]] const std::vector<postfix::ConfigProblem>& problems() const {
    return problems_.list();
  }

  /// What postmap said to some keys.
  struct Answers {
    std::vector<std::string> asked;
    std::map<std::string, std::string> values;
    std::map<std::string, postfix::TableError> failed;
    std::optional<postfix::TableError> broken;  ///< every lookup fails
  };
  /// Runs postmap; changes nothing here, so that it may go on beside answer().
  [[nodiscard]] Answers ask(const std::vector<std::string>& keys) const;
  void take(Answers answers);
  /// \return nothing for a key that postmap has to be asked for first.
  [[nodiscard]] std::optional<postfix::TableAnswer> answer(const std::string& key) const;

 private:
  void open();
  void list_through_postmap();
  void place_listed();
  void list_from_source();
  [[nodiscard]] bool is_on_disk() const;
  [[nodiscard]] bool is_compiled() const;
  [[nodiscard]] std::string path();
  void add_source(const postfix::TableSource& source);
  void break_down(const std::string& error, std::string remedy);
  void give_up(const std::string& error, std::string remedy);
  [[nodiscard]] postfix::TableError error(const std::string& words) const;
  [[nodiscard]] postfix::TableHit hit(std::string key, std::string value) const;

  postfix::MapName name_;
  TableOptions options_;
  Postmap postmap_;
  TableProblems problems_;
  bool through_postmap_ = false, is_listed_ = true, is_unread_ = false;
  std::vector<postfix::TableRow> rows_;
  std::map<std::string, postfix::TableRow> listed_;  ///< by key, folded
  std::vector<std::string> opening_warnings_;        ///< of postmap
  std::optional<postfix::TableError> broken_;        ///< every lookup fails
  std::set<std::string> asked_;
  std::map<std::string, std::string> values_;
  std::map<std::string, postfix::TableError> failed_;
};

}  // namespace dane::tools::tls_policy_check
