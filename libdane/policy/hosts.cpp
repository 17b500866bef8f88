#include "libdane/policy/hosts.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/smtp/survey.hpp"

#include "libdane/policy/dane_facts.hpp"

namespace dane::policy {

namespace {

constexpr std::uint16_t port_of_loop_detection = 25;

smtp::SurveyOptions dns_options(const postfix::Settings& settings, const SurveyOptions& options,
                                std::uint16_t port) {
  smtp::SurveyOptions o;
  o.port = port;
  o.ipv4 = options.ipv4 && postfix::uses_family(settings, false);
  o.ipv6 = options.ipv6 && postfix::uses_family(settings, true);
  o.probe = false;
  o.max_hosts = options.max_hosts;
  o.max_addresses = options.max_addresses;
  o.deadline = options.deadline;
  return o;
}

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c > 0x7F; });
}

/// The name that the address records have, behind CNAME records.
std::string end_of_aliases(const smtp::HostFacts& host, const std::string& otherwise) {
  for (const auto* outcome : {&host.ipv4, &host.ipv6}) {
    if (!*outcome) continue;
    const auto* const found = std::get_if<Found<dns::Answer>>(&**outcome);
    if (found != nullptr && !found->value.aliases.empty())
      return found->value.canonical_name.to_string();
  }
  return otherwise;
}

/// By preference, then by name.  Records that cannot be decoded are left out.
std::vector<postfix::MxRecord> records_of(const dns::Answer& answer) {
  std::vector<dns::Mx> decoded;
  for (const auto& rdata : answer.rdata)
    if (auto mx = dns::decode_mx(rdata)) decoded.push_back(std::move(*mx));
  std::ranges::sort(decoded);
  std::vector<postfix::MxRecord> records;
  for (const auto& mx : decoded) records.push_back({mx.preference, mx.exchange.to_string()});
  return records;
}

class Finder {
 public:
  Finder(const Sources& sources, const Context& context, const SurveyOptions& options,
         const postfix::Destination& destination)
      : sources_(sources),
        context_(context),
        settings_(context.settings),
        options_(options),
        destination_(destination),
        lookup_(postfix::host_lookup(settings_)),
        dns_(dns_options(settings_, options, destination.port)) {}

  Hosts run() && {
    if (destination_.is_address)
      add_address(destination_.domain, 0);
    else if (const auto domain = DomainName::parse(destination_.domain))
      by_name(*domain);
    else
      out_.fault = {NoRoute::no_address, "5.4.4",
                    "unable to look up host " + destination_.domain + ": no valid name", false};
    order();
    // Without an MX step the name is the administrator's own word.
    std::vector<smtp::HostPolicy> policies;
    for (const auto& host : out_.list) policies.push_back(host.policy);
    if (!destination_.is_address)
      out_.offer = dane_offer(out_.mx_secure || !destination_.mx_lookup, policies);
    return std::move(out_);
  }

 private:
  // Where the hosts come from.

  void by_name(const DomainName& domain) {
    // The name with the letters that the table has: relay= shows it so.
    asked_ = is_ascii(destination_.domain) ? destination_.domain : domain.to_string();
    if (!destination_.mx_lookup || !lookup_.mx) return as_host(domain);
    const auto facts = smtp::survey_domain(sources_, domain, dns_);
    out_.hosts_cut = facts.hosts_cut;
    out_.mx_secure = smtp::choose_hosts(domain, *facts.mx).security == Security::secure;
    std::visit(overloaded{[&](const Found<dns::Answer>& found) { by_mx(domain, facts, found); },
                          [&](const Absent& absent) { without_mx(domain, facts, absent); },
                          [&](const Failed&) { mx_failed(domain, mx_not_answered(asked_)); }},
               *facts.mx);
  }

  void as_host(const DomainName& domain) {
    const auto facts = smtp::survey_host(sources_, domain, dns_);
    for (const auto& host : facts.hosts) add(domain, std::nullopt, host, {0, asked_});
  }

  void mx_failed(const DomainName& domain, RouteFault fault) {
    if (settings_.ignore_mx_lookup_error)
      as_host(domain);
    else
      out_.fault = std::move(fault);
  }

  void without_mx(const DomainName& domain, const smtp::DomainFacts& facts, const Absent& absent) {
    const auto choice = smtp::choose_hosts(domain, *facts.mx);
    for (const auto& host : facts.hosts) add(domain, choice, host, {0, asked_});
    if (!facts.hosts.empty()) return;
    smtp::HostFacts nothing;  // the name does not exist, whatever type is asked for
    nothing.name = domain;
    if (dns_.ipv4) nothing.ipv4 = absent;
    if (dns_.ipv6) nothing.ipv6 = absent;
    out_.fault = no_address_at_all({no_address(nothing, lookup_)});
  }

