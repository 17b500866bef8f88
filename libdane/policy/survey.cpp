#include "dane/policy/survey.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dane/core/parallel.hpp"
#include "dane/verify/verify.hpp"

#include "libdane/policy/connection_facts.hpp"
#include "libdane/policy/dane_facts.hpp"
#include "libdane/policy/hosts.hpp"
#include "libdane/policy/name_service.hpp"
#include "libdane/policy/offer.hpp"
#include "libdane/policy/shared_probes.hpp"
#include "libdane/postfix/default_port.hpp"
#include "libdane/postfix/ehlo_keywords.hpp"
#include "libdane/postfix/log_lines.hpp"

namespace dane::policy {

namespace {

constexpr std::size_t addresses_at_once = 8;

/// One connection to be made.
struct Attempt {
  const Host* host = nullptr;
  IpAddress address;
  postfix::EffectivePolicy policy;
  bool connects = true;  ///< false: the policy refuses the host
  bool is_last = false;
  bool beyond_limit = false;
};

struct NextHops {
  std::string parameter;  ///< empty: there are none
  std::string hosts;
};

std::optional<bool> authenticates(const smtp::HostPolicy& policy, const x509::Chain& chain,
                                  TimePoint at) {
  if (policy.applicability != smtp::Applicability::dane || chain.empty()) return std::nullopt;
  const auto verification = verify::judge_chain(
      {chain, policy.records, policy.references, tlsa::Profile::smtp, false, {}, at});
  if (verification.verdict == verify::Verdict::unusable) return std::nullopt;
  return verification.verdict == verify::Verdict::authenticated;
}

bool is_verified(const JudgedServer& server) {
  return server.session.log_word == postfix::LogWord::verified;
}

void append(std::vector<std::string>& lines, const std::vector<std::string>& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

}  // namespace

struct Survey::Impl {
  const Sources& sources;
  const Context& context;
  const Tables& tables;
  SurveyOptions options;
  SharedProbes probes;

  Impl(const Sources& s, const Context& c, const Tables& t, SurveyOptions o)
      : sources(s), context(c), tables(t), options(std::move(o)), probes(s.tls) {}

  /// smtp_tls_per_site is asked for each host too; a policy table never is.
  postfix::SiteChoice site_of(const JudgedDestination& judged, const Host& host) const {
    if (!context.settings.policy_maps.empty() || context.settings.per_site.empty())
      return judged.site;
    return choose_site(judged.destination, host.name);
  }

  [[nodiscard]] postfix::SiteChoice choose_site(const postfix::Destination& destination,
                                                const std::string& hostname) const {
    return postfix::choose_site_policy(destination, hostname, context.settings, tables.policy_maps,
                                       tables.per_site, options.tls_required_no);
  }

  [[nodiscard]] postfix::TrustAnchors anchors_of(const postfix::SiteChoice& site) const {
    const auto& files = site.entry.tafiles;
    return tables.anchors(
        files.empty() ? postfix::split_list(context.settings.trust_anchor_file, false) : files);
  }

  /// smtp(8) sets up TLS when it starts, if there is any use for it, and opens its tables then.
  [[nodiscard]] std::vector<std::string> opening(const postfix::SiteChoice& site) const {
    const auto& s = context.settings;
    const bool uses_tls = postfix::global_level(s).level > postfix::Level::none ||
                          !s.policy_maps.empty() || !s.per_site.empty();
    auto lines = uses_tls ? context.cas.log_lines : std::vector<std::string>();
    append(lines, site.opening);
    return lines;
  }

  /// A file of trust anchors that Postfix may read and this program does not.
  void check_anchors(postfix::SiteChoice& site) const {
    if (site.fault || !postfix::is_pkix(site.level)) return;
    const auto anchors = anchors_of(site);
    if (anchors.unknown.empty()) return;
    site.unknown = true;
    site.fault = postfix::EntryFault{anchors.unknown, {}, false, {}};
  }

