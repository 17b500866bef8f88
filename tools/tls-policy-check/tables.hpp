/// \file  Lookup tables as Postfix reads them, through postmap where it is installed, else from
/// their source text.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/postfix/policy_table.hpp"

#include "tools/tls-policy-check/postmap.hpp"

namespace dane::tools::tls_policy_check {

struct TableOptions {
  std::string postmap;     ///< path of the program; empty: plain files only
  std::string config_dir;  ///< for a copied configuration, whose tables stand beside main.cf;
                           ///< empty: it is where it runs
  std::string title;       ///< the parameter that lists the maps: "smtp_tls_policy_maps"
  Deadline deadline;
  bool utf8_only = true;  ///< smtputf8_enable: lines that are not UTF-8 do not count
};

/// The maps of one parameter.
class Tables {
 public:
  Tables(std::vector<postfix::MapName> maps, TableOptions options);

  /// Rows of all maps that can be listed, in search order.
  [[nodiscard]] const std::vector<postfix::TableRow>& rows() const { return rows_; }
  /// False: a map (regexp, socketmap, ...) answers questions but cannot be listed.
  [[nodiscard]] bool all_listed() const { return all_listed_; }
  /// The file of a map could not be read.
  [[nodiscard]] bool is_unread() const { return is_unread_; }
  [[nodiscard]] const std::vector<postfix::ConfigProblem>& problems() const { return problems_; }

  /// Asks all maps for all keys, in one run of postmap a map.
  void prefetch(const std::vector<std::string>& keys);
  /// May be called from many threads; a key that prefetch() was not given costs a run of postmap.
  [[nodiscard]] postfix::TableAnswer lookup(const std::string& key);

 private:
  struct Map {
    postfix::MapName name;
    bool through_postmap = false;
    std::map<std::string, postfix::TableRow> listed;  ///< by key, where it could be listed
    std::map<std::string, std::string> answers;       ///< of postmap
    std::map<std::string, std::string> key_errors;    ///< keys for which a lookup failed
    std::string error;                                ///< why nothing can be found here
    std::string unavailable;     ///< the same in Postfix's words, where it cannot open the map
    bool error_is_ours = false;  ///< Postfix may well find something
  };
  void open(Map& map);
  void list_through_postmap(Map& map);
  void list_from_source(Map& map);
  void ask(Map& map, const std::vector<std::string>& keys);
  [[nodiscard]] std::string path_of(const postfix::MapName& name);
  void add_problem(std::string code, std::string what, const postfix::MapName& map,
                   std::string effect, std::string remedy, bool fatal = false);
  [[nodiscard]] std::string_view deferral() const;
  void add_not_read(Map& map, const std::string& error, std::string remedy);
  void add_unusable(Map& map, const std::string& error, std::string remedy);
  void add_source_problems(Map& map, const postfix::TableSource& source);

  [[nodiscard]] postfix::TableAnswer answer(const std::string& key) const;

  TableOptions options_;
  Postmap postmap_;
  std::mutex mutex_;
  std::set<std::string> asked_;
  std::vector<Map> maps_;
  std::vector<postfix::TableRow> rows_;
  std::vector<postfix::ConfigProblem> problems_;
  bool all_listed_ = true;
  bool is_unread_ = false;
};

}  // namespace dane::tools::tls_policy_check
