/// \file  One chain, records and names given by hand.
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dane;
using namespace dane::test;

namespace {

verify::Request request(const std::vector<std::string>& records, const Issued& leaf) {
  verify::Request made;
  made.chain = pki().chain(leaf);
  for (const auto& text : records) made.records.push_back(record(text));
  made.names = {"mx1.example.com"};
  made.at = now();
  return made;
}

report::Report judge(const verify::Request& request) {
  report::Report report;
  check::check_offline(report, request, "chain.pem", options());
  return report;
}
report::Report judge(const std::vector<std::string>& records) {
  return judge(request(records, pki().ecdsa));
}

}  // namespace

TEST_CASE("offline: outcome and exit status") {
  struct Row {
    std::vector<std::string> records;
    std::string outcome;
    Status status;
    bool authenticated;
    std::string answer;  ///< how it begins
  };
  const auto pkix = in_parameters("0 1 1", key_sha256(pki().intermediate.key));
  const std::vector<Row> rows{
      {{ee_ecdsa()}, "verified", Status::ok, true, "Yes: DANE senders accept it"},
      {{ee_ecdsa(), stale()}, "verified", Status::ok, true, "Yes: "},
      {{ee_ecdsa(), pkix},
       "verified",
       Status::warning,
       true,
       "Yes: DANE senders accept it; TLSA records and certificate agree. But: usage 0 or 1"},
      {{pkix}, "unusable", Status::warning, false, "Not from everyone: no TLSA record is usable"},
      {{"3 1 1 00ff"}, "unusable", Status::warning, false, "Not from everyone: "},
      {{stale()},
       "refuted",
       Status::critical,
       false,
       "No: DANE senders refuse it (no TLSA record matches its certificate)."},
      {{}, "no-records", Status::ok, false, "Yes, but without DANE: "},
  };
  for (const auto& row : rows) {
    INFO(row.outcome << " " << row.records.size());
    const auto report = judge(row.records);
    REQUIRE(report.subjects.size() == 1);
    const auto& subject = report.subjects.front();
    CHECK(subject.outcome == row.outcome);
    CHECK(report.status() == row.status);
    REQUIRE(subject.chains.size() == 1);
    CHECK(subject.chains[0].authenticated == row.authenticated);
    CHECK(subject.chains[0].matched.has_value() == row.authenticated);
    CHECK(subject.chains[0].source == "chain.pem");
    CHECK(subject.tlsa.size() == row.records.size());
    CHECK(subject.port == 0);
    CHECK(subject.protocol.empty());
    CHECK(report.domains.empty());
    CHECK_THAT(report.answer, Catch::Matchers::StartsWith(row.answer));
  }
}

TEST_CASE("offline: the same diagnoses as live, records without an owner") {
  const auto report = judge({in_parameters("3 1 1", certificate_sha256(pki().ecdsa.certificate))});
  CHECK(serious(report) == std::vector<std::string>{"mistake-selector", "tlsa-no-match"});
  const auto* mistake = find(report, "mistake-selector");
  REQUIRE(mistake != nullptr);
  CHECK(mistake->advice.find("tlsa-no-match") != std::string::npos);
  CHECK(report.subjects[0].recommended.at(0) == ee_ecdsa());
}

TEST_CASE("offline: profile any honours usages 0 and 1") {
  auto any = request({in_parameters("1 1 1", key_sha256(pki().ecdsa.key))}, pki().ecdsa);
  any.profile = tlsa::Profile::any;
  any.trusted = {pki().root.certificate};
  CHECK(judge(any).subjects.at(0).outcome == "verified");
  CHECK(judge(any).status() == Status::ok);
  any.trusted.clear();
  const auto untrusted = judge(any);
  CHECK(untrusted.subjects.at(0).outcome == "refuted");
  CHECK(serious(untrusted) == std::vector<std::string>{"chain-invalid"});
}

TEST_CASE("offline: names of usage 3 count when asked for") {
  auto strict =
      request({in_parameters("3 1 1", key_sha256(pki().wrong_name.key))}, pki().wrong_name);
  CHECK(judge(strict).status() == Status::ok);
  strict.check_ee_names = true;
  CHECK(serious(judge(strict)) == std::vector<std::string>{"tlsa-name-mismatch"});
}
