#include "dane/x509/names.hpp"

#include "dane/core/domain_name.hpp"

#include "tests/support/vectors.hpp"

using namespace dane;

TEST_CASE("Domain names are parsed as the vectors say", "[vectors][core]") {
  for (const auto& v : test::load_vectors("core/domain-name.json")) {
    INFO(test::describe(v));
    const auto got = DomainName::parse(v.at("input").at("text").get<std::string>());
    const auto& expected = v.at("expected");
    if (const auto* name = test::value_or_expected_error(got, expected)) {
      CHECK(name->to_string() == expected.at("name").get<std::string>());
      CHECK(DomainName::decode_wire(name->to_wire()) == *name);
    }
  }
}

TEST_CASE("Certificate names match references as the vectors say", "[vectors][x509]") {
  for (const auto& v : test::load_vectors("x509/dns-id.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    CHECK(x509::dns_id_matches(in.at("presented").get<std::string>(),
                               in.at("reference").get<std::string>()) ==
          v.at("expected").at("match").get<bool>());
  }
}
