// Why the explanation expects a refusal, and the path that it followed: findings are made of both.

#include "tests/verify/judged.hpp"

using namespace dane;
using namespace dane::test;
using verify::Refusal;

namespace {

Refusal refusal(const verify::Request& of) {
  const auto got = verify::judge_chain(of);
  CHECK(got.verdict == verify::Verdict::refuted);
  return got.prediction.refusal;
}
Refusal refusal(const std::vector<std::string>& labels, const tlsa::Record& record) {
  return refusal(request(labels, {record}));
}

verify::Request with_pkix(const std::vector<std::string>& labels, const tlsa::Record& record,
                          const std::vector<std::string>& trusted) {
  auto asked = request(labels, {record});
  asked.profile = tlsa::Profile::any;
  asked.trusted = chain(trusted);
  return asked;
}

/// Positions in the chain; -1 for a certificate from elsewhere.
std::vector<int> followed(const verify::Request& of) {
  std::vector<int> positions;
  for (const auto& step : verify::judge_chain(of).prediction.path)
    positions.push_back(step.position ? static_cast<int>(*step.position) : -1);
  return positions;
}

/// A leaf below `length` authorities, each issued by the next; all one key, which costs nothing.
x509::Chain ladder(std::size_t length) {
  const auto key = pooled_key(x509::KeyType::ecdsa);
  const auto step = [&](std::size_t i) {
    return CertificateSpec{.common_name = "Step " + std::to_string(i), .is_ca = true, .key = key};
  };
  auto issuer = issue(step(length));
  x509::Chain chain{issuer.certificate};
  for (std::size_t i = length - 1; i > 0; --i) {
    issuer = issue(step(i), &issuer);
    chain.insert(chain.begin(), issuer.certificate);
  }
  const auto leaf =
      issue({.common_name = "leaf", .dns_names = {"mx.example.com"}, .key = key}, &issuer);
  chain.insert(chain.begin(), leaf.certificate);
  return chain;
}

}  // namespace

TEST_CASE("every refusal has its kind", "[verify]") {
  CHECK(refusal(tidy, wrong(record(3, 1, 1, "leaf"))) == Refusal::no_match);
  CHECK(refusal({"leaf-other-name", "ca"}, record(2, 1, 1, "ca")) == Refusal::name);
  CHECK(refusal({"leaf-expired", "ca"}, record(2, 1, 1, "ca")) == Refusal::dates);
  CHECK(refusal({"leaf-future", "ca"}, record(2, 1, 1, "ca")) == Refusal::dates);
  CHECK(refusal({"leaf-forged", "ca-keyusage-only"}, record(2, 1, 1, "ca")) == Refusal::signature);
  CHECK(refusal({"leaf", "ca-not-ca", "root"}, record(2, 1, 1, "root")) == Refusal::constraints);
  CHECK(refusal({"leaf-clients-only", "ca"}, record(2, 1, 1, "ca")) == Refusal::constraints);
  CHECK(refusal({"leaf", "ca-excludes"}, record(2, 1, 1, "ca")) == Refusal::constraints);
  CHECK(refusal({"leaf-sha1", "ca"}, record(2, 1, 1, "ca")) == Refusal::strength);
  CHECK(refusal({"leaf-by-short-key", "ca-short-key"}, record(2, 1, 1, "ca-short-key")) ==
        Refusal::strength);
  CHECK(refusal({"leaf-short-key", "ca"}, record(3, 1, 1, "leaf-short-key")) == Refusal::strength);
  CHECK(refusal(with_pkix(tidy, record(1, 1, 1, "leaf"), {"other-root"})) ==
        Refusal::no_trusted_root);
  CHECK(refusal(with_pkix({"alone"}, record(1, 1, 1, "alone"), {})) == Refusal::no_trusted_root);
}

TEST_CASE("D21: security level 1, as Postfix has it", "[verify][D21]") {
  CHECK(judged({"leaf-short-key", "ca"}, {record(3, 1, 1, "leaf-short-key")}) ==
        "refuted ERR_EE_KEY_TOO_SMALL");
  CHECK(judged({"leaf-by-short-key", "ca-short-key"}, {record(2, 1, 1, "ca-short-key")}) ==
        "refuted ERR_CA_KEY_TOO_SMALL");
  CHECK(judged({"leaf-sha1", "ca"}, {record(2, 1, 1, "ca")}) == "refuted ERR_CA_MD_TOO_WEAK");
  CHECK(judged({"leaf", "ca-sha1", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_CA_MD_TOO_WEAK");
  // Signatures that nobody needs: the anchor's own, and all of them under DANE-EE.
  CHECK(judged({"leaf", "ca-sha1"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf-sha1", "ca"}, {record(3, 1, 1, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf-sha1"}, {record(2, 1, 0, "ca")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf-by-short-key", "ca-short-key"}, {record(3, 1, 1, "leaf")}) ==
        "authenticated by 0 at 0");
}

TEST_CASE("a path longer than OpenSSL follows is no missing match", "[verify]") {
  const auto judge = [](std::size_t length) {
    auto asked = request({"leaf"}, {});
    asked.chain = ladder(length);
    asked.records = {tlsa::make_record(tlsa::CertificateUsage::dane_ta, tlsa::Selector::cert,
                                       tlsa::MatchingType::sha2_256, asked.chain.back())
                         .value()};
    asked.at = at_date(2025, 6, 1);
    return verify::judge_chain(asked);
  };
  CHECK(judge(100).verdict == verify::Verdict::authenticated);
  const auto too_long = judge(103);
  CHECK(too_long.verdict == verify::Verdict::refuted);
  CHECK(too_long.error_name == "X509_V_ERR_CERT_CHAIN_TOO_LONG");
  CHECK(too_long.prediction.refusal == Refusal::too_long);
}

TEST_CASE("the path that was followed is the judge's", "[verify]") {
  using Positions = std::vector<int>;
  CHECK(followed(request(tidy, {record(3, 1, 1, "leaf")})) == Positions{0});
  CHECK(followed(request(tidy, {record(2, 1, 1, "ca")})) == Positions{0, 1});
  CHECK(followed(request({"leaf", "root", "ca"}, {record(2, 1, 1, "root")})) == Positions{0, 2, 1});
  // The twin that has expired is passed over.
  CHECK(followed(request({"leaf", "ca-expired", "ca", "root"}, {record(2, 1, 1, "root")})) ==
        Positions{0, 2, 3});
  CHECK(followed(request({"leaf"}, {record(2, 0, 0, "ca")})) == Positions{0, -1});
  CHECK(followed(request({"leaf"}, {record(2, 1, 0, "ca")})) == Positions{0});
  CHECK(followed(request({"leaf", "ca"}, {wrong(record(2, 1, 1, "ca"))})) == Positions{0, 1});
  CHECK(followed(with_pkix({"leaf", "ca"}, record(1, 1, 1, "leaf"), {"root"})) ==
        Positions{0, 1, -1});
}
