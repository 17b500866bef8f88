#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/x509_vfy.h>

#include "dane/verify/verify.hpp"

#include "tests/support/test_ca.hpp"
#include "tests/verify/world.hpp"

using namespace dane;
using namespace dane::test;
using tlsa::CertificateUsage;
using tlsa::MatchingType;
using tlsa::Record;
using tlsa::Selector;
using verify::Verdict;

namespace {

const World& world() {
  static const World made(x509::KeyType::ecdsa);
  return made;
}

x509::Certificate cert(const std::string& label) {
  return world().at(label).issued.certificate;
}

x509::Chain chain(const std::vector<std::string>& labels) {
  x509::Chain out;
  for (const auto& label : labels) out.push_back(cert(label));
  return out;
}

/// The honest record "usage selector type" for a certificate.
Record record(int usage, int selector, int type, const std::string& label) {
  return tlsa::make_record(static_cast<CertificateUsage>(usage), static_cast<Selector>(selector),
                           static_cast<MatchingType>(type), cert(label))
      .value();
}

Record wrong(Record honest) {
  honest.association_data.front() ^= std::byte{1};
  return honest;
}

verify::Request request(const std::vector<std::string>& labels, std::vector<Record> records) {
  verify::Request out;
  out.chain = chain(labels);
  out.records = std::move(records);
  out.names = {"mx.example.com"};
  out.at = world_now;
  return out;
}

/// "authenticated by 0 at 1", or the verdict and OpenSSL's error.
std::string judged(const verify::Request& of) {
  const auto got = verify::judge_chain(of);
  REQUIRE(got.fates.size() == of.records.size());
  if (got.verdict != Verdict::authenticated) {
    CHECK_FALSE(got.matched);
    const bool silent = got.verdict == Verdict::unusable;
    return to_string(got.verdict) + (silent ? "" : " " + got.error_name.substr(7));
  }
  REQUIRE(got.matched);
  CHECK(got.error_name == "X509_V_OK");
  return "authenticated by " + std::to_string(got.matched->record) + " at " +
         std::to_string(got.matched->depth);
}

std::string judged(const std::vector<std::string>& labels, std::vector<Record> records) {
  return judged(request(labels, std::move(records)));
}

const std::vector<std::string> tidy{"leaf", "ca", "root"};

}  // namespace

