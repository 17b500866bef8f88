#include <cstdlib>
#include <fstream>
#include <set>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "dane/core/text.hpp"
#include "dane/evidence/evidence.hpp"

#include "tests/evidence/certificates.hpp"
#include "tests/evidence/random_evidence.hpp"

using namespace dane;

namespace {
std::string file_with(const std::string& text) {
  std::string file = "/tmp/dane-evidence-XXXXXX";
  const int fd = mkstemp(file.data());
  REQUIRE(fd >= 0);
  close(fd);
  std::ofstream(file) << text;
  return file;
}

int check_schema(const std::string& text, const std::string& options) {
  const auto file = file_with(text);
  const std::string command = "/usr/bin/python3 " DANE_SOURCE_DIR
                              "/tests/support/check_schema.py " DANE_SOURCE_DIR
                              "/vectors/schema/dane-evidence-1.json " +
                              file + options + " >&2";
  const int status = std::system(command.c_str());
  unlink(file.c_str());
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

evidence::Evidence one_of_each(const std::string& tool) {
  evidence::Evidence out;
  out.tool = tool;
  out.request = R"({"domains":["example.com"]})";
  const dns::Question question{test::name("example.com"), dns::RecordType::mx};
  dns::Answer answer;
  answer.canonical_name = test::name("example.net");
  answer.aliases = {
      {test::name("example.com"), test::name("example.net"), std::chrono::seconds(5)}};
  answer.rdata = {{std::byte{0}, std::byte{10}, std::byte{0}}};
  answer.signatures.emplace_back();
  out.lookups[question] = Found<dns::Answer>{answer, {}, Security::secure};
  out.lookups[{test::name("a.example"), dns::RecordType::a}] = Absent{};
  out.lookups[{test::name("b.example"), dns::RecordType::a}] = Failed{};
  const Endpoint server{test::address("192.0.2.53"), 53};
  out.authorities[{server, question}] = Found<dns::Answer>{answer, {}, Security::insecure};
  out.authorities[{server, {test::name("a.example"), dns::RecordType::a}}] = Absent{};
  out.authorities[{server, {test::name("b.example"), dns::RecordType::a}}] = Failed{};
  probe::ProbeRequest request;
  request.endpoint = {test::address("192.0.2.1"), 25};
  out.probes[request] = {probe::Presented{"TLSv1.3", "X", {test::certificate(test::mx1.base64)}},
                         {"S: 220 hello"}};
  request.server_name = test::name("mx1.example.com");
  out.probes[request] = {probe::ProbeFailed{}, {}};
  request.tls = probe::TlsOffer{{probe::TlsVersion::tls1_2}, "HIGH", 1, true};
  const probe::Presented session{"TLSv1.2", "X", {}, probe::SessionDetails{}};
  out.probes[request] = {session, {}};
  request.endpoint.port = 26;
  probe::ProbeFailed broken;
  broken.details = probe::FailureDetails{probe::ProbeStage::in_tls, "", {"error:0"}, session};
  out.probes[request] = {broken, {}};
  return out;
}
}  // namespace

TEST_CASE("random evidence: decode(encode(x)) is x", "[evidence][property]") {
  std::mt19937 random(20261121);
  for (int i = 0; i < 800; ++i) {
    const auto before = test::random_evidence(random);
    const auto text = evidence::encode(before);
    const auto after = evidence::decode(text, "test");
    INFO("case " << i);
    if (!after) FAIL(after.error().where << ": " << after.error().what);
    REQUIRE(*after == before);
    REQUIRE(evidence::encode(*after) == text);
    REQUIRE(is_utf8(text));
  }
}

TEST_CASE("damaged evidence is an error or something else that holds", "[evidence][property]") {
  static const std::set<std::string> codes{"evidence-not-json", "evidence-schema",
                                           "evidence-invalid", "evidence-too-large"};
  std::mt19937 random(7);
  int errors = 0;
  for (int i = 0; i < 1500; ++i) {
    auto text = evidence::encode(test::random_evidence(random));
    if (i % 3 == 0) {
      text.resize(random() % text.size());
    } else {
      text[random() % text.size()] = static_cast<char>(random());
    }
    const auto decoded = evidence::decode(text, "test");
    if (decoded) {
      const auto again = evidence::encode(*decoded);
      const auto twice = evidence::decode(again, "test");
      REQUIRE(twice);
      REQUIRE(*twice == *decoded);
    } else {
      ++errors;
      INFO(decoded.error().code << " " << decoded.error().what);
      REQUIRE(codes.count(decoded.error().code) == 1);
      REQUIRE(printable(decoded.error().where, 5000).size() >= 4);
    }
  }
  CHECK(errors > 500);  // all cut files, and most of the flipped octets
}

TEST_CASE("the JSON schema takes what is written and refuses what is broken",
          "[evidence][schema]") {
  const int first =
      check_schema(evidence::encode(one_of_each("tlsa-check")),
                   " --mutations --opaque /request --opaque /certificates --optional text "
                   "--optional tls --optional details --optional session");
  if (first == 77) {
    WARN("python3-jsonschema is not installed: the schema was not checked");
    return;
  }
  CHECK(first == 0);
  std::mt19937 random(99);
  for (int i = 0; i < 5; ++i) {
    CHECK(check_schema(evidence::encode(test::random_evidence(random)), "") == 0);
  }
  auto bad = evidence::encode(one_of_each("tlsa-check"));
  const auto at = bad.find("\"absent\"");
  bad.replace(at, 8, "\"nothing\"");
  CHECK(check_schema(bad, "") == 1);
}

TEST_CASE("a hundred addresses with one chain store it once", "[evidence]") {
  evidence::Evidence evidence;
  for (int i = 1; i <= 100; ++i) {
    probe::ProbeRequest request;
    request.endpoint = {test::address("192.0.2." + std::to_string(i)), 25};
    evidence.probes[request] = {
        probe::Presented{"TLSv1.3",
                         "X",
                         {test::certificate(test::mx1.base64), test::certificate(test::ca.base64)}},
        {}};
  }
  const auto text = evidence::encode(evidence);
  const auto first = text.find(test::mx1.base64);
  REQUIRE(first != std::string::npos);
  CHECK(text.find(test::mx1.base64, first + 1) == std::string::npos);
  CHECK(text.find("\"" + std::string(test::mx1.sha256) + "\": \"") != std::string::npos);
  const auto decoded = evidence::decode(text, "test");
  REQUIRE(decoded);
  CHECK(*decoded == evidence);
}

TEST_CASE("a request that is no object cannot be written", "[evidence]") {
  evidence::Evidence evidence;
  evidence.request = "[1]";
  CHECK_THROWS_AS(evidence::encode(evidence), std::invalid_argument);
  const auto written = evidence::write_file(evidence, "/dev/null");
  REQUIRE_FALSE(written);
  CHECK(written.error().code == "evidence-invalid");
}
