#include <catch2/catch.hpp>

#include "dane/report/report.hpp"

#include "libdane/report/phrases.hpp"
#include "libdane/report/writer.hpp"
#include "tests/report/samples.hpp"

using namespace dane;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {
std::string text_of(const report::Report& report, report::RenderOptions options = {}) {
  return render(report, options);
}

std::string without_sgr(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      i = text.find('m', i);
    } else {
      out += text[i];
    }
  }
  return out;
}
}  // namespace

TEST_CASE("the answer comes first, then what was seen, then what to do", "[report][text]") {
  const auto text = text_of(test::two_hosts());
  CHECK_THAT(text, StartsWith("CRITICAL  example.com: DANE senders do not deliver to "
                              "mx2.example.com: no record matches its\n          certificate\n"));
  const auto tree = text.find("  mx1.example.com:25  VERIFIED  preference 10\n");
  const auto findings = text.find("\nFindings\n");
  const auto critical = text.find("\nCRITICAL  mx2.example.com [192.0.2.2]:25 RSA");
  const auto note = text.find("\nNOTE      mx1.example.com  [dane-verified]\n");
  REQUIRE(note != std::string::npos);
  CHECK(tree < findings);
  CHECK(findings < critical);
  CHECK(critical < note);  // the worst first, whatever the order of the report
}

TEST_CASE("every record's fate and every address are shown", "[report][text]") {
  const auto text = text_of(test::two_hosts());
  CHECK_THAT(text, Contains("#0  match      3 1 1 8d02536c..."));
  CHECK_THAT(text, Contains("matches the leaf of RSA at 192.0.2.1, 2001:db8::1\n"));
  CHECK_THAT(text, Contains("#0  no match   3 1 1 deadbeef..."));
  CHECK_THAT(text, Contains("matches nothing that the server presents\n"));
  CHECK_THAT(text, Contains("#1  unusable   0 1 1 aabbccdd..."));
  CHECK_THAT(text, Contains("pkix-usage-for-smtp [S45]\n"));
  CHECK_THAT(text, Contains("#2  set aside  3 1 1 99887766..."));
  CHECK_THAT(text, Contains("192.0.2.1    ECDSA   TLSv1.3  verified    by #1 (3 1 1), depth 0\n"));
  CHECK_THAT(text,
             Contains("192.0.2.2    RSA     TLSv1.3  REFUTED     no usable record matches\n"));
  CHECK_THAT(text, Contains("its key:         3 1 1 8d02536c..."));  // both sides of a mismatch
  CHECK_THAT(text, Contains("its certificate: 3 0 1 ce8d0253..."));
  CHECK_THAT(text, Contains("2001:db8::2  any     -        not tested  no route to IPv6"));
  CHECK_THAT(text,
             Contains("192.0.2.2    ECDSA   -        none        no chain of this key type\n"));
  CHECK_THAT(text, Contains("192.0.2.3    not tested\n"));
  CHECK_THAT(text, Contains("reference identifiers: mx1.example.com, example.com\n"));
  CHECK_THAT(text, Contains("EXPIRED 2026-11-01\n"));
}

TEST_CASE("a record that nothing was presented for is untested, not unmatched", "[report][text]") {
  auto report = test::two_hosts();
  report.subjects[1].chains.clear();
  const auto text = text_of(report);
  CHECK_THAT(text, Contains("#0  untested   3 1 1 deadbeef..."));
  CHECK_THAT(text, !Contains("no match"));
}

TEST_CASE("zone lines are whole, unindented, and stand in the advice alone", "[report][text]") {
  const auto report = test::two_hosts();
  const auto& line = report.subjects[1].recommended[0];
  const auto text = text_of(report);
  const auto at = text.find("\n" + line + "\n");
  REQUIRE(at != std::string::npos);
  CHECK(text.find(line, at + 2) == std::string::npos);

  // The bare list is for programs: whether its records replace or join others stands in the advice.
  auto without_advice = report;
  without_advice.findings[1].advice = "publish the right record";
  CHECK_THAT(text_of(without_advice), !Contains(line));
}

TEST_CASE("lines stay within the width but for digests and zone lines", "[report][text]") {
  const auto text = text_of(test::two_hosts());
  for (const auto& line : report::split_lines(text)) {
    INFO(line);
    CHECK((report::display_width(line) <= report::Writer::width || report::is_zone_line(line)));
  }
}

TEST_CASE("a TLSA record is not broken in the middle", "[report][text]") {
  report::Writer out(false);
  const std::string record = "3 1 1 " + test::digest("8d02536c");
  out.to_column(10).wrapped("the zone of the domain should say " + record + ", not 2 1 1 or more",
                            10);
  out.end_line();
  CHECK(out.take() == "          the zone of the domain should say\n          " + record +
                          ", not 2 1 1 or\n          more\n");
}

