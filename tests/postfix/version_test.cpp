#include "dane/postfix/version.hpp"

#include <catch2/catch.hpp>

using namespace dane;
using namespace dane::postfix;

namespace {

Features features(const char* version) {
  return features_of(parse_version(version).value());
}

}  // namespace

TEST_CASE("versions as Postfix and its packagers write them", "[postfix][version]") {
  const auto read = [](const char* text) {
    const auto version = parse_version(text);
    return version ? version->to_string() : version.error().code;
  };
  CHECK(read("3.7.11") == "3.7.11");
  CHECK(read("3.12") == "3.12.0");
  CHECK(read("3.12-20260821") == "3.12.0");
  CHECK(read("3.9.0-RC1") == "3.9.0");
  CHECK(read("2.6.6-6.el6_7.1") == "2.6.6");
  for (const auto* bad : {"", "3", "3.", ".7", "3..7", "3.7.11.2", "3.7.x", "v3.7", "3.7 ", "-1.2",
                          "2.5.17", "1.0", "3.7.1111", "3.7-", "3.7-\x1b[m", "99999999999.1"})
    CHECK(read(bad) == "postfix-version-invalid");
}

TEST_CASE("what a branch got late, it has from that patch level on", "[postfix][version]") {
  CHECK_FALSE(features("2.6.14").names_tls11_and_tls12);
  CHECK(features("2.6.15").names_tls11_and_tls12);
  CHECK_FALSE(features("2.7.8").names_tls11_and_tls12);
  CHECK(features("2.10.0").names_tls11_and_tls12);
  CHECK_FALSE(features("3.10.4").enforce_sts_mx_patterns);
  CHECK(features("3.10.5").enforce_sts_mx_patterns);
  CHECK(features("3.11.0").enforce_sts_mx_patterns);
  CHECK(features("3.5.27").era == MatchEra::own);
  CHECK(features("3.6.0").era == MatchEra::openssl);
  CHECK(features("3.10.3").era == MatchEra::openssl);
  CHECK(features("3.10.4").era == MatchEra::openssl_trusted);
}
