/// \file  Suggestions: the smallest line, its cost, and that it would verify.
#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "dane/postfix/policy_entry.hpp"

#include "libdane/policy/shared_suffix.hpp"
#include "world.hpp"

using namespace dane;
using namespace dane::test;

namespace {

const std::vector<std::string> fastmail = {
    "*.messagingengine.com",   "messagingengine.com",        "mail.messagingengine.com",
    "dav.messagingengine.com", "caldav.messagingengine.com", "carddav.messagingengine.com"};

World fastmail_world(postfix::Version version) {
  World world;
  world.version = version;
  world.nexthop = world.key = "fastmail.fm";
  world.entry = "secure ciphers=high";
  world.servers = {server_with(fastmail, "in1-smtp.messagingengine.com"),
                   server_with(fastmail, "in2-smtp.messagingengine.com")};
  return world;
}

std::vector<report::SuggestionRow> suggestions(const World& world) {
  return policy::suggest(judge(world), context_of(world));
}

std::vector<std::string> entries(const World& world) {
  std::vector<std::string> out;
  for (const auto& row : suggestions(world)) out.push_back(row.entry);
  return out;
}

/// The world with the line in its table.
World with_entry(World world, const std::string& line) {
  const auto space = line.find(' ');
  world.key = line.substr(0, space);
  world.entry = line.substr(space + 1);
  return world;
}

bool verifies(const World& world) {
  const auto judged = judge(world);
  return std::ranges::all_of(judged.servers, [](const policy::JudgedServer& server) {
    return server.session.delivery == postfix::Delivery::delivered &&
           server.session.log_word == postfix::LogWord::verified;
  });
}

World dane_world(const std::string& entry) {
  World world;
  world.entry = entry;
  world.servers = {dane_server({"mx1.example.net"}),
                   dane_server({"mx2.example.net"}, true, "mx2.example.net")};
  world.dane = policy::DaneOffer::all;
  world.mx_secure = true;
  return world;
}

}  // namespace

TEST_CASE("a name of the provider, then its suffix: whom it trusts grows; the cost is told") {
  for (const postfix::Version version : {postfix::Version{2, 11, 0}, postfix::Version{3, 7, 11}}) {
    const auto rows = suggestions(fastmail_world(version));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].entry == "fastmail.fm secure match=messagingengine.com ciphers=high");
    CHECK(rows[1].entry == "fastmail.fm secure match=.messagingengine.com ciphers=high");
    CHECK(rows[1].trade_off.find("other customers") != std::string::npos);
    CHECK(rows[1].because.find("*.messagingengine.com") != std::string::npos);
  }
}

TEST_CASE("the verdict of the seed, by version") {
  const auto row = report_on(fastmail_world({2, 11, 0})).destinations.at(0);
  CHECK(row.verdict ==
        "Mail is deferred: the certificate is trusted, but has none of the names that Postfix "
        "looks for.");
  CHECK(row.status == Status::critical);
  CHECK(row.servers.at(0).log_word == "Trusted");
  CHECK(row.expected_names == std::vector<std::string>{"fastmail.fm", ".fastmail.fm"});
  CHECK(row.dsn == "4.7.5");
  const auto newer = report_on(fastmail_world({3, 7, 11})).destinations.at(0);
  CHECK(newer.servers.at(0).log_word == "Untrusted");
  CHECK(newer.servers.at(0).verify_error == 62);
  CHECK(newer.verdict.find("num=62, though the chain is trusted") != std::string::npos);
  CHECK_FALSE(newer.servers.at(0).chain_error.has_value());
}

