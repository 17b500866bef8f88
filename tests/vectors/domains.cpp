#include <algorithm>
#include <chrono>

#include "dane/check/check.hpp"
#include "dane/evidence/evidence.hpp"
#include "dane/smtp/survey.hpp"

#include "tests/support/vectors.hpp"

using namespace dane;
using test::Json;

namespace {

/// What tlsa-check --replay does, on the evidence of a vector.
report::Report replay(const Json& evidence_json) {
  const auto evidence = evidence::decode(evidence_json.dump(), "vector");
  if (!evidence) throw std::runtime_error(evidence.error().where + ": " + evidence.error().what);
  evidence::Replay replay(*evidence);
  const auto sources = replay.sources();
  const auto& request = evidence_json.at("request");

  smtp::SurveyOptions survey;
  survey.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  check::CheckOptions options;
  options.judge.at = sources.clock.now();
  options.require_dane = request.at("require_dane").get<bool>();

  report::Report report;
  report.evaluated_at = options.judge.at;
  const auto domain = DomainName::parse(request.at("domains").at(0).get<std::string>()).value();
  check::check_domain(report, smtp::survey_domain(sources, domain, survey), options);
  return report;
}

std::vector<std::string> serious(const report::Report& report) {
  std::vector<std::string> ids;
  for (const auto& finding : report.findings) {
    if (finding.severity != Severity::note) ids.push_back(finding.id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

TEST_CASE("Domains are reported as the vectors say", "[vectors][check]") {
  for (const auto& v : test::load_vectors("check/domain.json")) {
    INFO(test::describe(v));
    const auto report = replay(v.at("input").at("evidence"));
    const auto& expected = v.at("expected");
    std::vector<std::string> outcomes;
    for (const auto& subject : report.subjects) outcomes.push_back(subject.outcome);
    CHECK(to_string(report.status()) == expected.at("status").get<std::string>());
    CHECK(outcomes == expected.at("outcomes").get<std::vector<std::string>>());
    CHECK(serious(report) == expected.at("findings").get<std::vector<std::string>>());
    // With --quiet this sentence is all that people see: no plain "Yes" beside a warning.
    const auto& verdict = report.domains.at(0).verdict;
    INFO(verdict);
    const bool plain_yes =
        verdict.starts_with("Yes") && verdict.find(" But: ") == std::string::npos;
    CHECK((!plain_yes || report.status() == Status::ok));
    for (const auto& finding : report.findings) {
      INFO(finding.id << ": " << finding.text);
      CHECK_FALSE(finding.rules.empty());
      CHECK((finding.severity == Severity::note || !finding.advice.empty()));
      CHECK(finding.text.find("not recorded") == std::string::npos);
    }
  }
}
