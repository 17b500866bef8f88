// Evidence written by hand, as a script would write it, and its broken copies.
#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dane/evidence/evidence.hpp"

#include "tests/evidence/certificates.hpp"
#include "tests/evidence/random_evidence.hpp"

using namespace dane;
using Json = nlohmann::json;

namespace {
Json by_hand() {
  Json json = Json::parse(R"({
    "schema": "dane-evidence/1", "tool": "tlsa-check", "tool_version": "0.1.0",
    "saved_at": "2026-11-21T23:00:00+01:00", "evaluated_at": "2026-11-21T22:00:00Z",
    "request": {"domains": ["example.com"]},
    "lookups": [
      {"name": "example.com", "type": "MX", "outcome": "found", "security": "secure", "ttl": 3600,
       "canonical_name": "example.com", "aliases": [],
       "records": [{"rdata": "000a036d7831076578616d706c6503636f6d00", "text": "not read"}],
       "signatures": [{"owner": "example.com", "covered": "MX", "signer": "example.com",
         "algorithm": 13, "key_tag": 2371, "labels": 2,
         "inception": "2026-11-14T00:00:00Z", "expiration": "2026-12-05T00:00:00Z"}],
       "message_size": 431},
      {"name": "_25._tcp.mx1.example.com.", "type": "TYPE52", "outcome": "absent",
       "security": "secure", "negative_ttl": 300, "name_exists": false},
      {"name": "mx1.example.com", "type": "AAAA", "outcome": "failed", "kind": "bogus",
       "what": "signature expired", "where": "mx1.example.com AAAA", "remedy": "sign again"}],
    "authorities": [
      {"server": "2001:db8::53", "port": 53, "name": "example.com", "type": "MX",
       "outcome": "absent", "security": "insecure", "negative_ttl": 0, "name_exists": true}],
    "probes": [
      {"request": {"address": "192.0.2.1", "port": 25, "protocol": "smtp",
         "host": "mx1.example.com", "server_name": "mx1.example.com", "offer": "RSA"},
       "outcome": "failed", "kind": "starttls-rejected", "what": "refused",
       "reply": "454 TLS not available", "alert": "", "dialogue": ["S: 220 mx1", "C: EHLO x"]}],
    "certificates": {}})");
  Json presented = Json::parse(R"({
      "request": {"address": "192.0.2.1", "port": 25, "protocol": "smtp",
        "host": "mx1.example.com", "server_name": null, "offer": "ECDSA"},
      "outcome": "presented", "tls_version": "TLSv1.2", "cipher": "X", "chain": [],
      "dialogue": []})");
  presented["chain"] = {std::string(test::mx1.sha256), std::string(test::ca.sha256)};
  json["probes"].push_back(presented);
  json["certificates"][std::string(test::mx1.sha256)] = std::string(test::mx1.base64);
  json["certificates"][std::string(test::ca.sha256)] = std::string(test::ca.base64);
  return json;
}

Json tls_offer() {
  return Json::parse(R"({"versions": ["TLSv1", "TLSv1.2"], "ciphers": "HIGH:!aNULL",
                         "security_level": 1, "allow_anonymous": true})");
}
Json session_details() {
  return Json::parse(R"json({"used_bits": 128, "algorithm_bits": 256, "key_exchange": "X25519",
                             "signature": "RSA-PSS (2048 bits)", "digest": "SHA256"})json");
}
Json failure_details() {
  Json json = Json::parse(R"({"stage": "in-tls", "error": "-1", "library_errors": ["error:0"],
                              "session": {"tls_version": "TLSv1.3", "cipher": "C", "chain": []}})");
  json["session"]["details"] = session_details();
  return json;
}

Error error_of(const std::string& text) {
  const auto decoded = evidence::decode(text, "FILE");
  return decoded ? Error{"none", "it was accepted", "", ""} : decoded.error();
}
Error error_of(const Json& json) {
  return error_of(json.dump());
}
}  // namespace