TEST_CASE("digests are short in the tree and whole with -v", "[report][text]") {
  const auto full = "3 1 1 " + test::digest("77aa0011");
  CHECK_THAT(text_of(test::two_hosts()), !Contains(full));
  const auto verbose = text_of(test::two_hosts(), {.verbosity = 1});
  CHECK_THAT(verbose, Contains("#1  match      " + full + "\n"));
  CHECK_THAT(verbose, Contains("its key:         3 1 1 " + test::digest("8d02536c") + "\n"));
  CHECK_THAT(verbose, Contains("cipher TLS_AES_256_GCM_SHA384, SNI mx1.example.com\n"));
}

TEST_CASE("--explain adds rules and reasoning", "[report][text]") {
  const auto plain = text_of(test::two_hosts());
  const auto explained = text_of(test::two_hosts(), {.explain = true});
  for (const auto* part :
       {"[tlsa-no-match] rules S46 D22\n", "- record 1 (3 1 1) is usable\n",
        "addresses and TLSA records are secure [S12 S26]\n", "(X509_V_ERR_DANE_NO_MATCH)"}) {
    INFO(part);
    CHECK_THAT(explained, Contains(part));
    CHECK_THAT(plain, !Contains(part));
  }
}

TEST_CASE("-q leaves one line a domain", "[report][text]") {
  CHECK(text_of(test::several_domains(), {.verbosity = -1}) ==
        "CRITICAL  example.com: DANE senders do not deliver to mx2.example.com: no record matches "
        "its certificate\n"
        "OK        example.net: DANE senders deliver\n"
        "UNKNOWN   example.org: the MX lookup failed\n");
  CHECK(text_of(test::offline(), {.verbosity = -1}) ==
        "OK        mx1.example.com: Yes: a TLSA record authenticates it.\n");
}

TEST_CASE("findings stand with their domain", "[report][text]") {
  const auto text = text_of(test::several_domains());
  const auto critical = text.find("CRITICAL  mx2.example.com [192.0.2.2]:25");
  const auto heading = text.find("\nexample.org  the MX lookup failed\n");
  const auto unknown = text.find("UNKNOWN   example.org MX  [dns-lookup-failed]");
  REQUIRE(unknown != std::string::npos);
  CHECK(critical < heading);
  CHECK(heading < unknown);

  auto without_ranges = test::several_domains();
  for (auto& row : without_ranges.domains) {
    row.findings_begin = row.findings_end = row.subjects_begin = row.subjects_end = 0;
  }
  const auto all_at_the_end = text_of(without_ranges);
  CHECK(all_at_the_end.find("\nexample.org  ") <
        all_at_the_end.find("CRITICAL  mx2.example.com ["));
  CHECK_THAT(all_at_the_end, Contains("  mx2.example.com:25  REFUTED"));
}

TEST_CASE("a chain that a hundred addresses present is listed once", "[report][text]") {
  auto report = test::two_hosts();
  auto& host = report.subjects[0];
  const auto chain = host.chains[0];
  host.chains.clear();
  host.addresses.clear();
  for (int i = 1; i <= 100; ++i) {
    host.chains.push_back(chain);
    host.chains.back().address = "192.0.2." + std::to_string(i);
    host.addresses.push_back(host.chains.back().address);
  }
  report.subjects.resize(1);
  const auto text = text_of(report);
  CHECK_THAT(text, Contains("Certificates (RSA) of 192.0.2.1, 192.0.2.2, 192.0.2.3 and 97 more\n"));
  CHECK_THAT(text, Contains("      192.0.2.100  RSA"));
  const auto first = text.find("0  CN=mx1.example.com");
  REQUIRE(first != std::string::npos);
  CHECK(text.find("0  CN=mx1.example.com", first + 1) == std::string::npos);
}

TEST_CASE("colour changes nothing but colour", "[report][text]") {
  for (const auto& report : {test::two_hosts(), test::offline(), test::several_domains()}) {
    const auto plain = text_of(report);
    const auto colored = text_of(report, {.color = true});
    CHECK(plain.find('\033') == std::string::npos);
    CHECK(without_sgr(colored) == plain);
  }
  CHECK_THAT(text_of(test::two_hosts(), {.color = true}), StartsWith("\033[1;31mCRITICAL\033[0m "));
  CHECK_THAT(text_of(test::offline(), {.color = true}), StartsWith("\033[32mOK\033[0m "));
}
