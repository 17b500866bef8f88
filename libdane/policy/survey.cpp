#include "dane/policy/survey.hpp"

#include <algorithm>
#include <utility>

#include "dane/core/parallel.hpp"
#include "dane/postfix/protocols.hpp"
#include "dane/verify/verify.hpp"

#include "libdane/policy/connection_facts.hpp"
#include "libdane/policy/hosts.hpp"
#include "libdane/policy/shared_probes.hpp"
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

std::vector<probe::TlsVersion> versions_of(const postfix::ProtocolChoice& protocols) {
  std::vector<probe::TlsVersion> versions;
  for (const int version : protocols.spoken())
    versions.push_back(static_cast<probe::TlsVersion>(version));
  return versions;
}

/// The offer of a session under this policy; a sound one where the policy's own is not valid, to
/// see how far Postfix gets before it finds out.
probe::TlsOffer offer_for(const postfix::Usable& usable, const postfix::Settings& settings) {
  auto protocols = postfix::parse_protocols(usable.protocols, settings.version);
  if (!protocols.valid) protocols = {};
  auto ciphers = postfix::choose_ciphers(usable.grade, usable.exclusions, settings);
  if (!ciphers.openssl_list)
    ciphers = postfix::choose_ciphers(settings.mandatory_ciphers, {}, settings);
  probe::TlsOffer offer;
  offer.versions = versions_of(protocols);
  offer.ciphers = ciphers.openssl_list.value_or("DEFAULT");
  offer.security_level = postfix::requires_match(usable.level) ? 1 : 0;
  offer.allow_anonymous = !postfix::requires_match(usable.level);
  return offer;
}

std::optional<DomainName> server_name(const postfix::Usable& usable) {
  if (usable.sni.empty()) return std::nullopt;
  const auto name = DomainName::parse(usable.sni);
  return name ? std::optional(*name) : std::nullopt;
}

std::optional<bool> authenticates(const smtp::HostPolicy& policy, const x509::Chain& chain,
                                  TimePoint at) {
  if (policy.applicability != smtp::Applicability::dane || chain.empty()) return std::nullopt;
  const auto verification = verify::judge_chain(
      {chain, policy.records, policy.references, tlsa::Profile::smtp, false, {}, at});
  if (verification.verdict == verify::Verdict::unusable) return std::nullopt;
  return verification.verdict == verify::Verdict::authenticated;
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
    lines.insert(lines.end(), site.opening.begin(), site.opening.end());
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
    std::vector<Attempt> attempts;
    for (const auto& host : hosts.list) {
      const auto policy =
          postfix::effective_policy(site_of(judged, host), judged.destination, host.name,
                                    context.settings, host.dane, anchors);
      const bool connects = std::holds_alternative<postfix::Usable>(policy.outcome);
      if (host.addresses.empty()) continue;  // passed over in silence
      // Postfix asks for the policy at each address, and counts each, whatever the answer.
      for (const auto& address : host.addresses)
        attempts.push_back({&host, address, policy, connects});
    }
    mark_limit(attempts);
    return attempts;
  }

  void mark_limit(std::vector<Attempt>& attempts) const {
    const auto limit = context.settings.mx_address_limit;
    const auto tried =
        limit > 0 ? std::min(attempts.size(), static_cast<std::size_t>(limit)) : attempts.size();
    for (auto i = tried; i < attempts.size(); ++i) attempts[i].beyond_limit = true;
    if (tried > 0) attempts[tried - 1].is_last = true;
  }

  probe::ProbeResult connect(const Attempt& attempt, const postfix::Destination& destination) {
    const auto& usable = std::get<postfix::Usable>(attempt.policy.outcome);
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
    if (attempt.connects) {
      const auto seen = connect(attempt, judged.destination);
      facts = connection_facts(seen, {server.hostname, address, judged.destination.port});
      server.untestable = says_nothing_of_the_server(seen);
      if (const auto* const presented = std::get_if<probe::Presented>(&seen.outcome)) {
        server.chain = presented->chain;
        server.tls = presented->tls_version;
        server.cipher = presented->cipher;
        server.dane_authenticates = authenticates(attempt.host->policy, server.chain, context.at);
      }
    }
    server.session = postfix::judge_session(
        {judged.destination, server.hostname, address, judged.destination.port, server.policy,
         context.settings, context.cas, facts, context.at, "user", attempt.is_last});
    return server;
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

  void judge_hosts(const Hosts& hosts, JudgedDestination& judged) {
    const auto attempts = plan(judged, hosts);
    judged.servers = map_concurrently(attempts, addresses_at_once, [&](const Attempt& attempt) {
      return judge(attempt, judged);
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

JudgedDestination Survey::check(const postfix::Destination& destination) {
  JudgedDestination judged;
  judged.destination = destination;
  judged.sts_patterns = impl_->options.sts_patterns;
  if (postfix::never_starts(impl_->context.settings)) {
    judged.site =
        postfix::choose_site_policy(destination, {}, impl_->context.settings, {}, {}, false);
    judged.log_lines = judged.site.warnings;
    judged.outcome.delivery = postfix::Delivery::deferred;
    return judged;
  }
  const auto hosts =
      find_hosts(impl_->sources, impl_->context.settings, impl_->options, destination);
  judged.mx_secure = hosts.mx_secure;
  judged.dane = hosts.offer;
  // Only smtp_tls_per_site asks for the host, and then for each one; the first stands for them
  // here.
  const auto first_host = hosts.list.empty() ? destination.domain : hosts.list.front().name;
  judged.site = postfix::choose_site_policy(destination, first_host, impl_->context.settings,
                                            impl_->tables.policy_maps, impl_->tables.per_site,
                                            impl_->options.tls_required_no);
  if (hosts.fault) {
    judged.lookup_failed = hosts.fault->failed;
    judged.outcome.delivery = hosts.fault->dsn.starts_with('5') ? postfix::Delivery::bounced
                                                                : postfix::Delivery::deferred;
    judged.outcome.dsn = hosts.fault->dsn;
    judged.outcome.text = hosts.fault->text;
    judged.log_lines = hosts.warnings;
    judged.log_lines.push_back(
        postfix::delivery_line({"user@" + destination.domain, "none", "unknown?",
                                judged.outcome.dsn, judged.outcome.text, judged.outcome.delivery},
                               postfix::features_of(impl_->context.settings.version)));
    return judged;
  }
  impl_->check_anchors(judged.site);
  judged.log_lines = impl_->opening(judged.site);
  for (const auto& host : hosts.list)
    if (host.addresses.empty())
      (host.no_address && host.no_address->failed ? judged.address_not_known
                                                  : judged.without_address)
          .push_back(host.name);
  impl_->judge_hosts(hosts, judged);
  const bool verified = std::ranges::any_of(judged.servers, [](const JudgedServer& server) {
    return server.session.log_word == postfix::LogWord::verified;
  });
  if (!verified && judged.dane != DaneOffer::all)
    judged.publishes_mta_sts = impl_->publishes_mta_sts(destination);
  return judged;
}

}  // namespace dane::policy
