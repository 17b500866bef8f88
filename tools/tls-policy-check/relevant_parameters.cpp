#include "tools/tls-policy-check/relevant_parameters.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dane/policy/lint.hpp"

namespace dane::tools::tls_policy_check {

namespace {

bool is_of_client_tls(const std::string& name) {
  static const auto known = [] {
    const auto names = postfix::known_parameters({.major = 999, .minor = 0, .patch = 0});
    return std::set<std::string>(names.begin(), names.end());
  }();
  return name.starts_with("smtp_tls_") || name.starts_with("tls_") || known.contains(name);
}

/// Every word of a value with a macro: more than it refers to, never less.
std::vector<std::string> may_refer_to(std::string_view value) {
  constexpr std::string_view word =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  std::vector<std::string> words;
  if (value.find('$') == std::string_view::npos) return words;
  while (true) {
    const auto begin = value.find_first_of(word);
    if (begin == std::string_view::npos) return words;
    value.remove_prefix(begin);
    const auto end = std::min(value.find_first_not_of(word), value.size());
    words.emplace_back(value.substr(0, end));
    value.remove_prefix(end);
  }
}

}  // namespace

postfix::Assignments relevant_parameters(const postfix::Assignments& assignments) {
  postfix::Assignments out;
  std::vector<std::string> wanted;
  for (const auto& [name, assignment] : assignments)
    if (is_of_client_tls(name)) wanted.push_back(name);
  for (auto& name : policy::routing_parameters(assignments)) wanted.push_back(std::move(name));
  while (!wanted.empty()) {
    const auto name = std::move(wanted.back());
    wanted.pop_back();
    const auto found = assignments.find(name);
    if (found == assignments.end() || !out.insert(*found).second) continue;
    for (auto& word : may_refer_to(found->second.value)) wanted.push_back(std::move(word));
  }
  return out;
}

}  // namespace dane::tools::tls_policy_check
