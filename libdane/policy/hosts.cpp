#include "libdane/policy/hosts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/smtp/survey.hpp"

#include "libdane/policy/dane_facts.hpp"

namespace dane::policy {

namespace {

/// inet_protocols of main.cf.
bool uses(const postfix::Settings& settings, std::string_view family) {
  const auto words = postfix::split_list(settings.inet_protocols, false);
  return std::ranges::any_of(words,
                             [&](const auto& word) { return word == "all" || word == family; });
}

smtp::SurveyOptions dns_options(const postfix::Settings& settings, const SurveyOptions& options,
                                std::uint16_t port) {
  smtp::SurveyOptions o;
  o.port = port;
  o.ipv4 = options.ipv4 && uses(settings, "ipv4");
  o.ipv6 = options.ipv6 && uses(settings, "ipv6");
  o.probe = false;
  o.max_hosts = options.max_hosts;
  o.max_addresses = options.max_addresses;
  o.deadline = options.deadline;
  return o;
}

Host host_of_address(const std::string& text) {
  Host host;
  host.name = text;
  if (const auto address = IpAddress::parse(text)) host.addresses = {*address};
  host.dane.mx_used = false;
  host.dane.base_domain = host.name;
  host.dane.names = {host.name};
  return host;
}

Host make_host(const DomainName& domain, const std::optional<smtp::MxChoice>& choice,
               const smtp::HostFacts& facts, std::size_t max_addresses) {
  Host host;
  host.name = facts.name.to_string();
  host.addresses = smtp::addresses_of(facts);
  if (host.addresses.size() > max_addresses) host.addresses.resize(max_addresses);
  if (host.addresses.empty()) host.no_address = address_fault(facts);
  host.policy = smtp::judge_host(domain, choice, facts);
  host.dane = dane_facts(domain, choice, facts, host.policy);
  return host;
}

/// Where no host has an address there is nothing to connect to.
void find_unreachable(const std::string& domain, const std::optional<smtp::MxChoice>& choice,
                      Hosts& hosts) {
  const bool all =
      std::ranges::all_of(hosts.list, [](const Host& host) { return host.addresses.empty(); });
  if (hosts.fault || hosts.list.empty() || !all) return;
  hosts.fault = hosts.list.back().no_address;
  if (choice && choice->route == smtp::MailRoute::mx)
    hosts.warnings.push_back(
        fmt::format("warning: no MX host for {} has a valid address record", domain));
}

}  // namespace

Hosts find_hosts(const Sources& sources, const postfix::Settings& settings,
                 const SurveyOptions& options, const postfix::Destination& destination) {
  Hosts hosts;
  if (destination.is_address) {
    hosts.list.push_back(host_of_address(destination.domain));
    return hosts;
  }
  const auto domain = DomainName::parse(destination.domain);
  if (!domain) {
    hosts.fault = {"5.4.4", "unable to look up host " + destination.domain + ": no valid name",
                   false};
    return hosts;
  }
  const auto dns = dns_options(settings, options, destination.port);
  const auto facts = destination.mx_lookup ? smtp::survey_domain(sources, *domain, dns)
                                           : smtp::survey_host(sources, *domain, dns);
  std::optional<smtp::MxChoice> choice;
  if (facts.mx) {
    choice = smtp::choose_hosts(*domain, *facts.mx);
    hosts.fault = mx_fault(*domain, *choice, *facts.mx);
    hosts.mx_secure = choice->security == Security::secure;
  }
  std::vector<smtp::HostPolicy> policies;
  for (const auto& host : facts.hosts) {
    hosts.list.push_back(make_host(*domain, choice, host, options.max_addresses));
    policies.push_back(hosts.list.back().policy);
  }
  // The name as the table has it, whatever its letters: relay= shows it so.
  if (!destination.mx_lookup && hosts.list.size() == 1)
    hosts.list.front().name = destination.domain;
  find_unreachable(destination.domain, choice, hosts);
  // Without an MX step the name is the administrator's own word.
  hosts.offer = dane_offer(hosts.mx_secure || !destination.mx_lookup, policies);
  return hosts;
}

}  // namespace dane::policy
