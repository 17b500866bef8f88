/// \file  The DNS questions of a survey.  RFC 7672 section 2.2.2: addresses first, TLSA only when
/// they are secure.
#include <algorithm>
#include <utility>

#include "dane/core/parallel.hpp"

#include "libdane/smtp/survey_parts.hpp"

namespace dane::smtp {
namespace {

using dns::RecordType;

void lookup_addresses(const Survey& survey, HostFacts& host) {
  std::vector<RecordType> types;
  if (survey.options.ipv4) types.push_back(RecordType::a);
  if (survey.options.ipv6) types.push_back(RecordType::aaaa);
  auto outcomes = map_concurrently(types, types.size(), [&](RecordType type) {
    return survey.sources.dns.lookup({host.name, type}, survey.options.deadline);
  });
  for (std::size_t i = 0; i < types.size(); ++i) {
    (types[i] == RecordType::a ? host.ipv4 : host.ipv6) = std::move(outcomes[i]);
  }
}

/// In order, until there are secure records or a lookup fails.  RFC 7672 section 2.2.3
void lookup_tlsa(const Survey& survey, const AskTlsa& ask, HostFacts& host) {
  for (const auto& base : ask.bases) {
    const auto owner = tlsa::owner_name(host.port, "tcp", base);
    if (!owner) continue;  // too long to exist, see judge_host()
    host.tlsa.push_back(
        {base, *owner,
         survey.sources.dns.lookup({*owner, RecordType::tlsa}, survey.options.deadline)});
    const bool ask_next = std::visit(
        overloaded{
            [](const Found<dns::Answer>& found) { return found.security != Security::secure; },
            [](const Absent&) { return true; }, [](const Failed&) { return false; }},
        host.tlsa.back().outcome);
    if (!ask_next) return;
  }
}

}  // namespace

HostFacts lookup_host(const Survey& survey, const dns::Mx& mx) {
  HostFacts host;
  host.name = mx.exchange;
  host.preference = mx.preference;
  host.port = survey.options.port;
  host.protocol = survey.options.protocol;
  lookup_addresses(survey, host);
  auto plan = plan_tlsa(host);
  if (std::holds_alternative<NeedAlias>(plan)) {
    host.alias = survey.sources.dns.lookup({host.name, RecordType::cname}, survey.options.deadline);
    plan = plan_tlsa(host);
  }
  if (const auto* ask = std::get_if<AskTlsa>(&plan)) lookup_tlsa(survey, *ask, host);
  return host;
}

std::optional<TlsaFacts> lookup_misplaced(const Survey& survey, const MxChoice& choice,
                                          const std::vector<HostFacts>& hosts) {
  if (choice.route != MailRoute::mx || survey.options.max_hosts < choice.hosts.size())
    return std::nullopt;
  for (const auto& host : hosts) {
    if (host.name == survey.domain) return std::nullopt;
    // Hosts with records, and hosts of which that is not known, leave nothing to explain.
    const auto applicability = judge_host(survey.domain, choice, host).applicability;
    if (applicability == Applicability::dane || applicability == Applicability::lookup_failed)
      return std::nullopt;
    for (const auto& tlsa : host.tlsa) {
      if (std::holds_alternative<Found<dns::Answer>>(tlsa.outcome)) return std::nullopt;
    }
  }
  const auto owner = tlsa::owner_name(survey.options.port, "tcp", survey.domain);
  if (!owner) return std::nullopt;
  return TlsaFacts{survey.domain, *owner,
                   survey.sources.dns.lookup({*owner, RecordType::tlsa}, survey.options.deadline)};
}

dns::LookupOutcome lookup_self_test(const Survey& survey) {
  return survey.sources.dns.lookup({DomainName(), RecordType::soa}, survey.options.deadline);
}

}  // namespace dane::smtp