TEST_CASE("DANE-EE: the leaf and nothing else", "[verify][D4][O9][O10]") {
  CHECK(judged(tidy, {record(3, 1, 1, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged(tidy, {record(3, 0, 2, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf"}, {record(3, 1, 0, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf-expired"}, {record(3, 1, 1, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf-other-name"}, {record(3, 1, 1, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged({"alone-expired"}, {record(3, 1, 1, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf-clients-only"}, {record(3, 1, 1, "leaf")}) == "authenticated by 0 at 0");
  CHECK(judged(tidy, {wrong(record(3, 1, 1, "leaf"))}) == "refuted ERR_DANE_NO_MATCH");
  // An issuer's digest under usage 3 says nothing about the leaf.
  CHECK(judged(tidy, {record(3, 1, 1, "ca")}) == "refuted ERR_DANE_NO_MATCH");
}

TEST_CASE("DANE-EE with names, on request", "[verify][X12]") {
  auto asked = request({"leaf-other-name"}, {record(3, 1, 1, "leaf")});
  asked.check_ee_names = true;
  CHECK(judged(asked) == "refuted ERR_HOSTNAME_MISMATCH");
  asked.names.emplace_back("mx.example.net");
  CHECK(judged(asked) == "authenticated by 0 at 0");
}

TEST_CASE("any one record suffices", "[verify][D22][D23]") {
  CHECK(judged(tidy, {wrong(record(3, 1, 1, "leaf")), record(3, 1, 1, "leaf")}) ==
        "authenticated by 1 at 0");
  CHECK(judged(tidy, {wrong(record(3, 1, 1, "leaf")), record(2, 1, 1, "ca")}) ==
        "authenticated by 1 at 1");
  CHECK(judged(tidy, {record(2, 1, 1, "other-root"), record(2, 1, 1, "root")}) ==
        "authenticated by 1 at 2");
  CHECK(judged(tidy, {record(2, 1, 1, "root"), record(2, 1, 1, "ca")}) ==
        "authenticated by 1 at 1");  // the nearest issuer
}

TEST_CASE("DANE-TA: path, dates and name count", "[verify][D3][O13][O22]") {
  CHECK(judged(tidy, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged(tidy, {record(2, 0, 1, "root")}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf-expired", "ca"}, {record(2, 1, 1, "ca")}) == "refuted ERR_CERT_HAS_EXPIRED");
  CHECK(judged({"leaf-future", "ca"}, {record(2, 1, 1, "ca")}) == "refuted ERR_CERT_NOT_YET_VALID");
  CHECK(judged({"leaf-other-name", "ca"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_HOSTNAME_MISMATCH");
  CHECK(judged({"leaf-clients-only", "ca"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_INVALID_PURPOSE");
  CHECK(judged({"leaf-unknown-critical", "ca"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_UNHANDLED_CRITICAL_EXTENSION");
  CHECK(judged({"leaf", "ca", "root-expired"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_CERT_HAS_EXPIRED");
}

TEST_CASE("DANE-TA: what is not sent is not there", "[verify][O14][O18][S41]") {
  CHECK(judged({"leaf"}, {record(2, 1, 1, "ca")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"leaf", "ca"}, {record(2, 1, 1, "root")}) == "refuted ERR_DANE_NO_MATCH");
  // A root that the client happens to hold must not stand in.
  auto with_root = request({"leaf", "ca"}, {record(2, 1, 1, "root")});
  with_root.trusted = chain({"root"});
  CHECK(judged(with_root) == "refuted ERR_DANE_NO_MATCH");
  with_root.profile = tlsa::Profile::any;
  CHECK(judged(with_root) == "refuted ERR_DANE_NO_MATCH");
}

TEST_CASE("DANE-TA: whole anchors in DNS need not be sent", "[verify][O19][O21]") {
  CHECK(judged({"leaf", "ca"}, {record(2, 0, 0, "root")}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf"}, {record(2, 0, 0, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf"}, {record(2, 0, 0, "other-root")}) == "refuted ERR_DANE_NO_MATCH");
  // A bare key: the depth is that of the topmost certificate that it signed.
  CHECK(judged({"leaf", "ca"}, {record(2, 1, 0, "root")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf"}, {record(2, 1, 0, "ca")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf"}, {record(2, 1, 0, "root")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"leaf-expired"}, {record(2, 1, 0, "ca")}) == "refuted ERR_CERT_HAS_EXPIRED");
  CHECK(judged({"leaf", "ca-expired"}, {record(2, 1, 0, "root")}) ==
        "refuted ERR_CERT_HAS_EXPIRED");
  CHECK(judged({"leaf-other-name"}, {record(2, 1, 0, "ca")}) == "refuted ERR_HOSTNAME_MISMATCH");
}

TEST_CASE("DANE-TA naming the leaf itself", "[verify]") {
  CHECK(judged(tidy, {record(2, 1, 1, "leaf")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"alone"}, {record(2, 1, 1, "alone")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"alone"}, {record(2, 0, 0, "alone")}) == "refuted ERR_DANE_NO_MATCH");
  // But the bare key of a self-signed certificate has signed it.
  CHECK(judged({"alone"}, {record(2, 1, 0, "alone")}) == "authenticated by 0 at 0");
}

TEST_CASE("order, surplus and repetition in what the server sends", "[verify]") {
  const Record root = record(2, 1, 1, "root");
  CHECK(judged({"leaf", "root", "ca"}, {root}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf", "other-root", "ca", "leaf-other-key", "root"}, {root}) ==
        "authenticated by 0 at 2");
  CHECK(judged({"leaf", "ca", "ca", "leaf", "root", "root"}, {root}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf-by-ca3", "root", "ca", "ca2", "ca3"}, {root}) == "authenticated by 0 at 4");
  CHECK(judged({"leaf-by-ring", "ca-by-ring", "ring-b", "ring-a"}, {root}) ==
        "refuted ERR_DANE_NO_MATCH");
  // An unrelated certificate that matches is not part of the path.
  CHECK(judged({"leaf", "other-root", "ca", "root"}, {record(2, 1, 1, "other-root")}) ==
        "refuted ERR_DANE_NO_MATCH");
}

TEST_CASE("cross-signed authorities", "[verify]") {
  const std::vector<std::string> crossed{"leaf", "ca", "root-cross", "other-root"};
  CHECK(judged(crossed, {record(2, 1, 1, "root")}) == "authenticated by 0 at 2");  // the same key
  CHECK(judged(crossed, {record(2, 0, 1, "root")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged(crossed, {record(2, 1, 1, "other-root")}) == "authenticated by 0 at 3");
  // The expired twin comes first and is passed over for the one in date.
  CHECK(judged({"leaf", "ca-expired", "ca", "root"}, {record(2, 0, 1, "ca")}) ==
        "authenticated by 0 at 1");
  CHECK(judged({"leaf", "ca-expired", "ca", "root"}, {record(2, 0, 1, "ca-expired")}) ==
        "refuted ERR_DANE_NO_MATCH");
  // A trust anchor that another CA issued counts for its key and name: its dates do not.
  CHECK(judged({"leaf", "ca-expired"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
}

TEST_CASE("constraints of the authorities apply", "[verify][O17][S43]") {
  CHECK(judged({"leaf", "ca-not-ca", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_CA");
  // keyCertSign without basicConstraints passes for the trust anchor, and only there.
  CHECK(judged({"leaf", "ca-keyusage-only", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_CA");
  CHECK(judged({"leaf", "ca-keyusage-only"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf-by-v1", "ca-by-v1", "v1-root"}, {record(2, 1, 1, "v1-root")}) ==
        "authenticated by 0 at 2");
  CHECK(judged({"leaf", "ca-no-certsign", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_CA");
  CHECK(judged({"leaf", "ca-clients-only", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_PURPOSE");
  CHECK(judged({"leaf", "ca-pathlen-0"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf-by-ca2", "ca2", "ca-pathlen-0"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_PATH_LENGTH_EXCEEDED");
  CHECK(judged({"leaf", "ca-excludes"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_EXCLUDED_VIOLATION");
  CHECK(judged({"leaf", "ca-permits"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf-many", "ca-permits"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_PERMITTED_VIOLATION");
  CHECK(judged({"leaf-forged", "ca-keyusage-only"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_CERT_SIGNATURE_FAILURE");
}

TEST_CASE("reference names", "[verify][S48][S49][S53][S54][S55]") {
  const auto named = [](const std::string& leaf, std::vector<std::string> names) {
    auto asked = request({leaf, "ca"}, {record(2, 1, 1, "ca")});
    asked.names = std::move(names);
    return judged(asked);
  };
  const std::string yes = "authenticated by 0 at 1";
  const std::string no = "refuted ERR_HOSTNAME_MISMATCH";
  CHECK(named("leaf", {"mx.example.com"}) == yes);
  CHECK(named("leaf", {"MX.EXAMPLE.COM"}) == yes);
  CHECK(named("leaf", {"mx2.example.com"}) == no);
  CHECK(named("leaf", {"mx2.example.com", "example.com", "mx.example.com"}) == yes);
  CHECK(named("leaf", {"mx2.example.com", ".example.com"}) == yes);
  CHECK(named("leaf", {".example.com"}) == yes);
  CHECK(named("leaf", {".mx.example.com"}) == no);
  CHECK(named("leaf-wildcard", {"mx.example.com"}) == yes);
  CHECK(named("leaf-wildcard", {"example.com"}) == no);
  CHECK(named("leaf-wildcard", {"a.mx.example.com"}) == no);
  CHECK(named("leaf-partial-wildcard", {"mx.example.com"}) == no);
  CHECK(named("leaf-short-wildcard", {"m.com"}) == no);
  CHECK(named("leaf-cn-only", {"mx.example.com"}) == yes);
  CHECK(named("leaf-cn-unused", {"mx.example.com"}) == no);
  CHECK(named("leaf-nul", {"mx.example.com"}) == no);
}

TEST_CASE("the name that matched is told", "[verify]") {
  auto asked = request({"leaf-many", "ca"}, {record(3, 1, 1, "leaf")});
  asked.names = {"smtp.example.com", "example.com"};
  const auto got = verify::judge_chain(asked);
  REQUIRE(got.name);
  CHECK(got.name->presented == "example.com");
  CHECK(got.name->reference == "example.com");
  asked.names = {"smtp.example.com"};
  CHECK_FALSE(verify::judge_chain(asked).name);  // and DANE-EE passes all the same
  CHECK(verify::judge_chain(asked).verdict == Verdict::authenticated);
}

TEST_CASE("unusable records", "[verify][D19][D20][S12][X12]") {
  Record unknown = record(3, 1, 1, "leaf");
  unknown.selector = static_cast<Selector>(7);
  Record cut = record(3, 1, 1, "leaf");
  cut.association_data.pop_back();
  CHECK(judged(tidy, {unknown}) == "unusable");
  CHECK(judged(tidy, {cut}) == "unusable");
  CHECK(judged(tidy, {unknown, cut}) == "unusable");
  CHECK(judged(tidy, {unknown, record(3, 1, 1, "leaf")}) == "authenticated by 1 at 0");
  CHECK(judged(tidy, {cut, wrong(record(3, 1, 1, "leaf"))}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged(tidy, {}) == "unusable");

  // OpenSSL alone would fall back to the trusted certificates and call this verified.
  auto trusted = request(tidy, {cut});
  trusted.trusted = chain({"root"});
  trusted.profile = tlsa::Profile::any;
  CHECK(judged(trusted) == "unusable");

  const auto got = verify::judge_chain(request(tidy, {unknown, cut}));
  CHECK(got.fates[0].unusable == tlsa::Unusable::unknown_selector);
  CHECK(got.fates[1].unusable == tlsa::Unusable::digest_length);
  CHECK_FALSE(got.prediction.authenticated);
}

TEST_CASE("PKIX usages do not count for SMTP", "[verify][S45]") {
  auto asked = request(tidy, {record(0, 1, 1, "root"), record(1, 1, 1, "leaf")});
  asked.trusted = chain({"root"});
  CHECK(judged(asked) == "unusable");
  const auto got = verify::judge_chain(asked);
  CHECK(got.fates[0].unusable == tlsa::Unusable::pkix_usage_for_smtp);
  CHECK(got.fates[1].matches == std::vector<std::size_t>{0});  // told all the same
  asked.records.push_back(wrong(record(3, 1, 1, "leaf")));
  CHECK(judged(asked) == "refuted ERR_DANE_NO_MATCH");
}

TEST_CASE("PKIX usages elsewhere need a trusted root as well", "[verify][D1][D2][O23][O24]") {
  const auto elsewhere = [](std::vector<std::string> labels, Record one,
                            const std::vector<std::string>& trusted) {
    auto asked = request(labels, {std::move(one)});
    asked.profile = tlsa::Profile::any;
    asked.trusted = chain(trusted);
    return judged(asked);
  };
  CHECK(elsewhere(tidy, record(1, 1, 1, "leaf"), {"root"}) == "authenticated by 0 at 0");
  CHECK(elsewhere(tidy, record(1, 1, 1, "leaf"), {}) == "refuted ERR_SELF_SIGNED_CERT_IN_CHAIN");
  CHECK(elsewhere({"leaf", "ca"}, record(1, 1, 1, "leaf"), {"root"}) == "authenticated by 0 at 0");
  CHECK(elsewhere({"leaf-other-name", "ca"}, record(1, 1, 1, "leaf"), {"root"}) ==
        "refuted ERR_HOSTNAME_MISMATCH");
  CHECK(elsewhere({"leaf-expired", "ca"}, record(1, 1, 1, "leaf"), {"root"}) ==
        "refuted ERR_CERT_HAS_EXPIRED");
  CHECK(elsewhere({"leaf", "ca"}, record(0, 1, 1, "ca"), {"root"}) == "authenticated by 0 at 1");
  CHECK(elsewhere({"leaf", "ca"}, record(0, 1, 1, "root"), {"root"}) == "authenticated by 0 at 2");
  CHECK(elsewhere({"leaf", "ca"}, record(0, 1, 1, "other-root"), {"root", "other-root"}) ==
        "refuted ERR_DANE_NO_MATCH");
  // A trusted intermediate is no anchor; it has to lead to a root.
  CHECK(elsewhere({"leaf"}, record(1, 1, 1, "leaf"), {"ca"}) ==
        "refuted ERR_UNABLE_TO_GET_ISSUER_CERT");
}

TEST_CASE("PKIX and DANE records together: trusted certificates are asked first", "[verify]") {
  auto asked = request(tidy, {wrong(record(1, 1, 1, "leaf")), record(2, 1, 1, "root")});
  asked.profile = tlsa::Profile::any;
  CHECK(judged(asked) == "authenticated by 1 at 2");
  asked.trusted = chain({"root"});  // now the root is no longer the one that the server sent
  CHECK(judged(asked) == "refuted ERR_DANE_NO_MATCH");
  asked.profile = tlsa::Profile::smtp;
  CHECK(judged(asked) == "authenticated by 1 at 2");
}

TEST_CASE("OpenSSL 3.0 would crash: trusted self-signed leaf beside a bare key", "[verify]") {
  auto asked = request({"alone"}, {wrong(record(1, 1, 1, "alone")), record(2, 1, 0, "root")});
  asked.profile = tlsa::Profile::any;
  asked.trusted = chain({"alone"});
  CHECK(judged(asked) == "refuted ERR_DANE_NO_MATCH");
}

TEST_CASE("digest agility", "[verify][O43][O44][O46]") {
  const Record weak = record(3, 1, 1, "leaf");
  const Record strong = record(3, 1, 2, "leaf");
  CHECK(judged(tidy, {weak, wrong(strong)}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged(tidy, {wrong(weak), strong}) == "authenticated by 1 at 0");
  CHECK(judged(tidy, {weak, wrong(record(3, 0, 2, "leaf"))}) == "authenticated by 0 at 0");
  Record cut = wrong(strong);
  cut.association_data.pop_back();
  CHECK(judged(tidy, {weak, cut}) == "authenticated by 0 at 0");  // unusable ones do not set aside
  // RFC 7671 section 9: "3 1 0", "3 1 2", "3 1 1", and only the last one matches.
  const Record whole = record(3, 1, 0, "leaf-other-key");
  CHECK(judged(tidy, {whole, record(3, 1, 2, "leaf-other-key"), weak}) ==
        "refuted ERR_DANE_NO_MATCH");
  CHECK(judged(tidy, {record(3, 1, 0, "leaf"), wrong(strong), wrong(weak)}) ==
        "authenticated by 0 at 0");
  const auto got = verify::judge_chain(request(tidy, {weak, wrong(strong)}));
  CHECK(got.fates[0].set_aside_by_agility);
  CHECK(got.fates[0].matches == std::vector<std::size_t>{0});
  CHECK_FALSE(got.fates[1].set_aside_by_agility);
}

TEST_CASE("every record's fate is told, not only the first match", "[verify]") {
  const auto got = verify::judge_chain(
      request({"leaf", "ca", "ca", "root"},
              {record(3, 1, 1, "leaf"), record(2, 1, 1, "ca"), record(2, 0, 1, "other-root")}));
  REQUIRE(got.fates.size() == 3);
  CHECK(got.fates[0].matches == std::vector<std::size_t>{0});
  CHECK(got.fates[1].matches == std::vector<std::size_t>{1, 2});
  CHECK(got.fates[2].matches.empty());
  REQUIRE(got.reasoning.size() >= 4);
  CHECK(got.reasoning[0].find("record 0 (3 1 1 ") == 0);
  CHECK(got.reasoning[0].find("usable; equals the key of certificate 0 (CN=leaf,O=Test) [D6 D7]") !=
        std::string::npos);
  CHECK(got.reasoning.back().find("OpenSSL agrees (X509_V_OK) [D23 S46]") != std::string::npos);
}

TEST_CASE("the last second of a certificate", "[verify]") {
  auto asked = request({"leaf-expired", "ca"}, {record(2, 1, 1, "ca")});
  asked.at = world_expiry - std::chrono::seconds(1);
  CHECK(judged(asked) == "authenticated by 0 at 1");
  asked.at = world_expiry;  // OpenSSL's reading of "not after"
  CHECK(judged(asked) == "refuted ERR_CERT_HAS_EXPIRED");
  asked = request({"leaf-future", "ca"}, {record(2, 1, 1, "ca")});
  asked.at = world_future - std::chrono::seconds(1);
  CHECK(judged(asked) == "refuted ERR_CERT_NOT_YET_VALID");
  asked.at = world_future;
  CHECK(judged(asked) == "authenticated by 0 at 1");
}

TEST_CASE("reasoning is printable whatever the certificate says", "[verify]") {
  const Issued odd = issue({.common_name = "e\x1b[31mvil\u202e", .dns_names = {"a\x1b.example"}});
  verify::Request asked;
  asked.chain = {odd.certificate};
  asked.records = {tlsa::make_record(CertificateUsage::dane_ta, Selector::spki,
                                     MatchingType::sha2_256, odd.certificate)
                       .value()};
  asked.names = {"mx.\x1b[32mexample"};
  asked.at = world_now;
  auto got = verify::judge_chain(asked);
  asked.records[0].matching_type = MatchingType::full;
  asked.records[0].association_data = odd.certificate.spki_der();
  const auto with_bare_key = verify::judge_chain(asked);
  got.reasoning.insert(got.reasoning.end(), with_bare_key.reasoning.begin(),
                       with_bare_key.reasoning.end());
  got.reasoning.push_back(with_bare_key.prediction.because);
  REQUIRE(got.reasoning.size() >= 6);
  for (const auto& sentence : got.reasoning) {
    INFO(sentence);
    CHECK(sentence.find('\x1b') == std::string::npos);
    CHECK(sentence.find("\u202e") == std::string::npos);
  }
}

TEST_CASE("what cannot be judged is not refuted", "[verify]") {
  auto asked = request(tidy, {record(3, 1, 1, "leaf")});
  asked.chain.clear();
  CHECK(judged(asked) == "undetermined ERR_INVALID_CALL");
  asked = request(tidy, {record(2, 1, 1, "ca")});
  asked.names.clear();  // OpenSSL would check no name at all
  CHECK(judged(asked) == "undetermined ERR_INVALID_CALL");
  asked.names = {"mx.example.com", ""};
  CHECK(judged(asked) == "undetermined ERR_INVALID_CALL");
  asked.names = {std::string("mx.example.com\0", 15)};
  CHECK(judged(asked) == "undetermined ERR_INVALID_CALL");
}

TEST_CASE("names of OpenSSL's errors", "[verify]") {
  CHECK(verify::verify_error_name(X509_V_OK) == "X509_V_OK");
  CHECK(verify::verify_error_name(65) == "X509_V_ERR_DANE_NO_MATCH");
  CHECK(verify::verify_error_name(62) == "X509_V_ERR_HOSTNAME_MISMATCH");
  CHECK(verify::verify_error_name(10) == "X509_V_ERR_CERT_HAS_EXPIRED");
  CHECK(verify::verify_error_name(94) == "X509_V_ERR_EC_KEY_EXPLICIT_PARAMS");
  CHECK(verify::verify_error_name(9999) == "X509_V_ERR_9999");
  CHECK(verify::verify_error_name(-1) == "X509_V_ERR_-1");
}
