/// \file  Lookup tables as source text, and the search through them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dane/postfix/destination.hpp"
#include "dane/postfix/settings.hpp"

namespace dane::postfix {

/// "hash:/etc/postfix/tls_policy", "inline:{...}", "static:may", "proxy:mysql:/...": what a
/// `..._maps` parameter lists.
struct MapName {
  std::string type;  ///< "hash"; proxy: is kept apart
  std::string name;  ///< path or text
  bool proxied = false;
  [[nodiscard]] std::string to_string() const;
  /// What a static map answers: its text, without braces around it.
  /// \return nothing for a brace that is not closed: Postfix cannot use the map.
  [[nodiscard]] std::optional<std::string> static_value() const;
};
/// In order; a name without a type has the default type (`default_type`).
[[nodiscard]] std::vector<MapName> parse_map_names(std::string_view text,
                                                   std::string_view default_type = "hash");

struct TableRow {
  std::string key;  ///< lower case where the table's kind folds
  std::string value;
  std::string file;
  int line = 0;  ///< of the key; 0: from postmap, which tells none
};
struct TableSource {
  std::vector<TableRow> rows;  ///< every row that can be found: the first (hash, texthash: last
                               ///< with a warning by Postfix) of equal keys
  std::vector<ConfigProblem> problems;
  std::optional<std::string> refused;  ///< Postfix does not open such a table, with these words
};
/// What postmap(1) makes of a table's source text (hash, btree, lmdb, cdb, dbm, sdbm, texthash).
[[nodiscard]] TableSource parse_table(std::string_view text, std::string_view file,
                                      std::string_view type);

struct TableHit {
  TableRow row;
  std::string title;  ///< the parameter that lists the map
};
struct TableMiss {};
struct TableError {
  std::string what;              ///< printable
  std::string map = {};          ///< "hash:/etc/postfix/tls_policy"; empty: not known which
  std::string unavailable = {};  ///< why the map could not be opened, in Postfix's words
  bool only_here = false;        ///< this program cannot read it; whether Postfix can is not known
  std::vector<std::string> warnings = {};  ///< of the lookup, in Postfix's words
  bool is_empty_result = false;            ///< found, with nothing in it
};
using TableAnswer = std::variant<TableHit, TableMiss, TableError>;
/// Is given the key in the letters of the next-hop or host name: folding is up to the table's kind.
using TableLookup = std::function<TableAnswer(const std::string& key)>;

/// The first hit of lookup_keys(nexthop), which key was asked, or the error that ended the search.
[[nodiscard]] TableAnswer search_table(std::string_view nexthop, const TableLookup& lookup);

}  // namespace dane::postfix