  std::vector<Attempt> plan(const JudgedDestination& judged, const Hosts& hosts) const {
    const auto anchors = anchors_of(judged.site);
    std::vector<postfix::EffectivePolicy> policies;
    for (const auto& host : hosts.list)
      policies.push_back(postfix::effective_policy(
          site_of(judged, host), judged.destination, host.name, context.settings,
          context.resolver_sets_ad ? host.dane : without_ad(host.dane), anchors));
    std::vector<Attempt> attempts;
    // Postfix asks for the policy at each address, and counts each, whatever the answer.
    const auto add = [&](const postfix::Candidate& candidate, bool beyond_limit) {
      const auto& policy = policies[candidate.host];
      attempts.push_back({&hosts.list[candidate.host], candidate.address, policy,
                          std::holds_alternative<postfix::Usable>(policy.outcome), false,
                          beyond_limit});
    };
    for (const auto& candidate : hosts.attempts.tried) add(candidate, false);
    if (!attempts.empty()) attempts.back().is_last = !has_next(hosts, judged.destination);
    for (const auto& candidate : hosts.attempts.never) add(candidate, true);
    return attempts;
  }

  probe::ProbeResult connect(const Attempt& attempt, const postfix::Destination& destination,
                             const postfix::Usable& usable) {
    probe::ProbeRequest request;
    request.endpoint = {attempt.address, destination.port};
    request.protocol =
        context.settings.wrappermode ? probe::Protocol::implicit : probe::Protocol::smtp;
    if (const auto host = DomainName::parse(attempt.host->name)) request.host = *host;
    request.server_name = server_name(usable);
    request.tls = offer_for(usable, context.settings);
    return probes.probe(request, options.deadline);
  }

  JudgedServer judge(const Attempt& attempt, const JudgedDestination& judged) {
    JudgedServer server;
    server.hostname = attempt.host->name;
    server.policy = attempt.policy;
    server.beyond_limit = attempt.beyond_limit;
    const auto address = attempt.connects ? attempt.address.to_string() : "";
    postfix::ConnectionFacts facts = postfix::NotReached{};
    std::string greeting;
    if (attempt.connects) {
      const auto seen =
          connect(attempt, judged.destination, std::get<postfix::Usable>(attempt.policy.outcome));
      facts = connection_facts(seen, {server.hostname, address, judged.destination.port,
                                      context.settings.skip_5xx_greeting});
      greeting = greeting_of(seen);
      // Which workarounds the table has for the address is not looked up.
      const bool by_table = !context.settings.pix_workaround_maps.empty() &&
                            !context.settings.wrappermode && postfix::looks_like_pix(greeting);
      if (by_table) facts = postfix::NotKnown{};
      server.untestable = by_table || says_nothing_of_the_server(seen);
      if (const auto* const presented = std::get_if<probe::Presented>(&seen.outcome)) {
        server.chain = presented->chain;
        server.tls = presented->tls_version;
        server.cipher = presented->cipher;
      }
    }
    server.session = postfix::judge_session(
        {judged.destination, server.hostname, address, judged.destination.port, server.policy,
         context.settings, context.cas, facts, context.at, "user", greeting, attempt.is_last});
    return server;
  }

  x509::Chain chain_by(const Attempt& attempt, const postfix::Destination& destination,
                       const postfix::Usable& usable) {
    const auto seen = connect(attempt, destination, usable);
    const auto* const presented = std::get_if<probe::Presented>(&seen.outcome);
    return presented ? presented->chain : x509::Chain();
  }