TEST_CASE("evidence written by hand decodes to its values", "[evidence][decode]") {
  const auto got = evidence::decode(by_hand().dump(), "FILE");
  if (!got) FAIL(got.error().where << ": " << got.error().what);
  CHECK(got->tool == "tlsa-check");
  CHECK(got->saved_at == got->evaluated_at + std::chrono::hours(0));
  CHECK(format_rfc3339(got->saved_at) == "2026-11-21T22:00:00Z");
  CHECK(got->request == R"({"domains":["example.com"]})");

  const auto& mx = std::get<Found<dns::Answer>>(
      got->lookups.at({test::name("example.com"), dns::RecordType::mx}));
  CHECK(mx.security == Security::secure);
  CHECK(mx.ttl == std::chrono::hours(1));
  CHECK(dns::decode_mx(mx.value.rdata.at(0)) == dns::Mx{10, test::name("mx1.example.com")});
  CHECK(mx.value.message_size == 431);
  const auto& signature = mx.value.signatures.at(0);
  CHECK(signature.algorithm == 13);
  CHECK(signature.key_tag == 2371);
  CHECK(signature.expiration == test::time_of("2026-12-05T00:00:00Z"));

  CHECK(got->lookups.at({test::name("_25._tcp.mx1.example.com"), dns::RecordType::tlsa}) ==
        dns::LookupOutcome(Absent{std::chrono::seconds(300), Security::secure, false}));
  CHECK(got->lookups.at({test::name("mx1.example.com"), dns::RecordType::aaaa}) ==
        dns::LookupOutcome(
            Failed{FailureKind::bogus, "signature expired", "mx1.example.com AAAA", "sign again"}));
  CHECK(got->authorities.begin()->first.server.to_string() == "[2001:db8::53]:53");

  REQUIRE(got->probes.size() == 2);
  for (const auto& [request, result] : got->probes) {
    if (request.offer == probe::Offer::ecdsa) {
      CHECK_FALSE(request.server_name);
      const auto& chain = std::get<probe::Presented>(result.outcome).chain;
      REQUIRE(chain.size() == 2);
      CHECK(chain[0].cert_sha256() == test::mx1.sha256);
      CHECK(chain[1].cert_sha256() == test::ca.sha256);
    } else {
      CHECK(request.server_name == test::name("mx1.example.com"));
      const auto& failed = std::get<probe::ProbeFailed>(result.outcome);
      CHECK(failed.kind == probe::ProbeFailure::starttls_rejected);
      CHECK(failed.reply == "454 TLS not available");
      CHECK(result.dialogue == std::vector<std::string>{"S: 220 mx1", "C: EHLO x"});
    }
  }
}