TEST_CASE("dane comes first, and tells what main.cf lacks") {
  const auto rows = suggestions(dane_world("secure"));
  REQUIRE(rows.size() >= 3);
  CHECK(rows[0].entry == "example.com dane");
  CHECK(rows[0].trade_off.find("First set smtp_dns_support_level = dnssec") == 0);
  CHECK(rows[0].trade_off.find("falls back") != std::string::npos);
  CHECK(rows[1].entry == "example.com dane-only");
  auto ready = dane_world("secure");
  ready.main_cf = {{"smtp_dns_support_level", "dnssec"}};
  CHECK(suggestions(ready)[0].trade_off.find("First set") == std::string::npos);
  CHECK(verifies(with_entry(ready, "example.com dane-only")));
  const std::vector<std::pair<std::string, std::string>> obstacles = {
      {"smtp_dns_resolver_options", "res_dnsrch"},
      {"ignore_mx_lookup_error", "yes"},
      {"smtp_host_lookup", "native"}};
  for (const auto& obstacle : obstacles) {
    auto world = ready;
    world.main_cf.push_back(obstacle);
    CHECK_FALSE(verifies(with_entry(world, "example.com dane-only")));
    CHECK(suggestions(world)[0].trade_off.find("First set " + obstacle.first) == 0);
  }
}

TEST_CASE("no dane where a record does not match, not all have it, or the version has none") {
  const auto has_dane = [](const World& world) {
    return std::ranges::any_of(entries(world), [](const std::string& entry) {
      return entry.find(" dane") != std::string::npos;
    });
  };
  CHECK(has_dane(dane_world("secure")));
  auto mismatch = dane_world("secure");
  mismatch.servers[1] = dane_server({"mx2.example.net"}, false, "mx2.example.net");
  CHECK_FALSE(has_dane(mismatch));
  auto some = dane_world("secure");
  some.dane = policy::DaneOffer::some;
  CHECK_FALSE(has_dane(some));
  auto old = dane_world("secure");
  old.version = {2, 10, 0};
  CHECK_FALSE(has_dane(old));
  CHECK_FALSE(entries(old).empty());
}

TEST_CASE("the default list, where it is enough") {
  World world;
  world.entry = "secure match=nexthop protocols=>=TLSv1.2";
  world.servers = {server_with({"mx1.example.com"}, "mx1.example.com")};
  CHECK(entries(world) == std::vector<std::string>{"example.com secure protocols=>=TLSv1.2"});
  world.main_cf = {{"smtp_tls_secure_cert_match", "nexthop"}};
  CHECK(entries(world) == std::vector<std::string>{
                              "example.com secure match=nexthop:dot-nexthop protocols=>=TLSv1.2"});
}

TEST_CASE("a list of names where there is no suffix that could be given") {
  World world;
  world.entry = "secure";
  world.servers = {server_with({"mx.alpha.example"}, "mx.alpha.example"),
                   server_with({"mx.beta.example"}, "mx.beta.example")};
  CHECK(entries(world) ==
        std::vector<std::string>{"example.com secure match=mx.alpha.example:mx.beta.example"});
  world.servers = {server_with({"mx.co.uk"}, "mx.co.uk"), server_with({"in.co.uk"}, "in.co.uk")};
  CHECK(entries(world) == std::vector<std::string>{"example.com secure match=mx.co.uk:in.co.uk"});
}

TEST_CASE("the name that the host has comes before others of its certificate") {
  World world;
  world.entry = "secure";
  world.servers = {server_with({"a.provider.example", "mx.provider.example", "localhost"},
                               "mx.provider.example")};
  CHECK(entries(world).front() == "example.com secure match=mx.provider.example");
}

TEST_CASE("nothing where the chain is untrusted, all is verified, or nothing is known") {
  World world;
  world.entry = "secure";
  world.servers = {server_with({})};
  world.servers[0].facts = tls(chain_of({"mx1.example.net"}, other_ca()));
  CHECK(entries(world).empty());
  world.ca_configured = world.ca_known = false;  // offline: names alone, and it says so
  const auto open = suggestions(world);
  REQUIRE_FALSE(open.empty());
  CHECK(open[0].because.find("not known") != std::string::npos);
  world = {};
  world.entry = "secure match=.example.net";
  world.servers = {server_with({"mx1.example.net"})};
  CHECK(entries(world).empty());
  world.lookup_failed = true;
  world.entry = "secure";
  CHECK(entries(world).empty());
  world.lookup_failed = false;
  world.servers[0].facts = postfix::NotOffered{};
  CHECK(entries(world).empty());
}