  /// A handshake that succeeds by the present policy says little of one by a stronger policy, or
  /// with another server name: what may be suggested is asked for.  SharedProbes asks no question
  /// twice.
  void ask_stronger(const Attempt& attempt, const JudgedDestination& judged, bool may_suggest,
                    JudgedServer& server) {
    const bool has_tls =
        !server.chain.empty() || server.session.end == postfix::SessionEnd::handshake_failed;
    if (!has_tls) return;
    const auto& destination = judged.destination;
    auto usable = policy_to_suggest(judged.site, destination, server.hostname, context.settings);
    if (!usable) return;
    if (may_suggest) {
      server.secure_chain = chain_by(attempt, destination, *usable);
      if (postfix::features_of(context.settings.version).servername) {
        usable->sni = server.hostname;
        server.hostname_chain = chain_by(attempt, destination, *usable);
      }
    }
    const auto& dane = attempt.host->policy;
    if (dane.applicability != smtp::Applicability::dane) return;
    usable->sni = dane.base.to_string();
    server.dane_authenticates =
        authenticates(dane, chain_by(attempt, destination, *usable), context.at);
  }

  /// A setting with which smtp(8) ends, at its start or at the port of this destination.
  bool ends_before_it_delivers(const postfix::Destination& asked, JudgedDestination& judged) const {
    auto port_fault = postfix::default_port_fault(asked, context.settings);
    if (!port_fault && !postfix::never_starts(context.settings)) return false;
    auto settings = context.settings;
    if (port_fault && settings.last_words.empty()) settings.last_words = std::move(*port_fault);
    judged.site = postfix::choose_site_policy(judged.destination, {}, settings, {}, {}, false);
    judged.log_lines = judged.site.warnings;
    judged.outcome.delivery = postfix::Delivery::deferred;
    return true;
  }

  [[nodiscard]] bool publishes_mta_sts(const postfix::Destination& destination) const {
    const auto domain = DomainName::parse(destination.domain);
    if (!domain || !destination.mx_lookup) return false;
    const auto owner = domain->prepend("_mta-sts");
    if (!owner) return false;
    const auto answer = sources.dns.lookup({*owner, dns::RecordType::txt}, options.deadline);
    const auto* const found = std::get_if<Found<dns::Answer>>(&answer);
    return found != nullptr && std::ranges::any_of(found->value.rdata, [](const Bytes& rdata) {
             const auto text = dns::decode_txt(rdata);
             return text && text->starts_with("v=STSv1");
           });
  }

  /// Where mail goes that this next-hop does not take: the next ones in a list, or the fallback.
  [[nodiscard]] NextHops next_of(const postfix::Destination& destination) const {
    const auto& settings = context.settings;
    const auto relays = relay_hosts(settings);
    const auto here = std::ranges::find(relays, destination.text);
    if (here != relays.end() && here + 1 != relays.end())
      return {"relayhost", fmt::format("{}", fmt::join(here + 1, relays.end(), ", "))};
    if (settings.fallback_relay.empty()) return {};
    return {"smtp_fallback_relay", settings.fallback_relay};
  }

  /// Mail that this machine is an MX host for stays here.
  [[nodiscard]] bool has_next(const Hosts& hosts, const postfix::Destination& destination) const {
    return !hosts.is_own_host && !next_of(destination).parameter.empty();
  }

  void find_next(const Hosts& hosts, JudgedDestination& judged) const {
    const auto delivery = judged.outcome.delivery;
    const bool is_left = hosts.fault || delivery == postfix::Delivery::deferred ||
                         delivery == postfix::Delivery::skipped;
    if (!is_left || !has_next(hosts, judged.destination)) return;
    auto next = next_of(judged.destination);
    judged.goes_on_by = std::move(next.parameter);
    judged.goes_on_to = std::move(next.hosts);
  }