TEST_CASE("broken evidence is refused with its place", "[evidence][decode]") {
  struct Case {
    std::string pointer;  // where the value goes
    Json value;           // what goes there; null: the field is removed
    std::string code, place;
  };
  const auto bad_der = Json("MIIB");
  const auto c = GENERATE_COPY(from_range(std::vector<Case>{
      {"/schema", "dane-evidence/2", "evidence-schema", "FILE: /"},
      {"/schema", nullptr, "evidence-schema", "FILE: /"},
      {"/surprise", 1, "evidence-invalid", "FILE: /"},
      {"/tool", nullptr, "evidence-invalid", "FILE: /"},
      {"/tool", 5, "evidence-invalid", "FILE: /tool"},
      {"/saved_at", "2026-13-01T00:00:00Z", "evidence-invalid", "FILE: /saved_at"},
      {"/request", Json::array(), "evidence-invalid", "FILE: /request"},
      {"/lookups", Json::object(), "evidence-invalid", "FILE: /lookups"},
      {"/lookups/0/name", "a..b", "evidence-invalid", "FILE: /lookups/0/name"},
      {"/lookups/0/type", "BOGUS", "evidence-invalid", "FILE: /lookups/0/type"},
      {"/lookups/0/outcome", "maybe", "evidence-invalid", "FILE: /lookups/0/outcome"},
      {"/lookups/0/outcome", "absent", "evidence-invalid", "FILE: /lookups/0"},
      {"/lookups/0/security", "bogus", "evidence-invalid", "FILE: /lookups/0/security"},
      {"/lookups/0/ttl", -1, "evidence-invalid", "FILE: /lookups/0/ttl"},
      {"/lookups/0/ttl", 1.5, "evidence-invalid", "FILE: /lookups/0/ttl"},
      {"/lookups/0/ttl", 4294967296, "evidence-invalid", "FILE: /lookups/0/ttl"},
      {"/lookups/0/records", Json::array(), "evidence-invalid", "FILE: /lookups/0/records"},
      {"/lookups/0/records/0/rdata", "abc", "evidence-invalid", "FILE: /lookups/0/records/0/rdata"},
      {"/lookups/0/records/0/note", "x", "evidence-invalid", "FILE: /lookups/0/records/0"},
      {"/lookups/0/signatures/0/key_tag", 65536, "evidence-invalid",
       "FILE: /lookups/0/signatures/0/key_tag"},
      {"/lookups/1/name_exists", "no", "evidence-invalid", "FILE: /lookups/1/name_exists"},
      {"/lookups/2/kind", "absent", "evidence-invalid", "FILE: /lookups/2/kind"},
      {"/lookups/2/ttl", 5, "evidence-invalid", "FILE: /lookups/2"},
      {"/lookups/3", by_hand()["lookups"][1], "evidence-invalid", "FILE: /lookups/3"},
      {"/authorities/0/server", "ns1.example.com", "evidence-invalid",
       "FILE: /authorities/0/server"},
      {"/authorities/1", by_hand()["authorities"][0], "evidence-invalid", "FILE: /authorities/1"},
      {"/probes/0/kind", "sleepy", "evidence-invalid", "FILE: /probes/0/kind"},
      {"/probes/0/request/protocol", "gopher", "evidence-invalid",
       "FILE: /probes/0/request/protocol"},
      {"/probes/0/request/offer", "rsa", "evidence-invalid", "FILE: /probes/0/request/offer"},
      {"/probes/0/request/port", 65536, "evidence-invalid", "FILE: /probes/0/request/port"},
      {"/probes/0/dialogue/0", 1, "evidence-invalid", "FILE: /probes/0/dialogue/0"},
      {"/probes/0/details", failure_details(), "evidence-invalid", "FILE: /probes/0/details"},
      {"/probes/1/details", session_details(), "evidence-invalid", "FILE: /probes/1/details"},
      {"/probes/0/request/tls", tls_offer(), "evidence-invalid", "FILE: /probes/0/request/offer"},
      {"/probes/1/chain", Json::array(), "evidence-invalid", "FILE: /probes/1/chain"},
      {"/probes/1/chain/1", std::string(test::mx2.sha256), "evidence-invalid",
       "FILE: /probes/1/chain/1"},
      {"/probes/2", by_hand()["probes"][0], "evidence-invalid", "FILE: /probes/2"},
      {"/certificates/" + std::string(test::ca.sha256), "%%%", "evidence-invalid",
       "FILE: /certificates/" + std::string(test::ca.sha256)},
      {"/certificates/" + std::string(test::ca.sha256), bad_der, "evidence-invalid",
       "FILE: /certificates/" + std::string(test::ca.sha256)},
      {"/certificates/" + std::string(test::ca.sha256), std::string(test::mx2.base64),
       "evidence-invalid", "FILE: /certificates/" + std::string(test::ca.sha256)},
  }));
  INFO(c.pointer << " = " << c.value);
  Json json = by_hand();
  const Json::json_pointer pointer(c.pointer);
  if (c.value.is_null()) {
    json[pointer.parent_pointer()].erase(pointer.back());
  } else {
    json[pointer] = c.value;
  }
  const auto error = error_of(json);
  INFO(error.what);
  CHECK(error.code == c.code);
  CHECK(error.where == c.place);
  CHECK_FALSE(error.what.empty());
}