TEST_CASE("the weak key that only levels up to encrypt take is no ground for secure") {
  const auto weak = issue({.common_name = "weak",
                           .dns_names = {"mx1.example.net"},
                           .key = generate_key(x509::KeyType::rsa, 768)},
                          &public_ca());
  World world;
  world.entry = "encrypt";
  world.servers = {server_with({"mx1.example.net"})};
  CHECK_FALSE(entries(world).empty());
  world.servers[0].facts = tls({weak.certificate, public_ca().certificate});
  CHECK(entries(world).empty());
}

TEST_CASE("without CAs too, nothing for a certificate that no CA could mend") {
  World world;
  world.entry = "secure match=nope.example";
  world.ca_configured = world.ca_known = false;
  world.servers = {server_with({})};
  const auto with = [&](CertificateSpec spec) {
    spec.common_name = "ignored";
    spec.dns_names = {"example.com"};
    world.servers[0].facts = tls({issue(spec, &other_ca()).certificate});
    return entries(world);
  };
  CHECK_FALSE(with({}).empty());
  CHECK(with({.not_after = at_date(2026, 5, 1)}).empty());
  CHECK(with({.not_before = at_date(2026, 7, 1)}).empty());
  CHECK(with({.extended_key_usage = "clientAuth"}).empty());
  CHECK_FALSE(with({.extended_key_usage = "clientAuth,serverAuth"}).empty());
}

TEST_CASE("an entry of an MTA-STS policy, by version") {
  World world;
  world.entry = "secure servername=nexthop";
  world.servers = {server_with({"mx1.example.net"})};
  world.sts_patterns = {"*.example.net", "mx.example.org"};
  const auto last = [&](postfix::Version version) {
    world.version = version;
    if (version < postfix::Version{3, 4, 0}) world.entry = "secure";
    return entries(world).back();
  };
  const std::string old = "example.com secure match=.example.net:mx.example.org";
  CHECK(last({3, 10, 5}) == old +
                                " servername=hostname policy_type=sts policy_domain=example.com "
                                "mx_host_pattern=*.example.net mx_host_pattern=mx.example.org");
  CHECK(last({3, 7, 11}) == old + " servername=hostname");
  CHECK(last({3, 2, 0}) == old);
  world.sts_patterns = {"*.elsewhere.example"};
  for (const auto& entry : entries(world)) CHECK(entry.find("elsewhere") == std::string::npos);
}

TEST_CASE("without a policy table the line tells to make one") {
  World world;
  world.main_cf = {{"smtp_tls_security_level", "may"}};
  world.servers = {server_with({"mx1.example.com"}, "mx1.example.com")};
  const auto rows = suggestions(world);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].entry == "example.com secure");
  CHECK(rows[0].trade_off.starts_with("First set smtp_tls_policy_maps"));
  auto offline = judge(world);
  offline.offline = true;
  CHECK_FALSE(policy::suggest(offline, context_of(world))[0].trade_off.starts_with("First set"));
  world.entry = "may";
  CHECK_FALSE(suggestions(world)[0].trade_off.starts_with("First set"));
}

