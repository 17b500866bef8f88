#include "tools/tls-policy-check/tables.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "dane/core/text.hpp"

#include "tools/tls-policy-check/plain_file.hpp"

namespace dane::tools::tls_policy_check {

namespace {

using postfix::MapName;
using postfix::TableRow;

/// Kinds that are made from a source text of the same name, or are one.
bool has_source(const MapName& map) {
  static const std::set<std::string> kinds = {"hash", "btree", "cdb",     "lmdb",
                                              "dbm",  "sdbm",  "texthash"};
  return kinds.count(map.type) != 0;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return text;
}

}  // namespace

Tables::Tables(std::vector<MapName> maps, TableOptions options)
    : options_(std::move(options)),
      postmap_(options_.postmap, options_.config_dir, options_.deadline) {
  for (auto& name : maps) {
    maps_.emplace_back();
    maps_.back().name = std::move(name);
  }
  for (auto& map : maps_) open(map);
}

void Tables::add_problem(std::string code, std::string what, const MapName& map, std::string effect,
                         std::string remedy, bool fatal) {
  problems_.push_back({std::move(code), std::move(what), map.to_string(), 0, std::move(effect),
                       std::move(remedy), fatal});
}

/// What Postfix says of mail that a broken table holds up.
std::string_view Tables::deferral() const {
  return options_.title == "smtp_tls_per_site" ? "\"Temporary lookup error\""
                                               : "\"client TLS configuration problem\"";
}

/// Postfix goes on with a table in which every lookup fails.
void Tables::add_unusable(Map& map, const std::string& error, std::string remedy) {
  // Postfix opens its tables as root.
  if (geteuid() != 0 && error.find("Permission denied") != std::string::npos)
    return add_not_read(map, error, "run this as root, as Postfix starts");
  map.error = error;
  add_problem("table-unusable",
              fmt::format("{} cannot be used: {}", printable(map.name.to_string(), 300),
                          printable(error, 300)),
              map.name, fmt::format("Postfix defers all mail that needs the table: {}", deferral()),
              std::move(remedy), true);
}

/// Postfix may have no such trouble.
void Tables::add_not_read(Map& map, const std::string& error, std::string remedy) {
  map.error = error;
  map.error_is_ours = true;
  add_problem("table-not-read",
              fmt::format("{} was not read: {}", printable(map.name.to_string(), 300), error),
              map.name, "what Postfix finds in it is not known here", std::move(remedy));
}

void Tables::add_source_problems(Map& map, const postfix::TableSource& source) {
  problems_.insert(problems_.end(), source.problems.begin(), source.problems.end());
  if (source.refused) map.error = map.unavailable = *source.refused;
}

std::string Tables::path_of(const MapName& map) {
  std::error_code none;
  if (std::filesystem::exists(map.name, none)) return map.name;
  const auto beside =
      std::filesystem::path(options_.config_dir) / std::filesystem::path(map.name).filename();
  if (options_.config_dir.empty() || !std::filesystem::exists(beside, none)) return map.name;
  add_problem("table-beside-main-cf",
              fmt::format("{} does not exist; {} is read in its place", printable(map.name),
                          printable(beside.string())),
              map,
              fmt::format("where this configuration runs, the file must be where main.cf says, or "
                          "all mail that needs the table is deferred: {}",
                          deferral()),
              fmt::format("see there that {} exists", printable(map.name)));
  return beside.string();
}

void Tables::open(Map& map) {
  if (map.name.proxied)
    add_problem("table-not-through-proxymap", "the table is read directly, not through proxymap(8)",
                map.name, "Postfix asks its proxymap service, which may see another file or server",
                fmt::format("ask it where Postfix runs: postmap -q KEY {}",
                            printable(map.name.to_string(), 300)));
  if (map.name.type == "static") {
    if (!map.name.static_value())
      add_unusable(map, "bad static:name syntax: missing '}'", "close the brace");
    return;
  }
  const bool compiled_is_there = [&] {
    std::error_code none;
    if (!has_source(map.name) || map.name.type == "texthash") return true;
    for (const auto* const ending : {".db", ".cdb", ".lmdb", ".pag"})
      if (std::filesystem::exists(map.name.name + ending, none)) return true;
    return false;
  }();
  map.through_postmap = postmap_.is_installed() && compiled_is_there &&
                        (map.name.type != "texthash" || std::filesystem::exists(map.name.name));
  if (map.through_postmap) {
    list_through_postmap(map);
    return;
  }
  if (has_source(map.name)) {
    std::error_code none;
    if (postmap_.is_installed() && map.name.type != "texthash" &&
        std::filesystem::exists(map.name.name, none)) {
      map.error = map.unavailable =
          fmt::format("open database {}.db: No such file or directory", printable(map.name.name));
      add_problem("table-not-compiled",
                  fmt::format("{} has no compiled table beside it", printable(map.name.name)),
                  map.name,
                  fmt::format("Postfix cannot open the table: all mail that needs it is deferred "
                              "with {}",
                              deferral()),
                  fmt::format("run postmap {}", printable(map.name.to_string())));
    }
    list_from_source(map);
    return;
  }
  all_listed_ = false;
  add_not_read(map,
               fmt::format("tables of type {} can only be read with Postfix's own postmap",
                           printable(map.name.type, 32)),
               "run this where Postfix is installed, without --without-postfix");
}

void Tables::list_through_postmap(Map& map) {
  const auto done = postmap_.list(map.name);
  if (!done) {
    all_listed_ = false;
    add_not_read(map, done.error().what, done.error().remedy);
    return;
  }
  if (!has_source(map.name)) {  // of the others, the source text tells more
    for (const auto& warning : done->warnings)
      add_problem("table-warning", "opening it, postmap warns: " + warning, map.name,
                  "Postfix writes the same to its log, and goes on without what it warns of",
                  "correct what the warning names");
  }
  if (const auto& fault = done->fault; !fault.empty()) {
    all_listed_ = false;
    // Most kinds cannot be listed and answer questions well.
    if (fault.find("sequence operation is not supported") == std::string::npos)
      add_unusable(map, fault,
                   "correct the parameter, or mend what it names; postconf -m lists the kinds of "
                   "tables that this Postfix knows");
    return;
  }
  for (const auto& [key, value] : done->rows)
    map.listed.emplace(key, TableRow{key, value, map.name.name, 0});
  if (!has_source(map.name)) {
    for (const auto& [key, row] : map.listed) rows_.push_back(row);
    return;
  }
  // In the order of the source text, with its lines; the compiled table is what counts.
  const auto text = read_plain_file(map.name.name, options_.deadline);
  std::set<std::string> placed;
  std::size_t stale = 0;
  if (text) {
    auto source = postfix::parse_table(*text, map.name.name, map.name.type);
    add_source_problems(map, source);
    for (auto& row : source.rows) {
      const auto found = map.listed.find(row.key);
      if (found == map.listed.end() || found->second.value != row.value) ++stale;
      if (found == map.listed.end()) continue;
      if (found->second.value == row.value) found->second.line = row.line;
      if (placed.insert(row.key).second) rows_.push_back(found->second);
    }
  }
  for (const auto& [key, row] : map.listed)
    if (placed.insert(key).second) {
      if (text) ++stale;
      rows_.push_back(row);
    }
  // texthash has no compiled table: what differs there has a problem of its own.
  if (stale > 0 && map.name.type != "texthash")
    add_problem("table-stale",
                fmt::format("{} and its compiled table differ in {} of their entries",
                            printable(map.name.name), stale),
                map.name, "Postfix uses the compiled table, and so does this report",
                fmt::format("run postmap {}:{}", map.name.type, printable(map.name.name)));
}

void Tables::list_from_source(Map& map) {
  const auto path = path_of(map.name);
  const auto text = read_plain_file(path, options_.deadline);
  if (!text) {
    const std::string remedy =
        "see that the file exists and can be read, or leave it out of the parameter";
    is_unread_ = true;
    if (text.error().code == "file-unreadable")
      add_unusable(map, text.error().what, remedy);
    else
      add_not_read(map, text.error().what, remedy);
    return;
  }
  auto source = postfix::parse_table(*text, path, map.name.type);
  add_source_problems(map, source);
  for (auto& row : source.rows) {
    const bool counts = !options_.utf8_only || (is_utf8(row.key) && is_utf8(row.value));
    if (counts && map.listed.emplace(row.key, row).second) rows_.push_back(row);
  }
}

void Tables::ask(Map& map, const std::vector<std::string>& keys) {
  const auto done = postmap_.ask(map.name, keys);
  if (!done) {
    map.error = done.error().what;
    map.error_is_ours = true;
    return;
  }
  for (const auto& [key, value] : done->rows) map.answers.emplace(lower(key), value);
  if (done->fault.empty()) return;
  if (done->fault.starts_with("open ") || done->fault.starts_with("unsupported ")) {
    map.error = done->fault;
    return;
  }
  // postmap ends at the first key that fails: the others are asked one by one.
  if (keys.size() == 1)
    map.key_errors.emplace(keys.front(), done->fault);
  else
    for (const auto& key : keys)
      if (map.error.empty() && map.answers.find(key) == map.answers.end()) ask(map, {key});
}

void Tables::prefetch(const std::vector<std::string>& keys) {
  std::vector<std::string> fresh;
  for (const auto& key : keys)
    if (asked_.insert(lower(key)).second) fresh.push_back(lower(key));
  if (fresh.empty()) return;
  for (auto& map : maps_)
    if (map.through_postmap && map.error.empty()) ask(map, fresh);
}

postfix::TableAnswer Tables::lookup(const std::string& key) {
  const std::lock_guard lock(mutex_);
  prefetch({key});
  return answer(lower(key));
}

postfix::TableAnswer Tables::answer(const std::string& folded) const {
  for (const auto& map : maps_) {
    if (!map.error.empty())
      return postfix::TableError{printable(map.name.to_string() + ": " + map.error),
                                 map.name.to_string(), map.unavailable, map.error_is_ours};
    if (map.name.type == "static")
      return postfix::TableHit{
          {folded, map.name.static_value().value_or(""), map.name.to_string(), 0}, options_.title};
    const auto listed = map.listed.find(folded);
    if (!map.through_postmap) {
      if (listed != map.listed.end()) return postfix::TableHit{listed->second, options_.title};
      continue;
    }
    if (const auto failed = map.key_errors.find(folded); failed != map.key_errors.end())
      return postfix::TableError{
          printable(map.name.to_string() + ": " + failed->second), map.name.to_string(), {}, false};
    const auto answer = map.answers.find(folded);
    if (answer == map.answers.end()) continue;
    TableRow row{folded, answer->second, map.name.name, 0};
    if (listed != map.listed.end() && listed->second.value == row.value)
      row.line = listed->second.line;
    return postfix::TableHit{std::move(row), options_.title};
  }
  return postfix::TableMiss{};
}

}  // namespace dane::tools::tls_policy_check
