#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dane/postfix/effective_policy.hpp"

#include "libdane/postfix/words.hpp"
#include "tests/postfix/policy_json.hpp"
#include "tests/support/vectors.hpp"

using namespace dane;
using namespace dane::postfix;
using test::Json;

namespace {

TableLookup lookup_in(const Json& input, const char* table, const std::string& title) {
  if (input.value("table_error", false))
    return [](const std::string&) { return TableError{"Connection refused"}; };
  std::string text;
  for (const auto& line : input.value(table, Json::array())) text += line.get<std::string>() + "\n";
  std::map<std::string, TableRow> rows;
  for (auto& row : parse_table(text, table, "texthash").rows) rows.emplace(row.key, row);
  return [rows, title](const std::string& key) -> TableAnswer {
    const auto found = rows.find(fold_case(key));
    if (found == rows.end()) return TableMiss{};
    return TableHit{found->second, title};
  };
}

Settings settings_of(const Json& input) {
  Json main_cf = input.at("main_cf");
  if (input.contains("policy_table")) main_cf["smtp_tls_policy_maps"] = "texthash:policy_table";
  if (input.contains("per_site_table")) main_cf["smtp_tls_per_site"] = "texthash:per_site";
  return test::settings_of(main_cf, input.at("version"));
}

DaneFacts dns_of(const Json& dns) {
  const std::map<std::string, DaneFacts::Tlsa> states{{"found", DaneFacts::Tlsa::found},
                                                      {"none", DaneFacts::Tlsa::none},
                                                      {"insecure", DaneFacts::Tlsa::insecure},
                                                      {"not-asked", DaneFacts::Tlsa::not_asked},
                                                      {"failed", DaneFacts::Tlsa::failed}};
  DaneFacts facts;
  facts.mx_used = dns.at("mx") != "none";
  facts.mx_secure = dns.at("mx") == "secure";
  facts.host_secure = dns.at("host") == "secure";
  facts.alias_secure = dns.at("host") == "alias";
  facts.tlsa = states.at(dns.at("tlsa").get<std::string>());
  for (const auto& text : dns.at("records"))
    facts.records.push_back(tlsa::parse_presentation(text.get<std::string>()).value());
  facts.base_domain = dns.at("base_domain");
  facts.owner = dns.at("owner");
  facts.names = dns.at("names").get<std::vector<std::string>>();
  return facts;
}

template <class T>
void check_field(const Json& expected, const char* field, const T& got) {
  INFO(field);
  if (expected.contains(field)) CHECK(got == expected.at(field).get<T>());
}

void check_usable(const Usable& usable, const Json& expected) {
  REQUIRE(expected.at("outcome") == "usable");
  CHECK(to_string(usable.level) == expected.at("level").get<std::string>());
  check_field(expected, "match", usable.match);
  check_field(expected, "sni", usable.sni);
  check_field(expected, "protocols", usable.protocols);
  check_field(expected, "grade", usable.grade);
  check_field(expected, "exclusions", usable.exclusions);
  check_field(expected, "policy_failure", usable.policy_failure);
  std::vector<std::string> records;
  for (const auto& record : usable.tlsa) records.push_back(tlsa::format_presentation(record));
  check_field(expected, "tlsa", records);
  const std::string fallback = usable.fallback_from ? to_string(*usable.fallback_from) : "";
  CHECK(fallback == expected.value("fallback_from", ""));
}

void check_policy(const Json& input, const Json& expected) {
  const Settings settings = settings_of(input);
  const Destination destination = parse_destination(input.at("nexthop").get<std::string>()).value();
  const std::string mx = input.at("mx");
  const SiteChoice site = choose_site_policy(
      destination, mx, settings, lookup_in(input, "policy_table", "smtp_tls_policy_maps"),
      lookup_in(input, "per_site_table", "smtp_tls_per_site"),
      input.value("tls_required_no", false));
  CHECK(to_string(site.source) == expected.at("source").get<std::string>());
  if (expected.contains("row")) {
    const auto& row = expected.at("row");
    CHECK((site.row ? site.row->key : "") == (row.is_null() ? "" : row.get<std::string>()));
  }
  const DaneFacts dns = input.contains("dns") ? dns_of(input.at("dns")) : DaneFacts();
  const EffectivePolicy policy = effective_policy(site, destination, mx, settings, dns, {});
  CHECK(policy.warnings == expected.at("warnings").get<std::vector<std::string>>());
  if (const auto* usable = std::get_if<Usable>(&policy.outcome))
    return check_usable(*usable, expected);
  if (const auto* refusal = std::get_if<Refused>(&policy.outcome)) {
    REQUIRE(expected.at("outcome") == "refused");
    CHECK(refusal->dsn == expected.at("dsn").get<std::string>());
    CHECK(refusal->text == expected.at("text").get<std::string>());
    return;
  }
  const auto& skipped = std::get<Skipped>(policy.outcome);
  REQUIRE(expected.at("outcome") == "skipped");
  CHECK(skipped.warning == expected.at("warning").get<std::string>());
  CHECK(to_string(skipped.level) == expected.at("level").get<std::string>());
}

}  // namespace

TEST_CASE("tables, main.cf and DNS make the policy that the vectors say",
          "[postfix][policy][vectors]") {
  for (const auto& v : test::load_vectors("postfix/policy.json")) {
    INFO(test::describe(v));
    check_policy(v.at("input"), v.at("expected"));
  }
}
