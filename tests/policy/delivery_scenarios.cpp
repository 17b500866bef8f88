#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;
using policy::DaneOffer;

World secure_world(const std::vector<std::string>& names, const std::string& entry = "secure") {
  World world;
  world.entry = entry;
  world.servers = {server_with(names)};
  return world;
}

World dane_world(bool matches = true, const std::string& entry = "dane") {
  World world;
  world.main_cf = {{"smtp_dns_support_level", "dnssec"}};
  world.entry = entry;
  world.servers = {dane_server({"mx1.example.net"}, matches)};
  world.dane = DaneOffer::all;
  world.mx_secure = true;
  return world;
}

std::vector<Finding> findings(const World& world) {
  return report_on(world).findings;
}

World without_tls(const std::string& entry) {
  auto world = secure_world({}, entry);
  world.servers[0].facts = postfix::NotOffered{};
  return world;
}

World half_dane() {
  auto world = dane_world();
  world.main_cf.push_back({"smtp_tls_dane_insecure_mx_policy", "dane"});
  world.servers[0].dns.mx_secure = false;
  world.mx_secure = false;
  return world;
}

World without_records() {
  auto world = dane_world();
  world.servers[0].dns.tlsa = postfix::DaneFacts::Tlsa::none;
  world.servers[0].dns.records.clear();
  world.dane = DaneOffer::none;
  return world;
}

World with_unusable_records() {
  auto world = dane_world();
  world.servers[0].dns.records = {*tlsa::parse_presentation("0 1 1 " + std::string(64, 'a'))};
  world.dane = DaneOffer::none;
  return world;
}

World without_dnssec() {
  auto world = dane_world();
  world.main_cf.clear();
  return world;
}

World one_of_two(ServerSpec second) {
  auto world = secure_world({"mx1.example.net"}, "secure match=mx1.example.net");
  second.hostname = "mx2.example.net";
  second.address = "192.0.2.2";
  world.servers.push_back(std::move(second));
  return world;
}

ServerSpec unreachable() {
  ServerSpec spec;
  spec.facts = postfix::NotReached{"4.4.1", "connect to mx[192.0.2.2]:25: Connection refused"};
  return spec;
}

World offers_dane(const std::string& entry, bool matches = true) {
  auto world = dane_world(matches, entry);
  world.main_cf.clear();
  return world;
}

World announces_sts() {
  auto world = secure_world({"mx1.example.net"}, "encrypt");
  world.publishes_mta_sts = true;
  return world;
}

World by_relayhost() {
  World world;
  world.main_cf = {{"relayhost", "[smarthost.example]:587"}};
  world.entry = "secure";
  world.servers = {server_with({"mx1.example.net"})};
  return world;
}

}  // namespace

std::vector<Scenario> delivery_scenarios() {
  return {
      {"level secure, the name is there",
       "policy-ok",
       S::note,
       {"example.com: mx1.example.net [192.0.2.1]:25", "has the name example.com", "nexthop"},
       {},
       findings(secure_world({"example.com"}))},
      {"level dane, the record matches",
       "policy-ok",
       S::note,
       {"at level dane", "a TLSA record matches"},
       {},
       findings(dane_world())},
      {"level encrypt",
       "policy-unauthenticated",
       S::note,
       {"level encrypt", "stand between"},
       {},
       findings(secure_world({"any.example"}, "encrypt"))},
      {"level may, and no STARTTLS",
       "policy-cleartext",
       S::warning,
       {"offers no TLS", "example.com encrypt"},
       {},
       findings(without_tls("may"))},
      {"level none in an entry",
       "policy-cleartext",
       S::note,
       {"Level none", "the entry"},
       {},
       findings(without_tls("none"))},
      {"level none by default",
       "policy-cleartext",
       S::warning,
       {"Level none", "= may"},
       {},
       findings(without_tls(""))},
      {"TLSA matches behind an unsigned MX",
       "policy-half-dane",
       S::note,
       {"halfdane", "Trusted"},
       {},
       findings(half_dane())},
      {"dane without TLSA records",
       "policy-dane-fell-back",
       S::note,
       {"level may"},
       {},
       findings(without_records())},
      {"dane with unusable records",
       "policy-dane-fell-back",
       S::warning,
       {"none of them can be used", "tlsa-check"},
       {},
       findings(with_unusable_records())},
      {"dane without smtp_dns_support_level",
       "policy-dane-fell-back",
       S::warning,
       {"dnssec lookups disabled", "smtp_dns_support_level = dnssec"},
       {},
       findings(without_dnssec())},
      {"verify, MX unsigned",
       "policy-host-trusts-dns",
       S::note,
       {"by default", "forges"},
       {},
       findings(secure_world({"mx1.example.net"}, "verify"))},
      {"secure match=hostname",
       "policy-host-trusts-dns",
       S::note,
       {"hostname in the match list"},
       {},
       findings(secure_world({"mx1.example.net"}, "secure match=hostname"))},
      {"one of two has the wrong name",
       "policy-some-mx-fail",
       S::warning,
       {"1 of 2 servers"},
       {"policy-name-mismatch"},
       findings(one_of_two(server_with({"wrong.example"})))},
      {"one of two cannot be reached",
       "policy-server-unreachable",
       S::warning,
       {"mx2.example.net [192.0.2.2]:25", "Connection refused"},
       {},
       findings(one_of_two(unreachable()))},
      {"TLSA everywhere, level encrypt",
       "policy-dane-available",
       S::note,
       {"at every MX host"},
       {},
       findings(offers_dane("encrypt"))},
      {"TLSA everywhere that matches nothing, level encrypt",
       "policy-dane-available",
       S::note,
       {"do not fit", "level dane would not deliver there"},
       {},
       findings(offers_dane("encrypt", false))},
      {"an MTA-STS record",
       "policy-mta-sts-available",
       S::note,
       {"curl -fsS https://mta-sts.example.com/.well-known/mta-sts.txt", "--sts-policy"},
       {},
       findings(announces_sts())},
      {"relayhost is another",
       "policy-relayhost",
       S::note,
       {"[smarthost.example]:587", "tls-policy-check '[smarthost.example]:587'"},
       {"policy-name-mismatch"},
       findings(by_relayhost())},
  };
}

}  // namespace dane::test
