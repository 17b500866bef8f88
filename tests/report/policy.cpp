#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dane/core/text.hpp"
#include "dane/report/policy_report.hpp"

#include "tests/report/samples.hpp"
#include "tests/report/schema_check.hpp"

using namespace dane;
using namespace dane::report;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Json = nlohmann::ordered_json;

namespace {

PolicyServerRow trusted_server() {
  PolicyServerRow server;
  server.hostname = "mx1.example.net";
  server.address = "192.0.2.1";
  server.effective_level = "secure";
  server.certificate_names = {"*.example.net", "example.net"};
  server.log_word = "Trusted";
  server.verify_error = 62;
  server.verify_error_name = "X509_V_ERR_HOSTNAME_MISMATCH";
  server.delivery = "deferred";
  server.dsn = "4.7.5";
  server.text = "Server certificate not verified";
  server.tls = "TLSv1.3";
  server.cipher = "TLS_AES_256_GCM_SHA384";
  server.log_lines = {
      "Trusted TLS connection established to mx1.example.net[192.0.2.1]:25: TLSv1.3"};
  server.rules = {"P6"};
  server.reasoning = {"none of the names is below example.com"};
  return server;
}

DestinationRow deferred() {
  DestinationRow row;
  row.nexthop = "example.com";
  row.key = "example.com";
  row.file = "/etc/postfix/tls_policy";
  row.line = 3;
  row.source = "policy-table";
  row.parameter = "smtp_tls_policy_maps";
  row.level = row.effective_level = "secure";
  row.match = {"nexthop", "dot-nexthop"};
  row.expected_names = {"example.com", ".example.com"};
  row.delivery = "deferred";
  row.dsn = "4.7.5";
  row.text = "Server certificate not verified";
  row.verdict = "mail is deferred: the certificate has none of the names that Postfix looks for";
  row.status = Status::critical;
  row.servers = {trusted_server()};
  row.suggestions = {{"example.com secure match=.example.net",
                      "whoever has a certificate below example.net can take this mail",
                      "it covers the certificate of every MX host"}};
  row.findings_begin = 1;
  row.findings_end = 2;
  return row;
}

PolicyReport sample() {
  PolicyReport report;
  report.tool = "tls-policy-check";
  report.version = "0.1.0";
  report.postfix_version = "2.11.0";
  report.configuration = "/etc/postfix";
  report.evaluated_at = test::time_of("2026-11-21T22:00:00Z");
  report.findings = {{"config-no-ca", Severity::warning, {"P35"}, "main.cf", "no CAfile", "set it"},
                     {"policy-name-mismatch",
                      Severity::critical,
                      {"P6"},
                      "example.com",
                      "no name matches",
                      "change the entry"}};
  report.destinations = {deferred()};
  return report;
}

std::string text_of(const PolicyReport& report, RenderOptions options = {}) {
  return render(report, options);
}

Json json_of(const PolicyReport& report) {
  return Json::parse(render(report, {.format = Format::json}));
}

}  // namespace

TEST_CASE("a policy report begins with what happens to mail", "[report][policy]") {
  const auto text = text_of(sample());
  CHECK_THAT(text, StartsWith("CRITICAL  example.com: mail is deferred: the certificate has none"));
  CHECK_THAT(text,
             Contains("policy       secure, entry \"example.com\" of /etc/postfix/tls_policy:3"));
  CHECK_THAT(text, Contains("looks for    example.com, or any name below example.com (match "
                            "nexthop:dot-nexthop)"));
  CHECK_THAT(text, Contains("mx1.example.net [192.0.2.1]:25  Trusted, deferred 4.7.5 (Server "
                            "certificate not verified)"));
  CHECK_THAT(text, Contains("certificate  *.example.net, example.net"));
  CHECK_THAT(text, Contains("the log says\n      Trusted TLS connection established to mx1"));
  CHECK_THAT(text, Contains("    example.com secure match=.example.net\n"));
  CHECK_THAT(text, Contains("its cost     whoever has a certificate"));
  CHECK_THAT(text, Contains("Configuration /etc/postfix"));
  CHECK_THAT(text, !Contains("none of the names is below example.com"));
  CHECK_THAT(text_of(sample(), {.explain = true}), Contains("none of the names is below"));
  const auto quiet = text_of(sample(), {.verbosity = -1});
  CHECK(std::count(quiet.begin(), quiet.end(), '\n') == 2);
  CHECK_THAT(quiet, Contains("\nWARNING   configuration: main.cf: no CAfile\n"));
}

