#include <fstream>
#include <map>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dane/tlsa/record.hpp"

#include "tests/support/test_ca.hpp"

using namespace dane;
using namespace dane::tlsa;

namespace {

nlohmann::json fixtures() {
  std::ifstream file(DANE_SOURCE_DIR "/tests/tlsa/data/fixtures.json");
  return nlohmann::json::parse(file);  // throws when the file is absent or broken
}

Record record(const std::string& text) {
  return parse_presentation(text).value();
}

x509::Certificate certificate(const nlohmann::json& fixture) {
  const auto der = from_hex(fixture.at("selector").at("0").at("0").get<std::string>()).value();
  return x509::Certificate::decode_der(der).value();
}

std::string unusable(const std::string& text, Profile profile) {
  const auto why = usability(record(text), profile);
  return why ? to_string(*why) + " " + rule_of(*why) : "usable";
}

}  // namespace

TEST_CASE("text to wire and back, as dnspython has it", "[tlsa][fixtures]") {
  const auto all = fixtures();
  REQUIRE(all.at("presentation").size() >= 7);
  for (const auto& one : all.at("presentation")) {
    const auto text = one.at("text").get<std::string>();
    INFO(text);
    const auto got = parse_presentation(text);
    REQUIRE(got);
    const auto wire = one.at("wire").get<std::string>();
    CHECK(to_hex(encode_rdata(*got)) == wire);
    CHECK(decode_rdata(from_hex(wire).value()) == *got);
    CHECK(parse_presentation(format_presentation(*got)) == *got);
    CHECK(parse_presentation(one.at("canonical").get<std::string>()) == *got);
  }
}

TEST_CASE("association data as the openssl command computes it", "[tlsa][fixtures][D6][D7]") {
  const auto all = fixtures();
  REQUIRE(all.at("certificates").size() == 2);
  for (const auto& one : all.at("certificates")) {
    const auto mine = certificate(one);
    const auto other = test::issue({.common_name = "other"}).certificate;
    for (unsigned selector = 0; selector < 2; ++selector) {
      for (unsigned type = 0; type < 3; ++type) {
        INFO(one.at("name") << " selector " << selector << " matching type " << type);
        const auto data = one.at("selector").at(std::to_string(selector)).at(std::to_string(type));
        const auto expected = from_hex(data.get<std::string>()).value();
        const auto made = make_record(CertificateUsage::dane_ee, static_cast<Selector>(selector),
                                      static_cast<MatchingType>(type), mine);
        REQUIRE(made);
        CHECK(made->association_data == expected);
        CHECK(matches(*made, mine));
        CHECK_FALSE(matches(*made, other));
        CHECK_FALSE(usability(*made, Profile::smtp));
        Record wrong = *made;
        wrong.association_data.back() ^= std::byte{1};
        CHECK_FALSE(matches(wrong, mine));
        wrong = *made;
        wrong.association_data.pop_back();
        CHECK_FALSE(matches(wrong, mine));
        wrong = *made;
        wrong.selector = static_cast<Selector>(1 - selector);  // published under the wrong selector
        CHECK_FALSE(matches(wrong, mine));
      }
    }
  }
}

TEST_CASE("parameters without meaning match nothing and make nothing", "[tlsa]") {
  const auto mine = test::issue({.common_name = "x"}).certificate;
  Record good =
      make_record(CertificateUsage::dane_ee, Selector::spki, MatchingType::sha2_256, mine).value();
  good.selector = Selector::priv_sel;
  CHECK_FALSE(matches(good, mine));
  good.selector = Selector::spki;
  good.matching_type = MatchingType::priv_match;
  CHECK_FALSE(matches(good, mine));
  const auto code = [&](int usage, int selector, int type) {
    return make_record(static_cast<CertificateUsage>(usage), static_cast<Selector>(selector),
                       static_cast<MatchingType>(type), mine)
        .error()
        .code;
  };
  CHECK(code(4, 1, 1) == "tlsa-cannot-generate");
  CHECK(code(3, 2, 1) == "tlsa-cannot-generate");
  CHECK(code(3, 1, 3) == "tlsa-cannot-generate");
}

