#include "tools/tls-policy-check/table_map.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "dane/core/parallel.hpp"
#include "dane/core/text.hpp"

#include "libdane/postfix/words.hpp"
#include "tools/tls-policy-check/plain_file.hpp"

namespace dane::tools::tls_policy_check {

namespace {

using postfix::MapName;
using postfix::TableAnswer;
using postfix::TableError;
using postfix::TableRow;

constexpr std::size_t runs_at_once = 8;

/// Kinds that are made from a source text of the same name, or are one.
bool has_source(const MapName& map) {
  static const std::set<std::string> kinds = {"hash", "btree", "cdb",     "lmdb",
                                              "dbm",  "sdbm",  "texthash"};
  return kinds.contains(map.type);
}

/// One key has another answer at every lookup.
bool answers_at_random(const MapName& map) {
  return map.type == "randmap" || map.name.find("randmap:") != std::string::npos;
}

bool is_there(const std::filesystem::path& file) {
  std::error_code none;
  return std::filesystem::exists(file, none);
}

/// Faults with which postmap ends, and smtp(8) does not: it calls the map unavailable.
bool goes_on_without(std::string_view fault) {
  return std::ranges::any_of(std::array{"unsupported dictionary type: ", "open database ",
                                        "bad syntax: ", "missing '=' after attribute name: "},
                             [&](std::string_view start) { return fault.starts_with(start); });
}

}  // namespace

TableMap::TableMap(MapName name, const TableOptions& options)
    : name_(std::move(name)),
      options_(options),
      postmap_(options_.postmap, options_.config_dir, options_.deadline),
      problems_(name_, options_.title) {
  open();
}

TableError TableMap::error(const std::string& words) const {
  return {.what = printable(name_.to_string() + ": " + words), .map = name_.to_string()};
}

/// Postfix opens its tables as root.
void TableMap::break_down(const std::string& words, std::string remedy) {
  if (geteuid() != 0 && words.find("Permission denied") != std::string::npos)
    return give_up(words, "run this as root, as Postfix starts");
  broken_ = error(words);
  problems_.unusable(words, std::move(remedy));
}

void TableMap::give_up(const std::string& words, std::string remedy) {
  broken_ = error(words);
  broken_->only_here = true;
  problems_.not_read(words, std::move(remedy));
}

void TableMap::add_source(const postfix::TableSource& source) {
  problems_.add(source.problems);
  if (!source.refused) return;
  broken_ = error(*source.refused);
  broken_->unavailable = *source.refused;
}

bool TableMap::is_on_disk() const {
  return is_there(name_.name);
}

bool TableMap::is_compiled() const {
  return std::ranges::any_of(std::array{".db", ".cdb", ".lmdb", ".pag"},
                             [&](const char* ending) { return is_there(name_.name + ending); });
}

/// Of the source text; of a copied configuration the file beside main.cf.
std::string TableMap::path() {
  if (is_on_disk() || options_.config_dir.empty()) return name_.name;
  const auto beside =
      std::filesystem::path(options_.config_dir) / std::filesystem::path(name_.name).filename();
  if (!is_there(beside)) return name_.name;
  problems_.beside_main_cf(beside.string());
  return beside.string();
}

void TableMap::open() {
  if (name_.proxied) problems_.not_through_proxymap();
  if (name_.type == "static") {
    if (!name_.static_value()) break_down("bad static:name syntax: missing '}'", "close the brace");
    return;
  }
  if (answers_at_random(name_)) {
    is_listed_ = false;
    return give_up("it answers each lookup at random",
                   "give one policy in its place, to know which one counts");
  }
  if (!has_source(name_)) {
    through_postmap_ = postmap_.is_installed();
    if (through_postmap_) return list_through_postmap();
    is_listed_ = false;
    return give_up(fmt::format("tables of type {} can only be read with Postfix's own postmap",
                               printable(name_.type, 32)),
                   "run this where Postfix is installed, without --without-postfix");
  }
  const bool is_text = name_.type == "texthash";
  through_postmap_ = postmap_.is_installed() && (is_text ? is_on_disk() : is_compiled());
  if (through_postmap_) return list_through_postmap();
  if (postmap_.is_installed() && !is_text && is_on_disk()) {
    const auto words =
        fmt::format("open database {}.db: No such file or directory", printable(name_.name));
    broken_ = error(words);
    broken_->unavailable = words;
    problems_.not_compiled();
  }
  list_from_source();
}

void TableMap::list_through_postmap() {
  const auto done = postmap_.list(name_);
  if (!done) {
    is_listed_ = false;
    return give_up(done.error().what, done.error().remedy);
  }
  opening_warnings_ = done->warnings;
  if (!has_source(name_))  // of the others, the source text tells more
    for (const auto& warning : done->warnings) problems_.warning(warning);
  if (const auto& fault = done->fault; !fault.empty()) {
    is_listed_ = false;
    // Most kinds cannot be listed and answer questions well.
    if (fault.find("sequence operation is not supported") == std::string::npos)
      break_down(fault,
                 "correct the parameter, or mend what it names; postconf -m lists the kinds of "
                 "tables that this Postfix knows");
    if (broken_ && !broken_->only_here && goes_on_without(fault)) broken_->unavailable = fault;
    return;
  }
  for (const auto& [key, value] : done->rows)
    listed_.emplace(key, TableRow{key, value, name_.name, 0});
  place_listed();
}

/// In the order of the source text, with its lines; the compiled table is what counts.
void TableMap::place_listed() {
  std::set<std::string> placed;
  std::size_t stale = 0;
  Result<std::string> text = std::string();
  if (has_source(name_)) text = read_plain_file(name_.name, options_.deadline);
  if (has_source(name_) && text) {
    const auto source = postfix::parse_table(*text, name_.name, name_.type);
    add_source(source);
    for (const auto& row : source.rows) {
      const auto found = listed_.find(row.key);
      const bool known = found != listed_.end();
      if (!known || found->second.value != row.value) ++stale;
      if (!known) continue;
      if (found->second.value == row.value) found->second.line = row.line;
      if (placed.insert(row.key).second) rows_.push_back(found->second);
    }
  }
  for (const auto& [key, row] : listed_) {
    if (!placed.insert(key).second) continue;
    if (has_source(name_) && text) ++stale;
    rows_.push_back(row);
  }
  // texthash has no compiled table: what differs there has a problem of its own.
  if (stale > 0 && name_.type != "texthash") problems_.stale(stale);
}

void TableMap::list_from_source() {
  const auto file = path();
  const auto text = read_plain_file(file, options_.deadline);
  if (!text) {
    const std::string remedy =
        "see that the file exists and can be read, or leave it out of the parameter";
    is_unread_ = true;
    if (text.error().code != "file-unreadable") return give_up(text.error().what, remedy);
    break_down(text.error().what, remedy);
    const bool is_hash = name_.type == "hash" || name_.type == "btree";
    if (broken_ && !broken_->only_here && !is_there(file) && (is_hash || name_.type == "texthash"))
      broken_->unavailable = fmt::format("open database {}{}: No such file or directory",
                                         name_.name, is_hash ? ".db" : "");
    return;
  }
  const auto source = postfix::parse_table(*text, file, name_.type);
  add_source(source);
  for (const auto& row : source.rows) {
    const bool counts = !options_.utf8_only || (is_utf8(row.key) && is_utf8(row.value));
    if (counts && listed_.emplace(row.key, row).second) rows_.push_back(row);
  }
}

TableMap::Answers TableMap::ask(const std::vector<std::string>& keys) const {
  Answers answers;
  answers.asked = keys;
  const auto said = postmap_.ask(name_, keys);
  if (!said) {
    answers.broken = error(said.error().what);
    answers.broken->only_here = true;
    return answers;
  }
  answers.values.insert(said->rows.begin(), said->rows.end());
  if (said->fault.empty()) return answers;
  if (said->fault.starts_with("open ") || said->fault.starts_with("unsupported ")) {
    answers.broken = error(said->fault);
  } else if (keys.size() == 1) {
    auto failed = error(said->fault);
    std::ranges::copy_if(
        said->warnings, std::back_inserter(failed.warnings), [&](const auto& warning) {
          return std::ranges::find(opening_warnings_, warning) == opening_warnings_.end();
        });
    answers.failed.emplace(keys.front(), std::move(failed));
  } else {
    // postmap ends at the first key that fails, without a word on which it was, nor on the others.
    const auto each = map_concurrently(
        keys, runs_at_once, [&](const std::string& key) { return ask(std::vector{key}); });
    for (const auto& one : each) {
      answers.values.insert(one.values.begin(), one.values.end());
      answers.failed.insert(one.failed.begin(), one.failed.end());
      if (one.broken) answers.broken = one.broken;
    }
  }
  return answers;
}

void TableMap::take(Answers answers) {
  asked_.insert(answers.asked.begin(), answers.asked.end());
  values_.merge(answers.values);
  failed_.merge(answers.failed);
  if (answers.broken && !broken_) broken_ = std::move(answers.broken);
}

postfix::TableHit TableMap::hit(std::string key, std::string value) const {
  TableRow row{std::move(key), std::move(value), name_.name, 0};
  return {std::move(row), options_.title};
}

std::optional<TableAnswer> TableMap::answer(const std::string& key) const {
  if (broken_) return *broken_;
  if (name_.type == "static") {
    auto found = hit(key, name_.static_value().value_or(""));
    found.row.file = name_.to_string();
    return found;
  }
  const auto listed = listed_.find(postfix::fold_case(key));
  if (!through_postmap_) {
    if (listed == listed_.end()) return postfix::TableMiss{};
    return postfix::TableHit{listed->second, options_.title};
  }
  if (const auto failed = failed_.find(key); failed != failed_.end()) return failed->second;
  if (const auto found = values_.find(key); found != values_.end()) {
    if (listed != listed_.end() && listed->second.value == found->second)
      return postfix::TableHit{listed->second, options_.title};
    return hit(key, found->second);
  }
  if (asked_.contains(key)) return postfix::TableMiss{};
  return std::nullopt;
}

}  // namespace dane::tools::tls_policy_check
