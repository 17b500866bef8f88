/// \file  Parts that a whole domain does not show, or not at every corner.
#include <catch2/catch.hpp>

#include "libdane/check/digest_forms.hpp"
#include "libdane/check/findings.hpp"
#include "libdane/check/known_cas.hpp"
#include "libdane/check/mistakes.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"
#include "world.hpp"

using namespace dane;
using namespace dane::test;
using check::ChainCase;
using check::Service;

namespace {

ChainCase seen(const verify::Verification& verification) {
  return {.address = "192.0.2.1",
          .place = "[192.0.2.1]:25 ECDSA",
          .key_type = "ECDSA",
          .chain = pki().chain(pki().ecdsa),
          .verification = verification};
}

std::optional<check::Mistake> guess(const tlsa::Record& of, const std::vector<x509::Chain>& chains,
                                    std::vector<check::NamedChain> others) {
  return check::MistakeFinder(chains, std::move(others)).guess(of);
}

}  // namespace

TEST_CASE("a disagreement between judge and explanation is unknown, never a verdict") {
  Service service;
  service.name = "mx1.example.com";
  service.records = {record(ee_ecdsa())};
  verify::Verification verification;
  verification.verdict = verify::Verdict::undetermined;
  verification.prediction.because = "the leaf matches";
  service.chains = {seen(verification)};
  const auto findings = check::chain_findings(service);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].id == "verdict-disagreement");
  CHECK(findings[0].severity == Severity::unknown);
  CHECK(findings[0].subject == "mx1.example.com [192.0.2.1]:25 ECDSA");
  CHECK_FALSE(findings[0].advice.empty());
}

TEST_CASE("a record in its place is no mistake") {
  const std::vector<x509::Chain> chains{pki().chain(pki().ecdsa)};
  CHECK_FALSE(guess(record(ee_ecdsa()), chains, {}).has_value());
  CHECK_FALSE(guess(record(in_parameters("2 1 1", key_sha256(pki().intermediate.key))), chains, {})
                  .has_value());
  CHECK_FALSE(guess(record(in_parameters("0 1 1", key_sha256(pki().intermediate.key))), chains, {})
                  .has_value());
}

TEST_CASE("few equal octets prove nothing") {
  const std::vector<x509::Chain> chains{pki().chain(pki().ecdsa)};
  const auto key = key_sha256(pki().ecdsa.key);
  const auto seven = guess(record(in_parameters("3 1 1", key.substr(0, 14))), chains, {});
  REQUIRE(seven.has_value());
  CHECK(seven->kind == check::MistakeKind::stale);
  const auto eight = guess(record(in_parameters("3 1 1", key.substr(0, 16))), chains, {});
  CHECK(eight->kind == check::MistakeKind::matching_type);
  // All P-256 keys begin alike.
  const auto front = to_hex(to_bytes(spki_of(pki().ecdsa.key).substr(0, 26)));
  CHECK(guess(record(in_parameters("3 1 0", front)), chains, {})->kind ==
        check::MistakeKind::stale);
}

TEST_CASE("every mistake is told with the nearest right record") {
  const std::vector<x509::Chain> chains{pki().chain(pki().ecdsa)};
  // Selector and usage both wrong: the CA's certificate as the server's key.
  const auto both =
      guess(record(in_parameters("3 1 1", certificate_sha256(pki().intermediate.certificate))),
            chains, {});
  REQUIRE(both.has_value());
  CHECK(both->kind == check::MistakeKind::selector);
  CHECK_THAT(both->text, Catch::Matchers::Contains("selector 0 would be right") &&
                             Catch::Matchers::Contains("usage 2 would be right"));
  REQUIRE(both->right.has_value());
  CHECK(*both->right == record(in_parameters("2 1 1", key_sha256(pki().intermediate.key))));
}

TEST_CASE("broken DER has no key bits and no modulus") {
  const auto spki = to_bytes(spki_of(pki().rsa.key));
  for (std::size_t length = 0; length < spki.size(); ++length) {
    const Bytes cut(spki.begin(), spki.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(check::key_bits(cut).empty());
    CHECK(check::rsa_modulus(cut).empty());
  }
  CHECK_FALSE(check::key_bits(spki).empty());
  CHECK_FALSE(check::rsa_modulus(check::key_bits(spki)).empty());
  CHECK(check::key_bits(to_bytes("\x30\x84\xff\xff\xff\xff")).empty());
  CHECK(check::key_bits(to_bytes("\x30\x80")).empty());
}

TEST_CASE("known roots are called by name") {
  // Digests by the openssl command from the trust store's ISRG_Root_X1.pem.
  const std::string key = "0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3";
  const std::string certificate =
      "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6";
  CHECK(check::known_ca_name(record("2 1 1 " + key)) == "ISRG Root X1");
  CHECK(check::known_ca_name(record("2 0 1 " + certificate)) == "ISRG Root X1");
  CHECK_FALSE(check::known_ca_name(record("2 0 1 " + key)).has_value());
  CHECK_FALSE(check::known_ca_name(record("2 1 2 " + key)).has_value());
}

TEST_CASE("signature_path follows signatures, not order") {
  const auto& p = pki();
  const x509::Chain mixed{p.ecdsa.certificate, p.root.certificate, p.other_root.certificate,
                          p.intermediate.certificate};
  CHECK(check::signature_path(mixed) == std::vector<std::size_t>{0, 3, 1});
  CHECK(check::signature_path({p.ecdsa.certificate}) == std::vector<std::size_t>{0});
  CHECK(check::signature_path({p.root.certificate, p.root.certificate}) ==
        std::vector<std::size_t>{0});
  CHECK(check::signature_path({}).empty());
  const auto impostor = issue({.common_name = "Test Intermediate", .is_ca = true}, &p.root);
  CHECK(check::signature_path({p.ecdsa.certificate, impostor.certificate,
                               p.intermediate.certificate}) == std::vector<std::size_t>{0, 2});
}

TEST_CASE("findings at several places become one") {
  const auto same = make_finding(Severity::critical, "x", {"S1"}, "", "text.", "advice");
  auto other = same;
  other.text = "another.";
  const auto merged = check::merge_places(
      "mx1", {{"[a]:25 RSA", same}, {"[a]:25 ECDSA", other}, {"[b]:25 RSA", same}});
  REQUIRE(merged.size() == 2);
  CHECK(merged[0].subject == "mx1 [a]:25 RSA, [b]:25 RSA");
  CHECK(merged[1].subject == "mx1 [a]:25 ECDSA");
}

TEST_CASE("a list is cut where it gets long") {
  CHECK(list({}).empty());
  CHECK(list({"a"}) == "a");
  CHECK(list({"a", "b"}) == "a and b");
  CHECK(list({"a", "b", "c"}) == "a, b and c");
  CHECK(list({"a", "b", "c", "d"}, 3) == "a, b and 2 more");
}

TEST_CASE("what is to be added passes together with what stands there") {
  Service service;
  service.owner = "_25._tcp.mx1.example.com";
  service.references = {"mx1.example.com"};
  service.at = now();
  service.records = {record(stale())};
  const auto chain = pki().chain(pki().ecdsa);
  service.coming = chain;
  CHECK(check::additions(service) == std::vector{record(ee_ecdsa())});
  service.records.push_back(record(in_parameters("3 1 2", key_sha512(pki().old.key))));
  CHECK(
      check::additions(service) ==
      std::vector{record(ee_ecdsa()), record(in_parameters("3 1 2", key_sha512(pki().ecdsa.key)))});
}
