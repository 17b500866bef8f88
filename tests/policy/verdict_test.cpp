/// \file  The one sentence on a destination, and what stands beside it.
#include <catch2/catch.hpp>

#include "dane/report/policy_report.hpp"

#include "world.hpp"

using namespace dane;
using namespace dane::test;

namespace {

World with_relayhost() {
  World world;
  world.main_cf = {{"relayhost", "[smarthost.example]:587"}};
  world.entry = "secure";
  world.servers = {server_with({"mx1.example.net"})};
  return world;
}

report::DestinationRow row_of(const World& world) {
  return report_on(world).destinations.at(0);
}

}  // namespace

TEST_CASE("where relayhost sends the mail elsewhere, the verdict says so first") {
  auto world = with_relayhost();
  const auto past = row_of(world);
  CHECK(
      past.verdict.starts_with("No mail goes straight there, relayhost sends it to "
                               "[smarthost.example]:587. If it did: Mail is deferred: "));
  CHECK(past.status == Status::warning);  // nothing waits
  world.routing = {"transport_maps"};
  const auto open = row_of(world);
  CHECK(
      open.verdict.starts_with("Only if transport_maps sends mail straight there, past "
                               "relayhost: Mail is deferred: "));
  CHECK(open.status == Status::critical);
  world.routing = {};
  world.nexthop = "[SmartHost.example]:587";
  world.key = world.nexthop;
  CHECK(row_of(world).verdict.starts_with("Mail is deferred: "));
  CHECK(row_of(world).status == Status::critical);
}

TEST_CASE("what of main.cf sends mail past relayhost") {
  const auto routing = [](const std::string& name, const std::string& value) {
    return policy::routing_parameters({{name, {value, {}, 0}}}).size();
  };
  CHECK(routing("transport_maps", "hash:/etc/postfix/transport") == 1);
  CHECK(routing("transport_maps", "") == 0);
  CHECK(routing("default_transport", "smtp") == 0);
  CHECK(routing("default_transport", "smtp:[mx.example.com]") == 1);
  CHECK(routing("virtual_transport", "lmtp:unix:private/dovecot-lmtp") == 0);
  CHECK(routing("virtual_transport", "smtp:[mailbox.example]") == 1);
  CHECK(routing("content_filter", "smtp-amavis:[127.0.0.1]:10024") == 0);
  CHECK(routing("smtp_fallback_relay", "mx.example.com") == 1);
  CHECK(routing("smtp_tls_policy_maps", "hash:/etc/postfix/tls_policy") == 0);
}

TEST_CASE("of an entry that Postfix refuses, what it says is shown, and that it is refused") {
  World world;
  world.entry = "securest match=.example.net";
  world.servers = {server_with({"mx1.example.net"})};
  const auto row = row_of(world);
  CHECK(row.level.empty());
  CHECK(row.refused_level == "securest");
  const auto text = report::render(report_on(world), {});
  CHECK(text.find("securest (refused by Postfix), entry \"example.com\"") != std::string::npos);
}

TEST_CASE("a domain that takes no mail") {
  World world;
  world.entry = "secure";
  auto judged = judge(world);
  judged.no_route = policy::NoRoute::null_mx;
  judged.outcome = {postfix::Delivery::bounced, "5.1.0",
                    "Domain example.com does not accept mail (nullMX)", 0};
  report::PolicyReport report;
  policy::report_destination(report, judged, context_of(world));
  CHECK(report.destinations.at(0).verdict.starts_with("Mail is bounced: "));
  const auto* finding = find(report.findings, "policy-undeliverable");
  REQUIRE(finding != nullptr);
  CHECK(finding->advice.find("take that record out") != std::string::npos);
}

TEST_CASE("what DNS does not know bounces, whatever its entry is worth") {
  World world;
  world.entry = "secure # as agreed";
  auto judged = judge(world);
  judged.outcome = {postfix::Delivery::bounced, "5.4.4", "Host or domain name not found.", 0};
  report::PolicyReport report;
  policy::report_destination(report, judged, context_of(world));
  CHECK(report.destinations.at(0).verdict.starts_with("Mail is bounced: "));
  CHECK(serious(report.findings) ==
        std::vector<std::string>{"policy-entry-invalid", "policy-undeliverable"});
  const auto* entry = find(report.findings, "policy-entry-invalid");
  REQUIRE(entry != nullptr);
  CHECK(entry->text.find("once DNS knows the destination") != std::string::npos);
  CHECK(entry->advice.find("A comment needs a line of its own") != std::string::npos);
}

TEST_CASE("a chain that fails tells why in the verdict") {
  World world;
  world.entry = "secure";
  world.servers = {server_with({})};
  const auto leaf = issue(
      {.common_name = "ignored", .dns_names = {"example.com"}, .not_after = at_date(2026, 5, 30)},
      &public_ca());
  world.servers[0].facts = tls({leaf.certificate, public_ca().certificate});
  CHECK(row_of(world).verdict ==
        "Mail is deferred: the certificate is not trusted: the server's certificate expired on "
        "2026-05-30.");
}

TEST_CASE("a handshake that fails by the policy's own fault tells which") {
  World world;
  world.entry = "encrypt ciphers=hihg";
  world.servers = {server_with({})};
  world.servers[0].facts = postfix::HandshakeFailed{{}, {}};
  CHECK(row_of(world).verdict ==
        "Mail is deferred: the TLS handshake fails: invalid cipher grade: \"hihg\".");
}

TEST_CASE("one of a kind is written as one") {
  World world;
  world.entry = "secure match=.example.net";
  world.servers = {server_with({"mx1.example.net"})};
  auto report = report_on(world);
  report.table = report::TableLists{.dead = {"a"},
                                    .weakens_default = {"b", "c"},
                                    .fails = {},
                                    .could_be_dane = {},
                                    .unknown_attributes = {}};
  const auto text = report::render(report, {});
  CHECK(text.find("1 destination, 1 of them fine") != std::string::npos);
  CHECK(text.find("1 is never reached:") != std::string::npos);
  CHECK(text.find("2 weaken the default:") != std::string::npos);
}
