/// \file  The order of a survey.  Every decision depends on outcomes alone, never on the time left,
/// so that a replay asks the same questions.
#include "dane/smtp/survey.hpp"

#include <algorithm>
#include <future>
#include <tuple>
#include <utility>

#include "dane/core/parallel.hpp"

#include "libdane/smtp/survey_parts.hpp"

namespace dane::smtp {
namespace {

struct HostSurvey {
  HostFacts facts;
  std::vector<AuthorityFacts> authorities;
};

/// Room for what is asked when this step brings nothing: a part of the time left, at most 3 s.
Deadline before(Deadline deadline, int part) {
  const auto left = deadline - std::chrono::steady_clock::now();
  if (left <= Deadline::duration::zero()) return deadline;
  return deadline - std::min<Deadline::duration>(std::chrono::seconds(3), left / part);
}

HostSurvey survey_one(const Survey& survey, const std::optional<MxChoice>& choice,
                      const dns::Mx& host) {
  HostSurvey out;
  out.facts = lookup_host(survey, host);
  std::future<std::vector<AuthorityFacts>> authorities;
  if (survey.options.authorities) {
    // A copy: probing fills in out.facts meanwhile.
    authorities = std::async(std::launch::async, [&survey, lookups = out.facts] {
      return query_authorities(survey, lookups);
    });
  }
  const auto policy = judge_host(survey.domain, choice, out.facts);
  // A host whose lookups failed is never used by a DANE sender: nothing to learn there.  S7, S14
  if (survey.options.probe && policy.applicability != Applicability::lookup_failed) {
    probe_host(survey, policy, out.facts);
  }
  if (authorities.valid()) out.authorities = authorities.get();
  return out;
}

/// Two hosts may share a TLSA owner: each server's view is told once.
void add_authorities(std::vector<AuthorityFacts>& all, std::vector<AuthorityFacts> more) {
  const auto key = [](const AuthorityFacts& a) { return std::tie(a.owner, a.server, a.endpoint); };
  std::move(more.begin(), more.end(), std::back_inserter(all));
  std::stable_sort(all.begin(), all.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  all.erase(std::unique(all.begin(), all.end(),
                        [&](const auto& a, const auto& b) { return key(a) == key(b); }),
            all.end());
}

void survey_hosts(const Survey& survey, const std::optional<MxChoice>& choice,
                  std::vector<dns::Mx> hosts, DomainFacts& facts) {
  if (hosts.size() > survey.options.max_hosts) {
    facts.hosts_cut = hosts.size() - survey.options.max_hosts;
    hosts.resize(survey.options.max_hosts);
  }
  auto surveyed = map_concurrently(
      hosts, hosts.size(), [&](const dns::Mx& host) { return survey_one(survey, choice, host); });
  for (auto& one : surveyed) {
    facts.hosts.push_back(std::move(one.facts));
    add_authorities(facts.authorities, std::move(one.authorities));
  }
}

DomainFacts survey_all(const Sources& sources, const DomainName& domain,
                       const SurveyOptions& options, bool with_mx) {
  Pool pool(max_addresses_at_once);
  const Survey survey{sources, domain, options, before(options.deadline, 8), pool};
  DomainFacts facts;
  facts.domain = domain;
  std::optional<MxChoice> choice;
  if (with_mx) {
    facts.mx = sources.dns.lookup({domain, dns::RecordType::mx}, before(options.deadline, 4));
    choice = choose_hosts(domain, *facts.mx);
  }
  // A secure MX answer shows that the resolver validates.  S4
  std::future<dns::LookupOutcome> self_test;
  if (!facts.mx || !is_secure(*facts.mx))
    self_test = std::async(std::launch::async, [&] { return lookup_self_test(survey); });
  survey_hosts(survey, choice, choice ? choice->hosts : std::vector<dns::Mx>{{0, domain}}, facts);
  if (choice) facts.misplaced = lookup_misplaced(survey, *choice, facts.hosts);
  facts.reference = probe_reference(survey, facts.hosts);
  if (self_test.valid()) facts.self_test = self_test.get();
  return facts;
}

}  // namespace

DomainFacts survey_domain(const Sources& sources, const DomainName& domain,
                          const SurveyOptions& options) {
  return survey_all(sources, domain, options, true);
}

DomainFacts survey_host(const Sources& sources, const DomainName& host,
                        const SurveyOptions& options) {
  return survey_all(sources, host, options, false);
}

}  // namespace dane::smtp
