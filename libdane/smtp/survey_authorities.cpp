/// \file  What each authoritative server has at the TLSA owner: servers may lag behind.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "dane/core/parallel.hpp"

#include "libdane/smtp/survey_parts.hpp"

namespace dane::smtp {
namespace {

using dns::RecordType;
using FoundAnswer = Found<dns::Answer>;

constexpr std::size_t max_servers = 64;  ///< addresses of one zone's servers

/// One name to ask all servers of its zone for.
struct Errand {
  DomainName owner;
  std::vector<dns::Signature> signatures;  ///< of the resolver's answer: the signer is the zone
  /// Set: the owner is an alias of this name, and servers are asked for the CNAME only.
  std::optional<DomainName> target;
};

struct Server {
  DomainName name;
  Endpoint endpoint;
};

dns::LookupOutcome lookup(const Survey& survey, const DomainName& name, RecordType type) {
  return survey.sources.dns.lookup({name, type}, survey.options.deadline);
}

/// The lookup that decides: the one that found records, else the first.
const TlsaFacts* deciding_lookup(const HostFacts& host) {
  const auto found = std::find_if(host.tlsa.begin(), host.tlsa.end(), [](const TlsaFacts& t) {
    return std::holds_alternative<FoundAnswer>(t.outcome);
  });
  if (found != host.tlsa.end()) return &*found;
  return host.tlsa.empty() ? nullptr : &host.tlsa.front();
}

std::vector<Errand> errands_for(const HostFacts& host) {
  const auto* tlsa = deciding_lookup(host);
  if (!tlsa) return {};
  const auto* found = std::get_if<FoundAnswer>(&tlsa->outcome);
  if (!found) return {{tlsa->owner, {}, {}}};
  const auto& answer = found->value;
  if (answer.aliases.empty()) return {{tlsa->owner, answer.signatures, {}}};
  return {{tlsa->owner, answer.signatures, answer.aliases.front().target},
          {answer.canonical_name, answer.signatures, {}}};
}

/// The zone that holds `errand.owner`: the signer of its records, else the closest name upwards
/// with NS records of its own.
Result<DomainName> find_zone(const Survey& survey, const Errand& errand) {
  const auto type = errand.target ? RecordType::cname : RecordType::tlsa;
  for (const auto& signature : errand.signatures) {
    if (signature.owner == errand.owner && signature.covered == type &&
        errand.owner.is_within(signature.signer)) {
      return signature.signer;
    }
  }
  for (auto name = errand.owner; !name.is_root(); name = name.parent()) {
    const auto outcome = lookup(survey, name, RecordType::ns);
    if (const auto* failed = std::get_if<Failed>(&outcome)) {
      return fail("zone-unknown", fmt::format("the NS lookup failed ({})", to_string(failed->kind)),
                  name.to_string());
    }
    const auto* found = std::get_if<FoundAnswer>(&outcome);
    if (found && found->value.aliases.empty()) return name;
  }
  return fail("zone-unknown", "no zone above it has NS records", errand.owner.to_string());
}

AuthorityFacts not_asked(const Errand& errand, DomainName server, std::string what,
                         std::string where) {
  return {std::move(server),
          {},
          errand.owner,
          Failed{FailureKind::local, std::move(what), std::move(where), {}}};
}

/// Addresses of one name server; when there is none, why, in `facts`.
std::vector<Server> find_addresses(const Survey& survey, const Errand& errand,
                                   const DomainName& name, std::vector<AuthorityFacts>& facts) {
  HostFacts host;
  std::string failures;
  const auto ask = [&](RecordType type) {
    auto outcome = lookup(survey, name, type);
    if (const auto* failed = std::get_if<Failed>(&outcome)) {
      failures += fmt::format("{}the {} lookup failed ({})", failures.empty() ? "" : "; ",
                              to_string(type), to_string(failed->kind));
    }
    return outcome;
  };
  if (survey.options.ipv4) host.ipv4 = ask(RecordType::a);
  if (survey.options.ipv6) host.ipv6 = ask(RecordType::aaaa);
  std::vector<Server> servers;
  for (const auto& address : addresses_of(host)) {
    servers.push_back({name, {address, survey.options.authority_port}});
  }
  if (servers.empty()) {
    facts.push_back(not_asked(errand, name,
                              failures.empty() ? "the name server has no address" : failures,
                              name.to_string()));
  }
  return servers;
}

std::vector<Server> find_servers(const Survey& survey, const Errand& errand,
                                 std::vector<AuthorityFacts>& facts) {
  const auto zone = find_zone(survey, errand);
  if (!zone) {
    facts.push_back(not_asked(errand, {}, zone.error().what, zone.error().where));
    return {};
  }
  const auto outcome = lookup(survey, *zone, RecordType::ns);
  std::vector<DomainName> names;
  if (const auto* found = std::get_if<FoundAnswer>(&outcome)) {
    for (const auto& rdata : found->value.rdata) {
      if (auto name = dns::decode_name(rdata)) names.push_back(std::move(*name));
    }
  }
  if (names.empty()) {
    const auto* failed = std::get_if<Failed>(&outcome);
    facts.push_back(
        not_asked(errand, {},
                  failed ? fmt::format("the NS lookup failed ({})", to_string(failed->kind))
                         : "the zone shows no name server",
                  zone->to_string()));
    return {};
  }
  std::sort(names.begin(), names.end());
  struct OneName {
    std::vector<Server> servers;
    std::vector<AuthorityFacts> facts;
  };
  const auto found = map_concurrently(names, max_servers_at_once, [&](const DomainName& name) {
    OneName one;
    one.servers = find_addresses(survey, errand, name, one.facts);
    return one;
  });
  std::vector<Server> servers;
  for (const auto& one : found) {
    servers.insert(servers.end(), one.servers.begin(), one.servers.end());
    facts.insert(facts.end(), one.facts.begin(), one.facts.end());
  }
  return servers;
}

/// \return nothing when the server has the alias that the resolver followed: the records
/// themselves are asked for at the target's servers.
std::optional<dns::LookupOutcome> query_alias(const Survey& survey, const Errand& errand,
                                              const Server& server) {
  auto outcome = survey.sources.authorities.query(
      server.endpoint, {errand.owner, RecordType::cname}, survey.options.deadline);
  if (std::holds_alternative<Failed>(outcome)) return outcome;
  if (const auto* found = std::get_if<FoundAnswer>(&outcome)) {
    for (const auto& rdata : found->value.rdata) {
      const auto target = dns::decode_name(rdata);
      if (target && *target == *errand.target) return std::nullopt;
    }
  }
  return Failed{FailureKind::disagreement,
                fmt::format("the server does not have the alias to {} that the resolver followed",
                            errand.target->to_string()),
                errand.owner.to_string(),
                {}};
}

std::vector<AuthorityFacts> run_errand(const Survey& survey, const Errand& errand) {
  std::vector<AuthorityFacts> facts;
  std::vector<Server> servers;
  if (survey.options.authority_servers.empty()) {
    servers = find_servers(survey, errand, facts);
  } else {
    for (const auto& endpoint : survey.options.authority_servers) servers.push_back({{}, endpoint});
  }
  if (servers.size() > max_servers) {
    facts.push_back(not_asked(
        errand, {},
        fmt::format("{} more name server addresses were not asked", servers.size() - max_servers),
        {}));
    servers.resize(max_servers);
  }
  const auto answers = map_concurrently(
      servers, max_servers_at_once, [&](const Server& server) -> std::optional<dns::LookupOutcome> {
        if (errand.target) return query_alias(survey, errand, server);
        return survey.sources.authorities.query(server.endpoint, {errand.owner, RecordType::tlsa},
                                                survey.options.deadline);
      });
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (answers[i])
      facts.push_back({servers[i].name, servers[i].endpoint, errand.owner, *answers[i]});
  }
  return facts;
}

}  // namespace

std::vector<AuthorityFacts> query_authorities(const Survey& survey, const HostFacts& host) {
  const auto errands = errands_for(host);
  const auto views = map_concurrently(
      errands, errands.size(), [&](const Errand& errand) { return run_errand(survey, errand); });
  std::vector<AuthorityFacts> all;
  for (const auto& view : views) all.insert(all.end(), view.begin(), view.end());
  return all;
}

}  // namespace dane::smtp
