#include "dane/policy/lint.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>

#include "dane/core/text.hpp"

#include "libdane/policy/cause.hpp"
#include "libdane/policy/lint_view.hpp"
#include "libdane/policy/routing.hpp"

namespace dane::policy {

namespace {

using Judged = std::map<std::string, const JudgedDestination*>;

/// Not "could not find out".
bool surely_fails(const JudgedDestination& judged) {
  if (judged.site.fault) return !judged.site.unknown;
  return !judged.lookup_failed && !judged.unreached &&
         judged.outcome.delivery != postfix::Delivery::delivered;
}

bool could_be_dane(const JudgedDestination& judged) {
  if (judged.dane != DaneOffer::all || postfix::is_dane(judged.site.level)) return false;
  bool seen = false;
  for (const auto& server : judged.servers) {
    if (server.chain.empty()) continue;
    if (server.dane_authenticates != true) return false;
    seen = true;
  }
  return seen;
}

Judged by_key(const std::vector<JudgedDestination>& all) {
  Judged out;
  for (const auto& judged : all) {
    const auto& key = judged.site.row ? judged.site.row->key : judged.destination.text;
    out.emplace(lower(key), &judged);
  }
  return out;
}

using EntryLint = Findings (*)(const View& view, const Entry& entry);

Findings lint_entries(const View& view, std::initializer_list<EntryLint> lints) {
  Findings out;
  for (const auto& entry : view.entries) {
    for (const auto lint : lints) {
      const auto more = lint(view, entry);
      out.insert(out.end(), more.begin(), more.end());
    }
  }
  return out;
}

}  // namespace

std::vector<Finding> lint_main_cf(const Configuration& configuration) {
  const auto view = make_view(configuration);
  Findings out;
  for (auto* lint : {&lint_reading, &lint_levels, &lint_dane, &lint_trust, &lint_lists,
                     &lint_parameters, &lint_maps}) {
    const auto more = (*lint)(view);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

std::vector<Finding> lint_table(const Configuration& configuration,
                                const std::vector<JudgedDestination>& judged) {
  const auto view = make_view(configuration, judged);
  return lint_entries(view, {&lint_validity, &lint_key, &lint_strength, &lint_attributes});
}

std::vector<Finding> lint_good_entries(const Configuration& configuration) {
  const auto view = make_view(configuration);
  auto out = lint_entries(view, {&lint_key, &lint_strength, &lint_attributes});
  // Whether the digest is the one that counts is not known, and told where it decides.
  if (configuration.settings.fingerprint_digest_is_default)
    std::erase_if(out, [](const Finding& f) { return f.id == "fingerprint-length"; });
  return out;
}

report::TableLists make_lists(const Configuration& configuration,
                              const std::vector<JudgedDestination>& judged) {
  const auto view = make_view(configuration, judged);
  const auto outcomes = by_key(judged);
  const auto& version = configuration.version;
  const bool always_relayed = routing_parameters(configuration.assignments).empty();
  report::TableLists lists;
  for (const auto& entry : view.entries) {
    const auto key = printable(entry.row->key, 128);
    if (entry.dead) lists.dead.push_back(key);
    if (weakens_default(view, entry)) lists.weakens_default.push_back(key);
    const auto* fault = entry.fault();
    if (fault && fault->other_version) lists.unknown_attributes.push_back(key);
    if (entry.dead) continue;
    const auto found = outcomes.find(lower(entry.row->key));
    const bool known = found != outcomes.end();
    const bool fails = fault || (known && surely_fails(*found->second));
    if (fails && !(always_relayed && is_bypassed(configuration.settings, entry.row->key)))
      lists.fails.push_back(key);
    if (known && postfix::features_of(version).dane && could_be_dane(*found->second))
      lists.could_be_dane.push_back(key);
  }
  return lists;
}

}  // namespace dane::policy
