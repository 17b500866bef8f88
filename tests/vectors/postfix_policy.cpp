#include "dane/postfix/destination.hpp"
#include "dane/postfix/policy_entry.hpp"
#include "dane/postfix/protocols.hpp"

#include "tests/support/vectors.hpp"

using namespace dane;
using namespace dane::postfix;
using test::Json;

namespace {

Version version_of(const Json& vector) {
  return parse_version(vector.at("input").at("version").get<std::string>()).value();
}

/// The fields that were set, as the vectors name them.
Json fields_of(const PolicyEntry& entry) {
  Json fields{{"level", to_string(entry.level)}};
  const auto add = [&](const char* name, const auto& value) {
    if (value) fields[name] = *value;
  };
  const auto add_list = [&](const char* name, const auto& list) {
    if (!list.empty()) fields[name] = list;
  };
  add("protocols", entry.protocols);
  add("ciphers", entry.ciphers);
  add("exclude", entry.exclude);
  add("servername", entry.servername);
  add("connection_reuse", entry.connection_reuse);
  add("enable_rpk", entry.enable_rpk);
  add("policy_type", entry.policy_type);
  add("policy_domain", entry.policy_domain);
  add("policy_failure", entry.policy_failure);
  add("policy_ttl", entry.policy_ttl);
  add_list("tafiles", entry.tafiles);
  add_list("policy_strings", entry.policy_strings);
  add_list("mx_host_patterns", entry.mx_host_patterns);
  if (entry.has_match) fields["match"] = entry.match;
  return fields;
}

std::vector<int> from_tls1(std::vector<int> versions) {
  std::erase(versions, 0x0300);  // nothing that can be asked speaks SSLv3 any more
  return versions;
}

}  // namespace

TEST_CASE("policy entries are taken and refused as Postfix does", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/entry.json")) {
    INFO(test::describe(v));
    const auto parsed = parse_policy(v.at("input").at("value").get<std::string>(), version_of(v));
    auto expected = v.at("expected");
    if (expected.contains("warning")) {
      REQUIRE(std::holds_alternative<EntryFault>(parsed.outcome));
      const auto& fault = std::get<EntryFault>(parsed.outcome);
      CHECK(fault.warning == expected.at("warning").get<std::string>());
      CHECK(fault.other_version == expected.at("other_version").get<bool>());
      CHECK_FALSE(fault.remedy.empty());
    } else {
      REQUIRE(std::holds_alternative<PolicyEntry>(parsed.outcome));
      CHECK(parsed.notes == expected.at("notes").get<std::vector<std::string>>());
      expected.erase("notes");
      CHECK(fields_of(std::get<PolicyEntry>(parsed.outcome)) == expected);
    }
  }
}

TEST_CASE("next-hops are parsed and looked up as the vectors say", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/lookup.json")) {
    INFO(test::describe(v));
    const auto nexthop = v.at("input").at("nexthop").get<std::string>();
    const auto& expected = v.at("expected");
    CHECK(lookup_keys(nexthop) == expected.at("keys").get<std::vector<std::string>>());
    const auto got = parse_destination(nexthop);
    if (const auto* destination = test::value_or_expected_error(got, expected)) {
      CHECK(destination->text == nexthop);
      CHECK(destination->domain == expected.at("domain").get<std::string>());
      CHECK(destination->port == expected.at("port").get<int>());
      CHECK(destination->mx_lookup == expected.at("mx_lookup").get<bool>());
      CHECK(destination->is_address == expected.value("is_address", false));
    }
  }
}

TEST_CASE("protocol lists leave what the vectors say", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/protocols.json")) {
    INFO(test::describe(v));
    const auto list = v.at("input").at("list").get<std::string>();
    const auto choice = parse_protocols(list, version_of(v));
    const auto& expected = v.at("expected");
    CHECK(choice.valid == expected.at("valid").get<bool>());
    CHECK(choice.bad_token.empty() == choice.valid);
    if (expected.contains("spoken"))
      CHECK(choice.spoken() == expected.at("spoken").get<std::vector<int>>());
    if (expected.contains("allowed"))
      CHECK(from_tls1(choice.allowed()) == expected.at("allowed").get<std::vector<int>>());
  }
}
