#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "dane/report/report.hpp"

#include "libdane/report/phrases.hpp"
#include "tests/report/samples.hpp"

using namespace dane;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {
std::string nagios(const report::Report& report) {
  return render(report, {.format = report::Format::nagios});
}

std::string prometheus(const report::Report& report) {
  return render(report, {.format = report::Format::prometheus});
}

/// The exposition format by its definition: every line is HELP, TYPE or a sample whose labels are
/// quoted right; HELP and TYPE once and before the samples; no series twice.
void check_exposition(const std::string& text) {
  static const std::regex sample(
      R"re(([a-z_]+)(\{[a-z_]+="(?:[^"\\]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\]|\\[\\"n])*")*\})? -?[0-9]+)re");
  std::set<std::string> series, heads;
  std::string current;
  for (const auto& line : report::split_lines(text)) {
    INFO(line);
    if (line.rfind("# HELP ", 0) == 0 || line.rfind("# TYPE ", 0) == 0) {
      current = line.substr(7, line.find(' ', 7) - 7);
      REQUIRE(heads.insert(line.substr(0, 7) + current).second);
      continue;
    }
    std::smatch match;
    REQUIRE(std::regex_match(line, match, sample));
    REQUIRE(match[1] == current);
    REQUIRE(series.insert(line.substr(0, line.rfind(' '))).second);
  }
  REQUIRE(series.size() > 10);
}
}  // namespace

TEST_CASE("nagios: status line with performance data, then the findings", "[report][nagios]") {
  const auto text = nagios(test::two_hosts());
  const auto first = text.substr(0, text.find('\n'));
  CHECK(first ==
        "TLSA CRITICAL - example.com: DANE senders do not deliver to mx2.example.com: no record "
        "matches its certificate | hosts=2;;;0 verified=1;;;0;2 refuted=1;;;0;2 unusable=0;;;0;2 "
        "no_records=0;;;0;2 insecure=0;;;0;2 undetermined=0;;;0;2 critical=1;;;0 unknown=0;;;0 "
        "warnings=0;;;0 certificate_days=-21;;;");
  CHECK_THAT(text, Contains("\nCRITICAL tlsa-no-match: mx2.example.com [192.0.2.2]:25 RSA: "));
  CHECK_THAT(text, Contains("\nNOTE dane-verified: "));
}

TEST_CASE("nagios: several domains are counted, the worst is named", "[report][nagios]") {
  const auto text = nagios(test::several_domains());
  CHECK_THAT(text, StartsWith("TLSA CRITICAL - 3 domains: 1 critical, 1 unknown, 1 ok; "
                              "example.com: DANE senders do not deliver"));
  CHECK_THAT(text, Contains("\nOK example.net: DANE senders deliver\n"));
  CHECK_THAT(
      nagios(test::offline()),
      StartsWith("TLSA OK - mx1.example.com: Yes: a TLSA record authenticates it. | hosts=1"));
}

TEST_CASE("nagios: hostile text starts no performance data and no line", "[report][nagios]") {
  const auto report = test::hostile();
  const auto lines = report::split_lines(nagios(report));
  REQUIRE(lines.size() == 1 + report.findings.size());
  CHECK(std::count(lines[0].begin(), lines[0].end(), '|') == 1);
  CHECK_THAT(lines[1], Contains("\\x7c"));
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK(lines[i].find('|') == std::string::npos);
  for (const auto& line : lines) CHECK(line.find('<') == std::string::npos);
}

TEST_CASE("prometheus: samples", "[report][prometheus]") {
  const auto text = prometheus(test::two_hosts());
  check_exposition(text);
  CHECK_THAT(text, Contains("\ndane_check_status{domain=\"example.com\"} 2\n"));
  CHECK_THAT(text, Contains("\ndane_findings{severity=\"critical\"} 1\n"));
  const std::string host = "{domain=\"example.com\",host=\"mx1.example.com\",port=\"25\",";
  CHECK_THAT(text, Contains("\ndane_host_outcome" + host + "outcome=\"verified\"} 1\n"));
  CHECK_THAT(text, Contains("\ndane_host_outcome" + host + "outcome=\"refuted\"} 0\n"));
  CHECK_THAT(text, Contains("\ndane_record_match" + host +
                            "usage=\"3\",selector=\"1\",matching_type=\"1\",data_prefix=\"" +
                            test::digest("8d02536c").substr(0, 16) + "\",record=\"0\"} 1\n"));
  CHECK_THAT(text, Contains("\ndane_chain_authenticated" + host +
                            "address=\"2001:db8::1\",key_type=\"ECDSA\"} 1\n"));
  CHECK_THAT(text, Contains("\ndane_certificate_not_after_seconds" + host +
                            "address=\"192.0.2.1\",key_type=\"RSA\",position=\"0\"} 1798588800\n"));
}

TEST_CASE("prometheus: no series twice, labels escaped", "[report][prometheus]") {
  check_exposition(prometheus(test::several_domains()));
  check_exposition(prometheus(test::hostile()));
  CHECK_THAT(prometheus(test::hostile()), Contains("\\\"q\\\""));
}

TEST_CASE("prometheus: an unseen certificate does not count as a mismatch",
          "[report][prometheus]") {
  auto report = test::two_hosts();
  report.subjects.erase(report.subjects.begin());
  report.subjects[0].chains.clear();
  CHECK_THAT(prometheus(report), !Contains("dane_record_match"));
  CHECK_THAT(prometheus(report), Contains("dane_record_usable"));
}

TEST_CASE("prometheus: of two equal series the worse value stays", "[report][prometheus]") {
  auto report = test::two_hosts();
  auto& chains = report.subjects[0].chains;
  chains.push_back(chains[0]);
  chains.back().authenticated = false;
  CHECK_THAT(prometheus(report), Contains("host=\"mx1.example.com\",port=\"25\","
                                          "address=\"192.0.2.1\",key_type=\"RSA\"} 0\n"));
}

TEST_CASE("prometheus: promtool takes it", "[report][prometheus]") {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
    WARN("promtool is not installed: the format was checked by our own reader only");
    return;
  }
  for (const auto& report : {test::two_hosts(), test::several_domains(), test::hostile()}) {
    FILE* promtool = popen("promtool check metrics >&2", "w");
    REQUIRE(promtool != nullptr);
    fputs(prometheus(report).c_str(), promtool);
    CHECK(pclose(promtool) == 0);
  }
}
