#include <set>

#include "dane/core/bytes.hpp"
#include "dane/postfix/policy_table.hpp"
#include "dane/postfix/settings.hpp"

#include "tests/support/vectors.hpp"

using namespace dane;
using namespace dane::postfix;
using test::Json;

namespace {

std::string text_of(const Json& input) {
  const auto octets = from_hex(input.at("text_hex").get<std::string>()).value();
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

Version version_of(const Json& input) {
  return parse_version(input.at("version").get<std::string>()).value();
}

std::vector<std::string> codes_of(const std::vector<ConfigProblem>& problems) {
  std::vector<std::string> codes;
  for (const auto& problem : problems) {
    codes.push_back(problem.code);
    CHECK_FALSE(problem.what.empty());
    CHECK_FALSE(problem.effect.empty());
    CHECK_FALSE(problem.remedy.empty());
  }
  return codes;
}

bool has_fatal(const std::vector<ConfigProblem>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const ConfigProblem& problem) { return problem.fatal; });
}

/// postconf -n lists the parameters that it knows, and those that they refer to.  Word by word:
/// it prints each run of white space as one space.
void check_values(const MainCf& read, const Json& expected, bool expanded, const Version& version) {
  for (const auto& [name, value] : expected.items()) {
    INFO(name);
    REQUIRE(read.assignments.contains(name));
    const auto& plain = read.assignments.at(name).value;
    const auto got = expanded ? expand(plain, read.assignments, version).text : plain;
    CHECK(split_list(got, false) == split_list(value.get<std::string>(), false));
  }
}

const std::map<std::string, bool Features::*> feature_names{
    {"dane", &Features::dane},
    {"halfdane", &Features::halfdane},
    {"servername", &Features::servername},
    {"connection_reuse", &Features::connection_reuse},
    {"raw_public_keys", &Features::raw_public_keys},
    {"external_policy", &Features::external_policy},
    {"braces", &Features::braces},
    {"enforce_sts_mx_patterns", &Features::enforce_sts_mx_patterns},
    {"tls_required_header", &Features::tls_required_header},
    {"log_tls_field", &Features::log_tls_field},
    {"protocol_bounds", &Features::protocol_bounds},
    {"policy_checked_before_connect", &Features::policy_checked_before_connect},
    {"public_key_fingerprints", &Features::public_key_fingerprints},
    {"security_level_may_by_default", &Features::security_level_may_by_default},
    {"conditional_expressions", &Features::conditional_expressions},
    {"level_operators", &Features::level_operators},
    {"weak_grades_are_medium", &Features::weak_grades_are_medium},
    {"null_mx", &Features::null_mx},
    {"nexthop_lists", &Features::nexthop_lists},
    {"names_tls11_and_tls12", &Features::names_tls11_and_tls12},
    {"names_tls13", &Features::names_tls13},
    {"key_exchange_in_summary", &Features::key_exchange_in_summary},
    {"anonymous_word", &Features::anonymous_word},
    {"untrusted_text", &Features::untrusted_text},
    {"match_at_any_high_level", &Features::match_at_any_high_level},
    {"multi_label_wildcards", &Features::multi_label_wildcards},
    {"md5_fingerprints_by_default", &Features::md5_fingerprints_by_default},
};

}  // namespace

TEST_CASE("main.cf is read and expanded as postconf does", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/main-cf.json")) {
    INFO(test::describe(v));
    const auto version = version_of(v.at("input"));
    const auto read = parse_main_cf(text_of(v.at("input")), "main.cf");
    const auto& expected = v.at("expected");
    auto problems = read.problems;
    for (const auto& [name, assignment] : read.assignments) {
      for (const auto& problem : expand(assignment.value, read.assignments, version).problems)
        problems.push_back(problem);
    }
    CHECK(codes_of(problems) == expected.at("problems").get<std::vector<std::string>>());
    CHECK(has_fatal(problems) == expected.at("values").is_null());
    if (!expected.at("values").is_null()) check_values(read, expected.at("values"), false, version);
    if (!expected.at("expanded").is_null())
      check_values(read, expected.at("expanded"), true, version);
  }
}

TEST_CASE("values are refused as smtp(8) does", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/settings.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    Assignments assignments;
    assignments[in.at("parameter")].value = in.at("value").get<std::string>();
    const auto read = parse_main_cf(
        in.at("parameter").get<std::string>() + " = " + in.at("value").get<std::string>() + "\n",
        "main.cf");
    const auto evaluated = evaluate_settings(read.assignments, version_of(in));
    const auto& fatal = v.at("expected").at("fatal");
    if (fatal.is_null()) {
      CHECK(evaluated.problems.empty());
    } else {
      REQUIRE_FALSE(evaluated.problems.empty());
      CHECK(evaluated.problems.front().what == fatal.get<std::string>());
      CHECK(evaluated.problems.front().fatal);
      CHECK(evaluated.problems.front().line == 1);
    }
  }
}

TEST_CASE("tables are read as postmap does", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/table.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    const auto read = parse_table(text_of(in), "t", in.at("type").get<std::string>());
    const auto& expected = v.at("expected");
    std::set<std::pair<std::string, std::string>> rows;
    const auto problems = codes_of(read.problems);
    CHECK(problems == expected.at("problems").get<std::vector<std::string>>());
    CHECK(problems.size() == expected.at("warnings").get<std::size_t>());
    for (const auto& row : read.rows) {
      // This Postfix speaks UTF-8: it leaves other lines out, and says so.
      const bool left_out = std::any_of(
          read.problems.begin(), read.problems.end(),
          [&](const auto& p) { return p.code == "table-not-utf8" && p.line == row.line; });
      if (!left_out) rows.emplace(row.key, row.value);
    }
    CHECK(rows == expected.at("rows").get<decltype(rows)>());
  }
}

TEST_CASE("defaults are those of each version", "[vectors][postfix]") {
  std::set<std::string> covered;
  for (const auto& v : test::load_vectors("postfix/defaults.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    const auto parameter = in.at("parameter").get<std::string>();
    const auto got = default_of(parameter, version_of(in));
    const auto& value = v.at("expected").at("value");
    CHECK((got ? Json(*got) : Json()) == value);
    if (in.at("version") == "3.7.11") covered.insert(parameter);
  }
  for (const auto& parameter : known_parameters(Version{3, 7, 11})) {
    INFO(parameter);
    const bool is_the_machines = parameter == "myhostname" || parameter == "mydomain";
    CHECK(covered.contains(parameter) != is_the_machines);
  }
}

TEST_CASE("features come and go with versions", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/version.json")) {
    INFO(test::describe(v));
    const auto field = feature_names.at(v.at("input").at("feature").get<std::string>());
    CHECK(features_of(version_of(v.at("input"))).*field == v.at("expected").at("has").get<bool>());
  }
}