TEST_CASE("no suffix below which strangers have names") {
  using policy::is_public_suffix;
  using policy::shared_suffix;
  for (const auto* name :
       {"com", "co.uk", "com.au", "ne.jp", "k12.ca.us", "kiev.ua", "UK.com", "duckdns.org",
        "eu-west-1.compute.amazonaws.com", "azurewebsites.net", "gv.at", "xn--p1ai", "no-such-tld"})
    CHECK(is_public_suffix(name));
  for (const auto* name : {"messagingengine.com", "example.co.uk", "posteo.de", "pphosted.com",
                           "web.de", "gmx.net", "mail.example.uk.com"})
    CHECK_FALSE(is_public_suffix(name));
  for (const std::string shared : {"kiev.ua", "uk.com", "duckdns.org", "co.uk"})
    CHECK_FALSE(
        shared_suffix({"mx1." + shared, "mx2." + shared}, {{"mx1." + shared}, {"*." + shared}}));
  CHECK(shared_suffix({"a.example.uk.com"}, {{"*.example.uk.com"}}) == ".example.uk.com");
  for (const auto* rented : {"static.192-0-2-1.clients.example.net", "1.2.0.192.bc.example.net",
                             "ec2-192-0-2-1.eu.example.net"})
    CHECK_FALSE(shared_suffix({rented}, {{rented}}));
  CHECK(shared_suffix({"mx10-2-3.example.net"}, {{"*.example.net"}}) == ".example.net");
  CHECK(shared_suffix({"a.mx.example.net", "b.mx.example.net"},
                      {{"*.mx.example.net"}, {"b.mx.example.net"}}) == ".mx.example.net");
  CHECK(shared_suffix({"a.mx.example.net", "b.example.net"},
                      {{"a.mx.example.net"}, {"b.example.net"}}) == ".example.net");
  CHECK_FALSE(shared_suffix({"a.example.net"}, {{"a.example.org"}}).has_value());
  CHECK_FALSE(shared_suffix({"a.co.uk", "b.co.uk"}, {{"a.co.uk"}, {"b.co.uk"}}).has_value());
  CHECK_FALSE(shared_suffix({}, {}).has_value());
}

TEST_CASE("property: each line is one that the version takes and that verifies; never may") {
  const std::vector<std::string> names = {
      "example.com",      "mx.example.com",   "*.example.com",
      "*.example.net",    "mx1.example.net",  "*.net",
      "m*.example.net",   "provider.example", "MX1.EXAMPLE.NET",
      "mx_1.example.net", "a:b.example.net",  "hostname",
      "10.0.0.1",         ".example.net",     "mx1.example.net."};
  const std::vector<std::string> levels = {
      "secure", "verify match=nope.example",         "encrypt",
      "may",    "secure match=nexthop ciphers=high", "secure match=dot-nexthop exclude=aNULL"};
  const std::vector<postfix::Version> versions = {{2, 6, 6},  {2, 11, 0}, {3, 5, 9},
                                                  {3, 7, 11}, {3, 10, 5}, {3, 12, 0}};
  std::mt19937 random(42);
  const auto pick = [&](const auto& from) { return from[random() % from.size()]; };
  std::size_t lines = 0;
  for (int round = 0; round < 600; ++round) {
    World world;
    world.version = pick(versions);
    world.entry = pick(levels);
    world.nexthop = world.key = random() % 8 == 0 ? "[mx1.example.net]:587" : "example.com";
    if (random() % 4 == 0) world.sts_patterns = {"*.example.net"};
    for (std::size_t i = 0, n = 1 + random() % 3; i < n; ++i) {
      std::vector<std::string> some;
      for (std::size_t k = 0, m = 1 + random() % 3; k < m; ++k) some.push_back(pick(names));
      world.servers.push_back(server_with(some, "mx" + std::to_string(i + 1) + ".example.net"));
    }
    for (const auto& row : suggestions(world)) {
      ++lines;
      INFO(world.version.to_string() << " " << world.entry << " -> " << row.entry);
      const auto value = row.entry.substr(row.entry.find(' ') + 1);
      const auto parsed = postfix::parse_policy(value, world.version);
      CHECK(std::holds_alternative<postfix::PolicyEntry>(parsed.outcome));
      CHECK(value.starts_with("secure"));
      CHECK(verifies(with_entry(world, row.entry)));
      CHECK_FALSE(row.trade_off.empty());
      CHECK_FALSE(row.because.empty());
    }
  }
  CHECK(lines > 100);
}