  void no_route(const RouteFault& fault, JudgedDestination& judged) const {
    judged.no_route = fault.kind;
    judged.lookup_failed = fault.failed;
    auto& outcome = judged.outcome;
    if (fault.kind == NoRoute::loops_back && !context.settings.best_mx_transport.empty()) {
      judged.handed_to = context.settings.best_mx_transport;
      outcome = {postfix::Delivery::delivered, {}, {}, 0};
      return;
    }
    outcome.dsn = fault.dsn;
    outcome.text = fault.text;
    outcome.delivery =
        outcome.dsn.starts_with('5') ? postfix::Delivery::bounced : postfix::Delivery::deferred;
    if (!judged.goes_on_to.empty()) return;
    // What looks like a mistake in main.cf costs no mail.
    if (fault.dsn.starts_with('5') && judged.destination.text == context.settings.relayhost) {
      judged.log_lines.emplace_back("warning: relayhost configuration problem");
      outcome.dsn = "4.3.5";
      outcome.delivery = postfix::Delivery::deferred;
    }
    judged.log_lines.push_back(
        postfix::delivery_line({"user@" + judged.destination.domain, "none", "unknown?",
                                outcome.dsn, outcome.text, outcome.delivery},
                               postfix::features_of(context.settings.version)));
  }

  void judge_hosts(const Hosts& hosts, JudgedDestination& judged) {
    const auto attempts = plan(judged, hosts);
    judged.servers = map_concurrently(attempts, addresses_at_once, [&](const Attempt& attempt) {
      return judge(attempt, judged);
    });
    const bool may_suggest = !std::ranges::all_of(judged.servers, is_verified);
    std::vector<std::size_t> indices(attempts.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    judged.servers = map_concurrently(indices, addresses_at_once, [&](std::size_t i) {
      auto server = judged.servers[i];
      ask_stronger(attempts[i], judged, may_suggest, server);
      return server;
    });
    std::vector<postfix::Session> sessions;
    for (const auto& server : judged.servers)
      if (!server.beyond_limit) sessions.push_back(server.session);
    judged.outcome = postfix::deliver(sessions);
    judged.unreached =
        !judged.servers.empty() && std::ranges::all_of(judged.servers, &JudgedServer::untestable);
  }
};

Survey::Survey(const Sources& sources, const Context& context, const Tables& tables,
               SurveyOptions options)
    : impl_(std::make_unique<Impl>(sources, context, tables, std::move(options))) {}

Survey::~Survey() = default;

JudgedDestination Survey::check(const postfix::Destination& asked) {
  JudgedDestination judged;
  judged.destination = postfix::with_default_port(asked, impl_->context.settings.smtp_tcp_port);
  const auto& destination = judged.destination;
  judged.sts_patterns = impl_->options.sts_patterns;
  if (impl_->ends_before_it_delivers(asked, judged)) return judged;
  const auto hosts = find_hosts(impl_->sources, impl_->context, impl_->options, destination);
  judged.mx_secure = hosts.mx_secure;
  judged.hosts_cut = hosts.hosts_cut;
  judged.names_left_out = hosts.names_left_out;
  judged.is_own_host = hosts.is_own_host;
  judged.dane = hosts.offer;
  // Only smtp_tls_per_site asks for the host, and then for each one; the first stands for them
  // here.
  const auto first_host = hosts.list.empty() ? destination.domain : hosts.list.front().name;
  judged.site = postfix::choose_site_policy(destination, first_host, impl_->context.settings,
                                            impl_->tables.policy_maps, impl_->tables.per_site,
                                            impl_->options.tls_required_no);
  judged.log_lines = impl_->opening(judged.site);
  if (!impl_->context.resolver_sets_ad && !destination.is_address)
    append(judged.log_lines, probe_warnings(impl_->context.settings));
  append(judged.log_lines, hosts.warnings);
  if (hosts.fault) {
    impl_->find_next(hosts, judged);
    impl_->no_route(*hosts.fault, judged);
    return judged;
  }
  impl_->check_anchors(judged.site);
  for (const auto& host : hosts.list)
    if (host.addresses.empty())
      (host.no_address && host.no_address->failed ? judged.address_not_known
                                                  : judged.without_address)
          .push_back(host.name);
  impl_->judge_hosts(hosts, judged);
  impl_->find_next(hosts, judged);
  const bool verified = std::ranges::any_of(judged.servers, is_verified);
  if (!verified && judged.dane != DaneOffer::all)
    judged.publishes_mta_sts = impl_->publishes_mta_sts(destination);
  return judged;
}

}  // namespace dane::policy
