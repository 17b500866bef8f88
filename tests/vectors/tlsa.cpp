#include "dane/core/bytes.hpp"
#include "dane/core/domain_name.hpp"
#include "dane/tlsa/record.hpp"

#include "tests/support/vectors.hpp"

using namespace dane;
using test::Json;

namespace {

void check_record(const tlsa::Record& got, const Json& expected) {
  CHECK(static_cast<int>(got.usage) == expected.at("usage").get<int>());
  CHECK(static_cast<int>(got.selector) == expected.at("selector").get<int>());
  CHECK(static_cast<int>(got.matching_type) == expected.at("matching_type").get<int>());
  CHECK(to_hex(got.association_data) == expected.at("association_data").get<std::string>());
}

tlsa::Profile profile_of(const Json& input) {
  return input.at("profile") == "any" ? tlsa::Profile::any : tlsa::Profile::smtp;
}

}  // namespace

TEST_CASE("TLSA presentation form is parsed as the vectors say", "[vectors][tlsa]") {
  for (const auto& v : test::load_vectors("tlsa/presentation.json")) {
    INFO(test::describe(v));
    const auto text = v.at("input").at("text").get<std::string>();
    const auto got = tlsa::parse_presentation(text);
    const auto& expected = v.at("expected");
    if (const auto* record = test::value_or_expected_error(got, expected)) {
      check_record(*record, expected);
      const auto owner = tlsa::parse_zone_record(text).value().owner;
      CHECK((owner ? owner->to_string() : "") == expected.value("owner", ""));
      CHECK(to_hex(tlsa::encode_rdata(*record)) == expected.at("rdata").get<std::string>());
      CHECK(tlsa::parse_presentation(tlsa::format_presentation(*record)) == *record);
    }
  }
}

TEST_CASE("TLSA RDATA decodes as the vectors say", "[vectors][tlsa]") {
  for (const auto& v : test::load_vectors("tlsa/rdata.json")) {
    INFO(test::describe(v));
    const auto wire = from_hex(v.at("input").at("rdata").get<std::string>()).value();
    const auto got = tlsa::decode_rdata(wire);
    const auto& expected = v.at("expected");
    if (const auto* record = test::value_or_expected_error(got, expected)) {
      check_record(*record, expected);
      CHECK(tlsa::encode_rdata(*record) == wire);
    }
  }
}

TEST_CASE("Association data equals what openssl computes", "[vectors][tlsa]") {
  for (const auto& v : test::load_vectors("tlsa/digest.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    const auto certificate =
        x509::Certificate::decode_der(from_hex(in.at("certificate").get<std::string>()).value())
            .value();
    const auto got = tlsa::make_record(
        static_cast<tlsa::CertificateUsage>(in.at("usage").get<int>()),
        static_cast<tlsa::Selector>(in.at("selector").get<int>()),
        static_cast<tlsa::MatchingType>(in.at("matching_type").get<int>()), certificate);
    REQUIRE(got.has_value());
    CHECK(to_hex(got->association_data) ==
          v.at("expected").at("association_data").get<std::string>());
    CHECK(tlsa::matches(*got, certificate));
    auto other = *got;
    other.association_data.back() ^= std::byte{1};
    CHECK_FALSE(tlsa::matches(other, certificate));
  }
}

TEST_CASE("Usability is judged as the vectors say", "[vectors][tlsa]") {
  for (const auto& v : test::load_vectors("tlsa/usability.json")) {
    INFO(test::describe(v));
    const auto record =
        tlsa::parse_presentation(v.at("input").at("text").get<std::string>()).value();
    const auto got = tlsa::usability(record, profile_of(v.at("input")));
    const auto& expected = v.at("expected").at("unusable");
    if (expected.is_null()) {
      CHECK_FALSE(got.has_value());
    } else {
      REQUIRE(got.has_value());
      CHECK(tlsa::to_string(*got) == expected.get<std::string>());
      CHECK_FALSE(tlsa::rule_of(*got).empty());
    }
  }
}

TEST_CASE("Digest agility sets aside what the vectors say", "[vectors][tlsa]") {
  for (const auto& v : test::load_vectors("tlsa/agility.json")) {
    INFO(test::describe(v));
    std::vector<tlsa::Record> records;
    std::vector<bool> usable;
    for (const auto& text : v.at("input").at("records")) {
      records.push_back(tlsa::parse_presentation(text.get<std::string>()).value());
      usable.push_back(!tlsa::usability(records.back(), profile_of(v.at("input"))));
    }
    CHECK(tlsa::set_aside_by_agility(records, usable) ==
          v.at("expected").at("set_aside").get<std::vector<bool>>());
  }
}

TEST_CASE("Owner names are built as the vectors say", "[vectors][tlsa]") {
  for (const auto& v : test::load_vectors("tlsa/owner.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    const auto base = DomainName::parse(in.at("base").get<std::string>()).value();
    const auto got = tlsa::owner_name(in.at("port").get<std::uint16_t>(),
                                      in.at("proto").get<std::string>(), base);
    const auto& expected = v.at("expected");
    if (const auto* owner = test::value_or_expected_error(got, expected))
      CHECK(owner->to_string() == expected.at("owner").get<std::string>());
  }
}
