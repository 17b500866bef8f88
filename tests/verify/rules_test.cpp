// Usages, usability, digest agility, and what is told of every record.

#include <openssl/x509_vfy.h>

#include "tests/verify/judged.hpp"

using namespace dane;
using namespace dane::test;
using tlsa::CertificateUsage;
using tlsa::MatchingType;
using tlsa::Record;
using tlsa::Selector;
using verify::Verdict;

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
