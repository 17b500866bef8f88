#include "world.hpp"

#include <algorithm>
#include <set>

#include "dane/postfix/peer.hpp"

namespace dane::test {

namespace {

const TimePoint now = at_date(2026, 6, 1);

postfix::Settings settings_of(const World& world) {
  postfix::Assignments assignments;
  for (const auto& [name, value] : world.main_cf)
    assignments[name] = {.value = value, .file = "/etc/postfix/main.cf", .line = 1};
  if (!world.entry.empty() || world.table_fails || world.table_is_not_read)
    assignments["smtp_tls_policy_maps"] = {"hash:/etc/postfix/tls_policy", {}, 0};
  return postfix::evaluate_settings(assignments, world.version).settings;
}

postfix::TableLookup lookup_of(const World& world) {
  return [&world](const std::string& key) -> postfix::TableAnswer {
    if (world.table_fails || world.table_is_not_read)
      return postfix::TableError{"connection refused", {}, {}, world.table_is_not_read};
    if (world.entry.empty() || key != world.key) return postfix::TableMiss{};
    return postfix::TableHit{{world.key, world.entry, "/etc/postfix/tls_policy", 7},
                             "smtp_tls_policy_maps"};
  };
}

std::optional<bool> dane_authenticates(const World& world, const ServerSpec& spec,
                                       const postfix::Settings& settings,
                                       const x509::Chain& chain) {
  if (spec.dns.records.empty() || chain.empty()) return {};
  postfix::CaCertificates none;
  const auto expected =
      postfix::expand_match(spec.dns.names, world.nexthop, spec.hostname, settings.version);
  return postfix::verify_peer({.chain = chain,
                               .level = postfix::Level::dane,
                               .cas = none,
                               .tlsa = spec.dns.records,
                               .expected = expected,
                               .base_domain = spec.dns.base_domain,
                               .at = now},
                              settings.version)
      .matched;
}

policy::JudgedServer judge_server(const World& world, const ServerSpec& spec,
                                  const policy::Context& context,
                                  const policy::JudgedDestination& judged) {
  policy::JudgedServer out;
  out.hostname = spec.hostname;
  out.policy = postfix::effective_policy(judged.site, judged.destination, spec.hostname,
                                         context.settings, spec.dns, world.anchors);
  out.session = postfix::judge_session({.destination = judged.destination,
                                        .hostname = spec.hostname,
                                        .address = spec.address,
                                        .policy = out.policy,
                                        .settings = context.settings,
                                        .cas = context.cas,
                                        .facts = spec.facts,
                                        .at = now,
                                        .greeting = spec.greeting});
  if (const auto* facts = std::get_if<postfix::TlsFacts>(&spec.facts)) out.chain = facts->chain;
  out.secure_chain = spec.secure_chain.value_or(out.chain);
  out.hostname_chain = spec.hostname_chain.value_or(out.secure_chain);
  out.dane_authenticates = dane_authenticates(world, spec, context.settings, out.chain);
  return out;
}

const Issued make_ca(const std::string& name) {
  return issue({.common_name = name, .is_ca = true});
}

}  // namespace

const Issued& public_ca() {
  static const auto ca = make_ca("Public CA");
  return ca;
}

const Issued& other_ca() {
  static const auto ca = make_ca("Other CA");
  return ca;
}

x509::Chain chain_of(const std::vector<std::string>& names, const Issued& ca) {
  const auto leaf = issue({.common_name = "ignored",
                           .dns_names = names,
                           .key = pooled_key(x509::KeyType::ecdsa, names.size())},
                          &ca);
  return {leaf.certificate, ca.certificate};
}

postfix::TlsFacts tls(const x509::Chain& chain) {
  return {.chain = chain,
          .protocol = "TLSv1.3",
          .cipher = "TLS_AES_256_GCM_SHA384",
          .used_bits = 256,
          .algorithm_bits = 256,
          .key_exchange = {},
          .signature = {},
          .digest = {}};
}

ServerSpec server_with(const std::vector<std::string>& names, const std::string& hostname) {
  ServerSpec spec;
  spec.hostname = hostname;
  spec.facts = tls(chain_of(names));
  return spec;
}

ServerSpec dane_server(const std::vector<std::string>& names, bool matches,
                       const std::string& hostname) {
  auto spec = server_with(names, hostname);
  const auto& leaf = std::get<postfix::TlsFacts>(spec.facts).chain.front();
  const auto other = issue({.common_name = "other"}).certificate;
  spec.dns.mx_secure = spec.dns.host_secure = true;
  spec.dns.tlsa = postfix::DaneFacts::Tlsa::found;
  spec.dns.records = {*tlsa::make_record(tlsa::CertificateUsage::dane_ee, tlsa::Selector::spki,
                                         tlsa::MatchingType::sha2_256, matches ? leaf : other)};
  spec.dns.base_domain = hostname;
  spec.dns.owner = "_25._tcp." + hostname;
  spec.dns.names = {hostname, "example.com"};
  return spec;
}

policy::Context context_of(const World& world) {
  policy::Context context;
  context.settings = settings_of(world);
  if (world.ca_configured) context.cas.trusted = {public_ca().certificate};
  context.cas.configured = world.ca_configured;
  context.ca_known = world.ca_known;
  context.at = now;
  context.routing = world.routing;
  return context;
}

policy::JudgedDestination judge(const World& world) {
  const auto context = context_of(world);
  policy::JudgedDestination judged;
  judged.destination = *postfix::parse_destination(world.nexthop);
  judged.site = postfix::choose_site_policy(
      judged.destination, world.servers.empty() ? world.nexthop : world.servers.front().hostname,
      context.settings, lookup_of(world), [](const std::string&) { return postfix::TableMiss{}; },
      false);
  std::vector<postfix::Session> sessions;
  for (const auto& spec : world.servers) {
    judged.servers.push_back(judge_server(world, spec, context, judged));
    sessions.push_back(judged.servers.back().session);
  }
  judged.outcome = postfix::deliver(sessions);
  judged.lookup_failed = world.lookup_failed;
  judged.unreached = world.unreached;
  judged.dane = world.dane;
  judged.mx_secure = world.mx_secure;
  judged.publishes_mta_sts = world.publishes_mta_sts;
  judged.sts_patterns = world.sts_patterns;
  judged.without_address = world.without_address;
  judged.names_left_out = world.names_left_out;
  judged.hosts_cut = world.hosts_cut;
  judged.is_own_host = world.is_own_host;
  judged.goes_on_to = world.goes_on_to;
  if (!world.goes_on_to.empty()) judged.goes_on_by = "smtp_fallback_relay";
  judged.no_route = world.no_route;
  if (world.no_route != policy::NoRoute::none)
    judged.outcome = {
        world.dsn.starts_with('5') ? postfix::Delivery::bounced : postfix::Delivery::deferred,
        world.dsn, world.text, 0};
  return judged;
}

report::PolicyReport report_on(const World& world) {
  report::PolicyReport report;
  policy::report_destination(report, judge(world), context_of(world));
  return report;
}

const Finding* find(const std::vector<Finding>& findings, const std::string& id) {
  const auto found = std::ranges::find(findings, id, &Finding::id);
  return found == findings.end() ? nullptr : &*found;
}

std::vector<std::string> serious(const std::vector<Finding>& findings) {
  std::set<std::string> ids;
  for (const auto& finding : findings) {
    if (finding.severity != Severity::note) ids.insert(finding.id);
  }
  return {ids.begin(), ids.end()};
}

policy::Configuration configuration(const std::string& main_cf, const std::string& table,
                                    postfix::Version version) {
  policy::Configuration out;
  out.folder = "/etc/postfix";
  out.version = version;
  auto read = postfix::parse_main_cf(main_cf, "/etc/postfix/main.cf");
  out.assignments = read.assignments;
  out.problems = read.problems;
  auto evaluated = postfix::evaluate_settings(out.assignments, version);
  out.settings = evaluated.settings;
  out.problems.insert(out.problems.end(), evaluated.problems.begin(), evaluated.problems.end());
  out.policy_maps = postfix::parse_map_names(out.settings.policy_maps);
  auto source = postfix::parse_table(table, "/etc/postfix/tls_policy", "hash");
  out.rows = source.rows;
  out.problems.insert(out.problems.end(), source.problems.begin(), source.problems.end());
  out.cas.trusted = {public_ca().certificate};
  out.cas.configured = true;
  return out;
}

}  // namespace dane::test
