#include "tools/tls-policy-check/tables.hpp"

#include <algorithm>

namespace dane::tools::tls_policy_check {

using postfix::TableAnswer;

Tables::Tables(std::vector<postfix::MapName> maps, const TableOptions& options) {
  maps_.reserve(maps.size());
  for (auto& name : maps) maps_.emplace_back(std::move(name), options);
}

std::vector<postfix::TableRow> Tables::rows() const {
  std::vector<postfix::TableRow> all;
  for (const auto& map : maps_) all.insert(all.end(), map.rows().begin(), map.rows().end());
  return all;
}

bool Tables::all_listed() const {
  return std::ranges::all_of(maps_, &TableMap::is_listed);
}

bool Tables::is_unread() const {
  return std::ranges::any_of(maps_, &TableMap::is_unread);
}

std::vector<postfix::ConfigProblem> Tables::problems() const {
  std::vector<postfix::ConfigProblem> all;
  for (const auto& map : maps_) all.insert(all.end(), map.problems().begin(), map.problems().end());
  return all;
}

/// The first map that has the key, or fails.  \return nothing when a map has to be asked first.
std::optional<TableAnswer> Tables::search(const std::string& key) const {
  for (const auto& map : maps_) {
    auto answer = map.answer(key);
    if (!answer || !std::holds_alternative<postfix::TableMiss>(*answer)) return answer;
  }
  return postfix::TableMiss{};
}

/// As in Postfix, a map is asked for what none before it has.
void Tables::ask_map(TableMap& map, const std::set<std::string>& keys,
                     std::unique_lock<std::mutex>& lock) {
  std::vector<std::string> open;
  std::ranges::copy_if(keys, std::back_inserter(open),
                       [&](const auto& key) { return !search(key) && !map.answer(key); });
  if (open.empty()) return;
  lock.unlock();
  auto answers = map.ask(open);
  lock.lock();
  map.take(std::move(answers));
}

void Tables::ask_wanted(std::unique_lock<std::mutex>& lock) {
  asking_ = true;
  const auto keys = std::exchange(wanted_, {});
  for (auto& map : maps_) ask_map(map, keys, lock);
  asking_ = false;
  answered_.notify_all();
}

void Tables::prefetch(const std::vector<std::string>& keys) {
  std::unique_lock lock(mutex_);
  wanted_.insert(keys.begin(), keys.end());
  if (!asking_) ask_wanted(lock);
}

TableAnswer Tables::lookup(const std::string& key) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (auto known = search(key)) return *known;
    wanted_.insert(key);
    if (asking_)
      answered_.wait(lock);
    else
      ask_wanted(lock);
  }
}

}  // namespace dane::tools::tls_policy_check