  void by_mx(const DomainName& domain, const smtp::DomainFacts& facts,
             const Found<dns::Answer>& found) {
    const auto records = records_of(found.value);
    auto reply = postfix::read_mx_reply(domain.to_string(), records, settings_.version);
    out_.warnings = std::move(reply.warnings);
    out_.names_left_out = std::move(reply.left_out);
    if (reply.state == postfix::MxReply::State::null_mx) {
      out_.fault = null_mx(asked_, found.value.rdata.size() > 1);
      return;
    }
    if (reply.state == postfix::MxReply::State::malformed)
      return mx_failed(domain, mx_malformed(asked_));
    has_mx_ = true;
    best_preference_ = reply.records.front().preference;
    const auto choice = smtp::choose_hosts(domain, *facts.mx);
    for (const auto& record : reply.records) {
      const auto host = std::ranges::find_if(facts.hosts, [&](const smtp::HostFacts& one) {
        return one.name.to_string() == record.exchange;
      });
      if (IpAddress::parse(record.exchange))
        add_address(record.exchange, record.preference);
      else if (host != facts.hosts.end())
        add(domain, choice, *host, record);
    }
  }

  // One host.

  void add(const DomainName& domain, const std::optional<smtp::MxChoice>& choice,
           const smtp::HostFacts& facts, const postfix::MxRecord& record) {
    Host host;
    host.name = settings_.cname_overrides_servername ? end_of_aliases(facts, record.exchange)
                                                     : record.exchange;
    host.preference = record.preference;
    host.addresses = some_of(smtp::addresses_of(facts));
    if (host.addresses.empty()) host.no_address = no_address(facts, lookup_);
    host.policy = smtp::judge_host(domain, choice, facts);
    host.dane = dane_facts(domain, choice, facts, host.policy);
    out_.list.push_back(std::move(host));
  }

  /// A bounded number, our own among them.
  [[nodiscard]] std::vector<IpAddress> some_of(std::vector<IpAddress> addresses) const {
    std::stable_partition(addresses.begin(), addresses.end(), [&](const IpAddress& address) {
      return std::ranges::find(context_.own_addresses, address) != context_.own_addresses.end();
    });
    if (addresses.size() > options_.max_addresses) addresses.resize(options_.max_addresses);
    return addresses;
  }

  /// What is written as an address is never looked up.
  void add_address(const std::string& text, std::uint16_t preference) {
    Host host;
    host.name = text;
    host.preference = preference;
    const auto address = IpAddress::parse(text);
    if (address && postfix::uses_family(settings_, address->is_v6()))
      host.addresses = {*address};
    else
      host.no_address = other_family(text, lookup_);
    host.dane.mx_used = has_mx_;
    host.dane.mx_secure = has_mx_ && out_.mx_secure;
    host.dane.base_domain = host.name;
    host.dane.names = {host.name};
    out_.list.push_back(std::move(host));
  }

  // Which addresses are tried.

  void order() {
    if (out_.fault) return;
    std::vector<postfix::Candidate> candidates;
    for (std::size_t i = 0; i < out_.list.size(); ++i)
      for (const auto& address : out_.list[i].addresses)
        candidates.push_back({i, address, out_.list[i].preference});
    if (candidates.empty()) return find_no_address();
    if (destination_.port == port_of_loop_detection) {
      const auto best_found = candidates.front().preference;
      auto rest = postfix::cut_at_self(candidates, context_.own_addresses);
      out_.is_own_host = rest.found;
      if (rest.list.empty()) {
        out_.fault = has_mx_ && best_found != best_preference_ ? no_primary(destination_.domain)
                                                               : loops_back(destination_.domain);
        return;
      }
      candidates = std::move(rest.list);
    }
    out_.attempts = postfix::order_attempts(std::move(candidates), settings_);
  }

  void find_no_address() {
    std::vector<NoAddress> hosts;
    for (const auto& host : out_.list)
      if (host.no_address) hosts.push_back(*host.no_address);
    out_.fault = no_address_at_all(hosts);
    if (destination_.is_address) out_.fault->kind = NoRoute::other_family;
    if (!has_mx_) return;
    if (settings_.defer_if_no_mx_address) out_.fault->dsn.front() = '4';
    out_.warnings.push_back(
        fmt::format("warning: no MX host for {} has a valid address record", destination_.domain));
  }

  const Sources& sources_;
  const Context& context_;
  const postfix::Settings& settings_;
  const SurveyOptions& options_;
  const postfix::Destination& destination_;
  const postfix::HostLookup lookup_;
  const smtp::SurveyOptions dns_;
  std::string asked_;
  bool has_mx_ = false;
  std::uint16_t best_preference_ = 0;  ///< of the MX records, with an address or without
  Hosts out_;
};

}  // namespace

Hosts find_hosts(const Sources& sources, const Context& context, const SurveyOptions& options,
                 const postfix::Destination& destination) {
  return Finder(sources, context, options, destination).run();
}

}  // namespace dane::policy