TEST_CASE("of many servers those alike are put together", "[report][policy]") {
  auto report = sample();
  auto& servers = report.destinations[0].servers;
  for (int i = 2; i <= 30; ++i) {
    auto server = trusted_server();
    server.hostname = "mx" + std::to_string(i) + ".example.net";
    server.address = "192.0.2." + std::to_string(i);
    server.text = i == 17 ? "greylisted" : "rejected by " + server.hostname;
    servers.push_back(server);
  }
  servers[0].text = "rejected by mx1.example.net";
  const auto text = text_of(report);
  CHECK_THAT(text, Contains("mx1.example.net [192.0.2.1]:25  Trusted"));
  CHECK_THAT(text, Contains("likewise     mx2.example.net [192.0.2.2], mx3.example.net"));
  CHECK_THAT(text, Contains("mx11.example.net"));
  CHECK_THAT(text, !Contains("mx12.example.net"));
  CHECK_THAT(text, Contains("mx17.example.net [192.0.2.17]:25  Trusted, deferred 4.7.5 (grey"));
  CHECK_THAT(text, !Contains("mx2.example.net [192.0.2.2]:25"));
  CHECK_THAT(text_of(report, {.verbosity = 1}), Contains("mx2.example.net [192.0.2.2]:25"));
  servers.resize(3);
  CHECK_THAT(text_of(report), Contains("mx2.example.net [192.0.2.2]:25"));
}

TEST_CASE("of a large table only what needs attention is shown", "[report][policy]") {
  auto report = sample();
  DestinationRow fine;
  fine.status = Status::ok;
  fine.verdict = "mail is delivered verified";
  for (int i = 0; i < 30; ++i) {
    fine.nexthop = "fine" + std::to_string(i) + ".example";
    fine.findings_begin = fine.findings_end = 2;
    report.destinations.push_back(fine);
  }
  report.table = TableLists{{"dead.example"}, {}, {"example.com"}, {}, {}};
  const auto text = text_of(report);
  CHECK_THAT(text, !Contains("fine7.example"));
  CHECK_THAT(text, Contains("31 destinations, 30 of them fine"));
  CHECK_THAT(text, Contains("1 fails today:"));
  CHECK_THAT(text, Contains("1 is never reached:\n    dead.example"));
  CHECK_THAT(text_of(report, {.verbosity = 1}), Contains("fine7.example"));
}

TEST_CASE("a policy report in JSON", "[report][policy][schema]") {
  auto report = sample();
  const auto json = json_of(report);
  CHECK(json["schema"] == "dane-report/1");
  CHECK(json["status"] == "critical");
  const auto& destination = json["destinations"][0];
  CHECK(destination["key"] == "example.com");
  CHECK(destination["line"] == 3);
  CHECK(destination["servers"][0]["matched"].is_null());
  CHECK(destination["servers"][0]["chain_error"].is_null());
  CHECK(destination["suggestions"][0]["entry"] == "example.com secure match=.example.net");
  CHECK(json["table"].is_null());

  const int first = test::check_report_schema(render(report, {.format = Format::json}));
  if (first == 77) {
    WARN("python3-jsonschema is not installed: the schema was not checked");
    return;
  }
  CHECK(first == 0);
  report.table = TableLists{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}};
  report.destinations[0].servers[0].matched = MatchedNameRow{"dot-nexthop", ".example.com", "a"};
  report.destinations[0].servers[0].chain_error = "X509_V_ERR_CERT_HAS_EXPIRED";
  CHECK(test::check_report_schema(render(report, {.format = Format::json})) == 0);
  report.destinations[0].delivery = "lost";
  CHECK(test::check_report_schema(render(report, {.format = Format::json})) == 1);
}

TEST_CASE("hostile names are harmless in a policy report", "[report][policy][hostile]") {
  auto report = sample();
  const std::string hostile = "\033[31mred\u202e\n\x01\xff";
  auto& row = report.destinations[0];
  row.nexthop = row.verdict = row.file = row.text = hostile;
  row.key = hostile;
  row.servers[0].hostname = row.servers[0].text = hostile;
  row.servers[0].certificate_names = row.servers[0].log_lines = {hostile};
  row.suggestions[0].entry = hostile;
  report.table = TableLists{{hostile}, {}, {}, {}, {}};
  for (const auto format : {Format::text, Format::json}) {
    const auto text = render(report, {.format = format, .explain = true, .verbosity = 1});
    CHECK(is_utf8(text));
    CHECK(text.find('\033') == std::string::npos);
    CHECK(text.find('\x01') == std::string::npos);
    CHECK(text.find("\u202e") == std::string::npos);
    CHECK(text.find("[31mred") != std::string::npos);
  }
}
