#include "tools/tls-policy-check/offline.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/ip_address.hpp"
#include "dane/core/text.hpp"
#include "dane/postfix/protocols.hpp"
#include "dane/postfix/trust.hpp"
#include "dane/tlsa/record.hpp"
#include "dane/verify/verify.hpp"

#include "tools/common/name_argument.hpp"
#include "tools/common/offline.hpp"
#include "tools/common/usage.hpp"
#include "tools/tls-policy-check/configuration.hpp"
#include "tools/tls-policy-check/sts_policy.hpp"

namespace dane::tools::tls_policy_check {

namespace {

Result<void> refuse_contradictions(const Arguments& a) {
  constexpr auto offline = "--nexthop, --mx and --chain, which judge offline";
  if (const auto fine = refuse_network_options(offline, a.common); !fine) return fine;
  return refuse_beside(offline,
                       {{!a.nexthops.empty(), "a next-hop without an option"},
                        {a.config_dir.has_value(), "--config-dir"},
                        {a.policy_table.has_value(), "--policy-table"},
                        {a.service.has_value(), "--service"},
                        {a.without_postfix, "--without-postfix"},
                        {a.only_ipv4, "-4"},
                        {a.only_ipv6, "-6"},
                        {a.tls_required_no, "--tls-required-no"}},
                       "leave out one or the other");
}

Result<void> refuse_incomplete(const Arguments& a) {
  if (!a.nexthop)
    return usage_error(
        "--nexthop is missing",
        "give the next-hop as the table has it: example.com or '[mx.example.com]:587'");
  if (!a.mx) return usage_error("--mx is missing", "give the name of the MX host");
  if (const auto fine = refuse_missing_chain(a.chain); !fine) return fine;
  if (a.level && a.entry)
    return usage_error("--entry contradicts --level", "the entry begins with its level");
  if (!a.level && !a.entry)
    return usage_error("--level is missing",
                       "give the level of the policy, for example --level secure");
  if (a.entry && !a.match.empty())
    return usage_error("--match contradicts --entry", "write match= into the entry");
  return refuse_many_records(a.tlsa);
}

/// Patterns of --match, split as the table would split them.
Result<std::vector<std::string>> split_match(const std::vector<std::string>& values,
                                             char separator) {
  std::vector<std::string> out;
  for (const auto& value : values) {
    if (value.empty())
      return usage_error("--match: the value is empty", "give a pattern, or leave the option out");
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(separator), rest.size());
      if (end > 0) out.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

Result<postfix::PolicyEntry> entry_of_options(const Arguments& a, const postfix::Version& version) {
  postfix::PolicyEntry entry;
  const auto level = postfix::parse_level(*a.level, postfix::features_of(version).dane);
  if (!level)
    return usage_error(fmt::format("--level: '{}' is no level of Postfix {}", shown(*a.level),
                                   version.to_string()),
                       "use none, may, encrypt, fingerprint, dane, dane-only, verify or secure");
  entry.level = *level;
  const bool fingerprints = *level == postfix::Level::fingerprint;
  if (!a.match.empty() && !fingerprints && !postfix::is_pkix(*level))
    return usage_error(
        fmt::format("--match: Postfix compares no names at level {}", *a.level),
        "it is for fingerprint, verify and secure; an entry with it would be refused");
  auto match = split_match(a.match, fingerprints ? '|' : ':');
  if (!match) return tl::unexpected(match.error());
  entry.has_match = !a.match.empty();
  entry.match = std::move(*match);
  return entry;
}

/// What the command line says in the place of a table.
Result<postfix::SiteChoice> choose_site(const Arguments& a, const std::string& mx,
                                        const postfix::Settings& settings) {
  postfix::SiteChoice site;
  if (a.entry) {
    // As a table of this one row would have it, with Postfix's own words for what is wrong.
    const postfix::TableLookup lookup = [&](const std::string& key) -> postfix::TableAnswer {
      postfix::TableRow row{key, *a.entry, "", 0};
      return postfix::TableHit{std::move(row), "smtp_tls_policy_maps"};
    };
    auto with_table = settings;
    with_table.policy_maps = "static:entry";
    const auto destination = postfix::parse_destination(*a.nexthop);
    if (!destination) return tl::unexpected(destination.error());
    site = postfix::choose_site_policy(*destination, mx, with_table, lookup, {}, false);
    site.source = postfix::LevelSource::command_line;
    return site;
  }
  auto entry = entry_of_options(a, settings.version);
  if (!entry) return tl::unexpected(entry.error());
  site.level = entry->level;
  site.entry = std::move(*entry);
  site.source = postfix::LevelSource::command_line;
  site.parameter = "--level";
  return site;
}

/// \param owner  where Postfix looks for them.
Result<std::vector<tlsa::Record>> read_records(const Arguments& a, const std::string& owner) {
  std::vector<tlsa::Record> records;
  for (const auto& text : a.tlsa) {
    auto read = parse_record_argument(text);
    if (!read) return tl::unexpected(read.error());
    if (read->owner && read->owner_ends_with_dot && read->owner->to_string() != owner)
      return usage_error(fmt::format("--tlsa: the record is of {}, and Postfix looks at {}",
                                     read->owner->to_string(), owner),
                         "give the records of the host and port that Postfix connects to");
    records.push_back(std::move(read->record));
  }
  return records;
}

/// As DNS has it; an address literal as it is.
Result<std::string> parse_mx(const std::string& text) {
  const auto host = parse_name_argument(text, "--mx", NameFor::host);
  if (host) return host->to_string();
  if (IpAddress::parse(text)) return text;
  return tl::unexpected(host.error());
}

Result<bool> mx_is_secure(const Arguments& a) {
  if (!a.mx_secure || *a.mx_secure == "yes") return true;
  if (*a.mx_secure == "no") return false;
  return usage_error(fmt::format("--mx-secure: '{}' is neither yes nor no", shown(*a.mx_secure)),
                     "is the MX RRset of the next-hop signed?");
}

Result<postfix::DaneFacts> dane_facts(const Arguments& a, const std::string& mx,
                                      const postfix::Destination& destination) {
  postfix::DaneFacts facts;
  const auto secure = mx_is_secure(a);
  if (!secure) return tl::unexpected(secure.error());
  facts.owner = fmt::format("_{}._tcp.{}", destination.port, mx);
  auto records = read_records(a, facts.owner);
  if (!records) return tl::unexpected(records.error());
  facts.mx_used = destination.mx_lookup;
  facts.mx_secure = *secure;
  facts.host_secure = true;
  facts.tlsa = records->empty() ? postfix::DaneFacts::Tlsa::none : postfix::DaneFacts::Tlsa::found;
  facts.records = std::move(*records);
  facts.base_domain = mx;
  facts.names = {mx};
  if (facts.mx_used) facts.names.push_back(destination.domain);
  return facts;
}

/// A session with this chain; none where the policy's own settings leave nothing to agree on.
postfix::ConnectionFacts connection(const policy::JudgedServer& server,
                                    const postfix::Settings& settings) {
  if (const auto* const usable = std::get_if<postfix::Usable>(&server.policy.outcome)) {
    const auto protocols = postfix::parse_protocols(usable->protocols, settings.version);
    if (protocols.valid && protocols.spoken().empty())
      return postfix::HandshakeFailed{"-1", {"no protocols available"}};
    if (usable->grade == "null" && postfix::requires_tls(usable->level))
      return postfix::HandshakeFailed{{}, {"no cipher match"}};
  }
  postfix::TlsFacts tls;
  tls.chain = server.chain;
  return tls;
}

/// Whether level dane would authenticate the chain; nothing without a usable record.
std::optional<bool> authenticates(const postfix::DaneFacts& dns, const x509::Chain& chain,
                                  TimePoint at) {
  if (dns.records.empty()) return std::nullopt;
  const auto verification =
      verify::judge_chain({chain, dns.records, dns.names, tlsa::Profile::smtp, false, {}, at});
  if (verification.verdict == verify::Verdict::unusable) return std::nullopt;
  return verification.verdict == verify::Verdict::authenticated;
}

policy::DaneOffer dane_offer(const postfix::DaneFacts& dns, const policy::JudgedServer& server) {
  if (dns.records.empty()) return policy::DaneOffer::unknown;  // none were given
  const bool signed_mx = dns.mx_secure || !dns.mx_used;
  return server.dane_authenticates && signed_mx ? policy::DaneOffer::all : policy::DaneOffer::none;
}

/// The settings that the command line knows; what is not said is Postfix's default.
Result<postfix::Settings> settings_of(const Arguments& a, const postfix::Version& version) {
  postfix::Assignments assignments;
  // Offline the question is what the policy would do, not whether main.cf is ready for DANE.
  assignments["smtp_dns_support_level"] = {"dnssec", {}, 0};
  assignments["smtp_tls_loglevel"] = {"1", {}, 0};  // as nearly everybody has it, who reads logs
  if (const auto& digest = a.fingerprint_digest) {
    if (postfix::fingerprint(ByteView(), *digest).empty())
      return usage_error(
          fmt::format("--fingerprint-digest: '{}' is no digest of OpenSSL", shown(*digest)),
          "give what postconf -h smtp_tls_fingerprint_digest says, such as sha256");
    assignments["smtp_tls_fingerprint_digest"] = {*digest, {}, 0};
  }
  return postfix::evaluate_settings(assignments, version).settings;
}

/// The row of a table that says the same.
policy::Configuration as_table(const Arguments& a, const postfix::Settings& settings,
                               const postfix::SiteChoice& site) {
  policy::Configuration out;
  out.version = settings.version;
  out.settings = settings;
  auto value = a.entry.value_or(a.level.value_or(""));
  const bool fingerprints = site.level == postfix::Level::fingerprint;
  for (std::size_t i = 0; !a.entry && i < site.entry.match.size(); ++i)
    value += (i == 0 ? " match=" : fingerprints ? "|" : ":") + site.entry.match[i];
  out.rows.push_back({*a.nexthop, std::move(value), {}, 0});
  return out;
}

policy::JudgedServer judge_server(const std::string& mx, const policy::Context& context,
                                  const policy::JudgedDestination& judged,
                                  const postfix::DaneFacts& dns,
                                  const postfix::TrustAnchors& anchors, x509::Chain chain) {
  policy::JudgedServer server;
  server.hostname = mx;
  server.chain = std::move(chain);
  server.policy = postfix::effective_policy(judged.site, judged.destination, mx, context.settings,
                                            dns, anchors);
  const auto facts = connection(server, context.settings);
  server.session = postfix::judge_session({judged.destination,
                                           mx,
                                           {},
                                           judged.destination.port,
                                           server.policy,
                                           context.settings,
                                           context.cas,
                                           facts,
                                           context.at});
  server.secure_chain = server.hostname_chain = server.chain;
  server.dane_authenticates = authenticates(dns, server.chain, context.at);
  return server;
}

}  // namespace

Result<OfflineCase> judge_offline(const Arguments& a, TimePoint at, Deadline deadline) {
  if (const auto fine = refuse_contradictions(a); !fine) return tl::unexpected(fine.error());
  if (const auto fine = refuse_incomplete(a); !fine) return tl::unexpected(fine.error());
  const auto version = postfix::parse_version(a.postfix_version.value_or(default_postfix_version));
  if (!version) return tl::unexpected(version.error());
  OfflineCase out;
  auto settings = settings_of(a, *version);
  if (!settings) return tl::unexpected(settings.error());
  out.context.settings = std::move(*settings);
  out.context.at = at;
  auto cas = given_cas(a, deadline);
  if (!cas) return tl::unexpected(cas.error());
  out.context.ca_known = cas->has_value();
  if (*cas) out.context.cas = std::move(**cas);

  auto destination = postfix::parse_destination(*a.nexthop);
  if (!destination) return tl::unexpected(destination.error());
  out.judged.destination = std::move(*destination);
  out.judged.offline = true;
  const auto mx = parse_mx(*a.mx);
  if (!mx) return tl::unexpected(mx.error());
  auto site = choose_site(a, *mx, out.context.settings);
  if (!site) return tl::unexpected(site.error());
  out.judged.site = std::move(*site);
  const auto dns = dane_facts(a, *mx, out.judged.destination);
  if (!dns) return tl::unexpected(dns.error());
  out.judged.mx_secure = dns->mx_secure;
  auto chain = read_chain(*a.chain, deadline);
  if (!chain) return tl::unexpected(chain.error());
  const auto patterns = read_sts_patterns(a.sts_policy, deadline);
  if (!patterns) return tl::unexpected(patterns.error());
  out.judged.sts_patterns = *patterns;
  const auto anchors = postfix::load_trust_anchors(out.judged.site.entry.tafiles, {}, *version);
  out.judged.servers.push_back(
      judge_server(*mx, out.context, out.judged, *dns, anchors, std::move(*chain)));
  out.judged.dane = dane_offer(*dns, out.judged.servers.front());
  out.table = as_table(a, out.context.settings, out.judged.site);
  out.judged.outcome = postfix::deliver({out.judged.servers.front().session});
  return out;
}

}  // namespace dane::tools::tls_policy_check
