#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dane/core/text.hpp"
#include "dane/report/report.hpp"

#include "tests/report/samples.hpp"
#include "tests/report/schema_check.hpp"

using namespace dane;
using Json = nlohmann::ordered_json;

namespace {
std::string json_text(const report::Report& report) {
  return render(report, {.format = report::Format::json});
}

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> out;
  for (const auto& [key, value] : object.items()) out.push_back(key);
  return out;
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet < 0x20 && c != '\n') || octet == 0x7f;
  });
}
}  // namespace

TEST_CASE("JSON has the fields of dane-report/1 in their order", "[report][json]") {
  const std::string text = json_text(test::two_hosts());
  CHECK(text.back() == '\n');
  CHECK(text.substr(0, 30) == "{\n  \"schema\": \"dane-report/1\",");
  const Json json = Json::parse(text);
  CHECK(keys(json) == std::vector<std::string>{"schema", "tool", "version", "evaluated_at",
                                               "status", "findings", "domains", "subjects"});
  CHECK(json["evaluated_at"] == "2026-11-21T22:00:00Z");
  CHECK(json["status"] == "critical");
  CHECK(json["findings"][1]["rules"] == Json({"S46", "D22"}));
  CHECK(json["domains"][0]["route"] == "mx");

  const Json& subject = json["subjects"][0];
  CHECK(subject["name"] == "mx1.example.com");
  CHECK(subject["port"] == 25);
  CHECK(subject["tlsa"][0]["data"] == test::digest("8d02536c"));
  CHECK(subject["tlsa"][0]["unusable_reason"].is_null());
  CHECK(subject["tlsa"][0]["matches"] == Json::array({0}));
  const Json& chain = subject["chains"][0];
  CHECK(chain["tls"] == "TLSv1.3");
  CHECK(chain["matched"] == Json({{"record", 0}, {"depth", 0}}));
  CHECK(chain["verify_error"] == Json({{"code", 0}, {"name", "X509_V_OK"}}));
  CHECK(chain["certificates"][0]["not_after"] == "2026-12-30T00:00:00Z");

  const Json& other = json["subjects"][1];
  CHECK(other["tlsa"][1]["unusable_reason"] == "pkix-usage-for-smtp");
  CHECK(other["tlsa"][2]["set_aside_by_agility"] == true);
  CHECK(other["chains"][0]["matched"].is_null());
  CHECK(other["chains"][0]["verify_error"]["name"] == "X509_V_ERR_DANE_NO_MATCH");
}

TEST_CASE("what does not apply is null in JSON", "[report][json]") {
  const Json subject = Json::parse(json_text(test::offline()))["subjects"][0];
  for (const auto* field : {"domain", "port", "protocol", "preference", "tlsa_owner",
                            "tlsa_security", "tlsa_ttl", "address_security"}) {
    INFO(field);
    CHECK(subject[field].is_null());
  }
  for (const auto* field : {"address", "tls", "cipher", "sni"}) {
    INFO(field);
    CHECK(subject["chains"][0][field].is_null());
  }
  CHECK(subject["chains"][0]["source"] == "fullchain.pem");
}

TEST_CASE("line feeds of an advice survive in JSON", "[report][json]") {
  const Json json = Json::parse(json_text(test::two_hosts()));
  const auto advice = json["findings"][1]["advice"].get<std::string>();
  CHECK(advice == test::two_hosts().findings[1].advice);
}

TEST_CASE("hostile text is harmless in every format", "[report][hostile]") {
  const auto hostile = test::hostile();
  for (const auto format : {report::Format::text, report::Format::json, report::Format::nagios,
                            report::Format::prometheus}) {
    for (const int verbosity : {-1, 0, 1}) {
      const auto text =
          render(hostile, {.format = format, .explain = verbosity > 0, .verbosity = verbosity});
      INFO(static_cast<int>(format) << " " << verbosity);
      CHECK(is_utf8(text));
      CHECK_FALSE(has_control_characters(text));
      CHECK(text.find("\u202e") == std::string::npos);   // right-to-left override
      CHECK(text.find("[31mred") != std::string::npos);  // shown, not dropped
      CHECK(text.back() == '\n');
    }
  }
  CHECK_NOTHROW(Json::parse(json_text(hostile)));
}

TEST_CASE("text that is printable already is not escaped again", "[report][hostile]") {
  auto report = test::offline();
  report.findings[0].text = printable("a\\b\033c");
  REQUIRE(report.findings[0].text == "a\\\\b\\x1bc");
  const Json json = Json::parse(json_text(report));
  CHECK(json["findings"][0]["text"] == report.findings[0].text);
  CHECK(render(report, {}).find("a\\\\b\\x1bc\n") != std::string::npos);
}

TEST_CASE("the JSON schema takes what is written and refuses what is broken", "[report][schema]") {
  const auto run = [](const report::Report& report) {
    return test::check_report_schema(json_text(report));
  };
  const int first = run(test::two_hosts());
  if (first == 77) {
    WARN("python3-jsonschema is not installed: the schema was not checked");
    return;
  }
  CHECK(first == 0);
  CHECK(run(test::offline()) == 0);
  auto with_authorities = test::two_hosts();
  with_authorities.subjects[0].authorities = {
      {"ns1.example.com", "192.0.2.53", "found", {"3 1 1 ab"}, true, "passes"},
      {"ns2.example.com", "192.0.2.54", "failed", {}, std::nullopt, "timeout"}};
  CHECK(run(with_authorities) == 0);
  auto wrong = test::two_hosts();
  wrong.subjects[0].outcome = "fine";
  CHECK(run(wrong) == 1);
}