TEST_CASE("usability", "[tlsa][D19][D20][S45]") {
  const std::string d32(64, 'a');
  const std::string d64(128, 'a');
  CHECK(unusable("3 1 1 " + d32, Profile::smtp) == "usable");
  CHECK(unusable("2 0 2 " + d64, Profile::smtp) == "usable");
  for (const char* usage : {"0", "1"}) {
    INFO("usage " << usage);
    CHECK(unusable(usage + (" 1 1 " + d32), Profile::smtp) == "pkix-usage-for-smtp S45");
    CHECK(unusable(usage + (" 1 1 " + d32), Profile::any) == "usable");
    CHECK(unusable(usage + std::string(" 9 9 00"), Profile::smtp) == "pkix-usage-for-smtp S45");
  }
  CHECK(unusable("4 1 1 " + d32, Profile::any) == "unknown-usage D19");
  CHECK(unusable("255 1 1 " + d32, Profile::any) == "unknown-usage D19");
  CHECK(unusable("3 2 1 " + d32, Profile::any) == "unknown-selector D19");
  CHECK(unusable("3 1 3 " + d32, Profile::any) == "unknown-matching-type D19");
  CHECK(unusable("3 1 1 " + d64, Profile::any) == "digest-length D20");
  CHECK(unusable("3 1 1 " + d32.substr(2), Profile::any) == "digest-length D20");
  CHECK(unusable("3 1 2 " + d32, Profile::any) == "digest-length D20");
  CHECK(unusable("3 0 0 " + d32, Profile::any) == "malformed-certificate D20");
  CHECK(unusable("3 1 0 " + d32, Profile::any) == "malformed-key D20");
  Record empty{CertificateUsage::dane_ee, Selector::spki, MatchingType::sha2_256, {}};
  CHECK(usability(empty, Profile::any) == Unusable::empty_data);
  empty.matching_type = MatchingType::full;
  CHECK(usability(empty, Profile::any) == Unusable::empty_data);
}

TEST_CASE("whole certificates and keys must be exactly that", "[tlsa][D20]") {
  const auto all = fixtures();
  for (const auto& one : all.at("certificates")) {
    const auto mine = certificate(one);
    Record whole =
        make_record(CertificateUsage::dane_ta, Selector::cert, MatchingType::full, mine).value();
    Record key =
        make_record(CertificateUsage::dane_ta, Selector::spki, MatchingType::full, mine).value();
    CHECK_FALSE(usability(whole, Profile::smtp));
    CHECK_FALSE(usability(key, Profile::smtp));
    Record crossed = whole;
    crossed.selector = Selector::spki;
    CHECK(usability(crossed, Profile::smtp) == Unusable::malformed_key);
    crossed = key;
    crossed.selector = Selector::cert;
    CHECK(usability(crossed, Profile::smtp) == Unusable::malformed_certificate);
    whole.association_data.push_back(std::byte{0});
    CHECK(usability(whole, Profile::smtp) == Unusable::malformed_certificate);
    key.association_data.push_back(std::byte{0});
    CHECK(usability(key, Profile::smtp) == Unusable::malformed_key);
    whole.association_data.resize(whole.association_data.size() - 2);
    CHECK(usability(whole, Profile::smtp) == Unusable::malformed_certificate);
    key.association_data.resize(key.association_data.size() - 2);
    CHECK(usability(key, Profile::smtp) == Unusable::malformed_key);
  }
}

TEST_CASE("digest agility", "[tlsa][O43][O44]") {
  const std::string d32(64, 'a');
  const std::string d64(128, 'b');
  const auto aside = [](const std::vector<std::string>& texts) {
    std::vector<Record> records;
    std::vector<bool> usable;
    for (const auto& text : texts) {
      records.push_back(record(text));
      usable.push_back(!usability(records.back(), Profile::any));
    }
    std::string out;
    for (const bool one : set_aside_by_agility(records, usable)) out += one ? 'x' : '.';
    return out;
  };
  CHECK(aside({"3 1 1 " + d32}) == ".");
  CHECK(aside({"3 1 1 " + d32, "3 1 2 " + d64}) == "x.");
  CHECK(aside({"3 1 2 " + d64, "3 1 1 " + d32, "3 1 1 " + d32}) == ".xx");
  CHECK(aside({"3 1 1 " + d32, "3 0 2 " + d64}) == "..");  // another selector
  CHECK(aside({"3 1 1 " + d32, "2 1 2 " + d64}) == "..");  // another usage
  CHECK(aside({"3 1 1 " + d32, "3 1 2 " + d32}) == "..");  // the stronger one is unusable: O43
  CHECK(aside({"3 1 1 " + d32, "3 1 2 " + d64, "3 1 9 " + d32}) == "x..");
  const auto mine = test::issue({.common_name = "x"}).certificate;
  const auto whole = format_presentation(
      make_record(CertificateUsage::dane_ee, Selector::spki, MatchingType::full, mine).value());
  CHECK(aside({whole, "3 1 1 " + d32, "3 1 2 " + d64}) == ".x.");  // Full(0) always stays
  CHECK(aside({}).empty());
}
