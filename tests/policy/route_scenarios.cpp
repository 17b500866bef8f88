#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;
using policy::NoRoute;

std::vector<Finding> no_route(NoRoute why, const std::string& dsn, const std::string& text) {
  World world;
  world.entry = "secure";
  world.no_route = why;
  world.dsn = dsn;
  world.text = text;
  return report_on(world).findings;
}

template <class Change>
std::vector<Finding> with_servers(std::size_t servers, Change change) {
  World world;
  world.entry = "encrypt";
  for (std::size_t i = 0; i < servers; ++i)
    world.servers.push_back(server_with({"mx1.example.net"}));
  change(world);
  return report_on(world).findings;
}

}  // namespace

std::vector<Scenario> route_scenarios() {
  return {
      {"a null MX",
       "policy-undeliverable",
       S::critical,
       {"null MX record, which says that it takes no mail", "bounced", "5.1.0"},
       {},
       no_route(NoRoute::null_mx, "5.1.0", "Domain example.com does not accept mail (nullMX)")},
      {"a null MX beside others",
       "policy-undeliverable",
       S::critical,
       {"does not look at the others", "RFC 7505", "example.com smtp:[HOST]"},
       {},
       no_route(NoRoute::null_mx_beside_others, "5.1.0",
                "Domain example.com does not accept mail (nullMX)")},
      {"no MX name is one",
       "policy-undeliverable",
       S::critical,
       {"takes for a host's", "dig example.com MX"},
       {},
       no_route(NoRoute::malformed_mx, "5.4.4", "Malformed or unexpected name server reply")},
      {"an address of the other family",
       "policy-undeliverable",
       S::critical,
       {"inet_protocols = all"},
       {},
       no_route(NoRoute::other_family, "5.4.4", "invalid host or domain name")},
      {"mail loops back",
       "policy-undeliverable",
       S::critical,
       {"address of this machine", "mydestination", "proxy_interfaces", "bounced"},
       {},
       no_route(NoRoute::loops_back, "5.4.6", "mail for example.com loops back to myself")},
      {"only this machine has an address",
       "policy-undeliverable",
       S::critical,
       {"address of this machine", "deferred", "unable to find primary relay"},
       {},
       no_route(NoRoute::no_primary, "4.4.4", "unable to find primary relay for example.com")},
      {"STARTTLS is discarded",
       "policy-starttls-overlooked",
       S::critical,
       {"starttls in smtp_discard_ehlo_keywords", "4.7.4"},
       {},
       with_servers(1,
                    [](World& w) {
                      w.main_cf.emplace_back("smtp_discard_ehlo_keywords", "dsn, STARTTLS");
                    })},
      {"EHLO is never said, and the level lets mail go",
       "policy-cleartext",
       S::warning,
       {"main.cf keeps Postfix from using STARTTLS"},
       {},
       with_servers(1,
                    [](World& w) {
                      w.entry = "may";
                      w.main_cf.emplace_back("smtp_never_send_ehlo", "yes");
                    })},
      {"a greeting of stars",
       "policy-starttls-overlooked",
       S::critical,
       {"disable_esmtp in smtp_pix_workarounds", "smtp_pix_workarounds = delay_dotcrlf"},
       {},
       with_servers(1, [](World& w) { w.servers[0].greeting = "220 ****"; })},
      {"a greeting without ESMTP, and HELO for it",
       "policy-starttls-overlooked",
       S::critical,
       {"smtp_always_send_ehlo = no"},
       {},
       with_servers(1,
                    [](World& w) {
                      w.servers[0].greeting = "220 mx";
                      w.main_cf.emplace_back("smtp_always_send_ehlo", "no");
                    })},
      {"a server that turns us away",
       "policy-server-unreachable",
       S::critical,
       {"turns this machine away", "554 5.7.1 listed", "block list"},
       {},
       with_servers(1,
                    [](World& w) {
                      w.servers[0].facts = postfix::NotReached{
                          "4.7.1", "host mx refused to talk to me: 554 5.7.1 listed", true};
                    })},
      {"a fallback relay takes what is left",
       "policy-goes-on",
       S::note,
       {"[relay.example.com]:587 of smtp_fallback_relay", "tls-policy-check '[relay"},
       {"policy-tls-not-offered"},
       with_servers(1,
                    [](World& w) {
                      w.servers[0].facts = postfix::NotOffered{};
                      w.goes_on_to = "[relay.example.com]:587";
                    })},
      {"this machine among the hosts",
       "policy-own-mx-host",
       S::note,
       {"preferred to it"},
       {},
       with_servers(1, [](World& w) { w.is_own_host = true; })},
      {"an MX name that is none",
       "policy-mx-name-invalid",
       S::warning,
       {"a!b.example.net"},
       {},
       with_servers(1, [](World& w) { w.names_left_out = {"a!b.example.net"}; })},
      {"more hosts than Postfix tries",
       "policy-hosts-cut",
       S::note,
       {"10 MX hosts more", "smtp_mx_address_limit ends"},
       {},
       with_servers(5, [](World& w) { w.hosts_cut = 10; })},
      {"more hosts, and Postfix tries all",
       "policy-hosts-cut",
       S::unknown,
       {"1 MX host more", "not known"},
       {},
       with_servers(5,
                    [](World& w) {
                      w.hosts_cut = 1;
                      w.main_cf.emplace_back("smtp_mx_address_limit", "0");
                    })},
  };
}

}  // namespace dane::test