TEST_CASE("what a TLS offer adds decodes, and is refused when broken", "[evidence][decode]") {
  Json json = by_hand();
  auto& failed = json["probes"][0];
  failed["request"]["offer"] = "any";
  failed["request"]["tls"] = tls_offer();
  failed["details"] = failure_details();
  const auto got = evidence::decode(json.dump(), "FILE");
  if (!got) FAIL(got.error().where << ": " << got.error().what);
  const auto probe = std::find_if(got->probes.begin(), got->probes.end(),
                                  [](const auto& entry) { return entry.first.tls.has_value(); });
  REQUIRE(probe != got->probes.end());
  using enum probe::TlsVersion;
  CHECK(probe->first.tls == probe::TlsOffer{{tls1, tls1_2}, "HIGH:!aNULL", 1, true});
  const auto& outcome = std::get<probe::ProbeFailed>(probe->second.outcome);
  const probe::SessionDetails session{128, 256, "X25519", "RSA-PSS (2048 bits)", "SHA256"};
  CHECK(outcome.details == probe::FailureDetails{probe::ProbeStage::in_tls,
                                                 "-1",
                                                 {"error:0"},
                                                 probe::Presented{"TLSv1.3", "C", {}, session}});

  struct Case {
    std::string pointer;
    Json value;
  };
  const auto c = GENERATE_COPY(from_range(std::vector<Case>{
      {"/request/tls/versions", Json{"TLSv1.2", "TLSv1"}},
      {"/request/tls/versions", Json{"TLSv1.2", "TLSv1.2"}},
      {"/request/tls/versions", Json{"TLSv1.4"}},
      {"/request/tls/ciphers", 1},
      {"/request/tls/security_level", 6},
      {"/request/tls/allow_anonymous", "yes"},
      {"/request/tls/allow_anonymous", false},  // the session has no certificate
      {"/request/tls/groups", "X25519"},
      {"/details/stage", "lunch"},
      {"/details/error", 5},
      {"/details/library_errors", "error:0"},
      {"/details/session/chain", Json{"00"}},
      {"/details/session/dialogue", Json::array()},
      {"/details/session/details/used_bits", -1},
      {"/details/session/details/note", ""},
  }));
  INFO(c.pointer << " = " << c.value);
  failed[Json::json_pointer(c.pointer)] = c.value;
  CHECK(error_of(json).code == "evidence-invalid");
}

TEST_CASE("text that is not evidence is refused", "[evidence][decode]") {
  CHECK(error_of(std::string()).code == "evidence-not-json");
  CHECK(error_of(std::string("{")).code == "evidence-not-json");
  CHECK(error_of(std::string("{\"schema\": \"\xff\"}")).code == "evidence-not-json");
  CHECK(error_of(std::string("[1e999]")).code == "evidence-not-json");
  CHECK(error_of(std::string("[]")).code == "evidence-schema");
  CHECK(error_of(std::string("{}")).code == "evidence-schema");
  CHECK(error_of(std::string("null")).code == "evidence-schema");
  CHECK(error_of(by_hand().dump() + "x").code == "evidence-not-json");
  const auto twice = error_of(std::string(R"({"schema":"dane-evidence/1","tool":"","tool":""})"));
  CHECK(twice.code == "evidence-not-json");
  CHECK(twice.what == "the field \"tool\" appears twice in one object");
}

TEST_CASE("evidence is bounded in size, depth and number", "[evidence][decode]") {
  CHECK(error_of(std::string((64U << 20U) + 1, ' ')).code == "evidence-too-large");
  CHECK(error_of(std::string(1'000'000, '[')).code == "evidence-too-large");
  std::string deep = R"({"a":)";
  for (int i = 0; i < 40; ++i) deep += R"({"a":)";
  CHECK(error_of(deep).code == "evidence-too-large");
  std::string many = "[";
  for (int i = 0; i < 2'000'001; ++i) many += "0,";
  CHECK(error_of(many).code == "evidence-too-large");
}

TEST_CASE("the example of dane-evidence(5) is read", "[evidence][decode]") {
  std::ifstream page(DANE_SOURCE_DIR "/man/dane-evidence.5");
  std::string example;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("{ \"schema\"", 0) == 0) inside = true;
    if (inside && line == ".Ed") break;
    if (inside) example += line + "\n";
  }
  const auto got = evidence::decode(example, "man page");
  if (!got) FAIL(got.error().where << ": " << got.error().what);
  REQUIRE(got->lookups.size() == 1);
  CHECK(std::get<Failed>(got->lookups.begin()->second).kind == FailureKind::timeout);
}
