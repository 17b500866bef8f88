#include "dane/postfix/settings.hpp"

#include <string>

#include <catch2/catch.hpp>
#include <fmt/core.h>

using namespace dane;
using namespace dane::postfix;

namespace {

Settings settings_of(const char* main_cf, const Version& version = {}) {
  return evaluate_settings(parse_main_cf(main_cf, "main.cf").assignments, version).settings;
}

GlobalLevel level_of(const char* main_cf, const Version& version = {}) {
  return global_level(settings_of(main_cf, version));
}

}  // namespace

TEST_CASE("the level without a table entry, and where it comes from", "[postfix][settings]") {
  CHECK(level_of("").level == Level::none);
  CHECK(level_of("").source == "default");
  CHECK(level_of("smtp_use_tls = yes\n").level == Level::may);
  CHECK(level_of("smtp_use_tls = yes\n").source == "smtp_use_tls");
  CHECK(level_of("smtp_enforce_tls = yes\n").level == Level::verify);
  CHECK(level_of("smtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no\n").level ==
        Level::encrypt);
  const auto set = level_of("smtp_enforce_tls = yes\nsmtp_tls_security_level = Dane\n");
  CHECK(set.level == Level::dane);
  CHECK(set.source == "smtp_tls_security_level");
  CHECK_FALSE(set.fatal);
  for (const auto* bad : {"bogus", "halfdane", "half-dane", "secure may"}) {
    const auto refused = level_of((std::string("smtp_tls_security_level = ") + bad + "\n").c_str());
    CHECK(refused.fatal == "Invalid TLS level \"" + std::string(bad) + "\"");
  }
  CHECK(level_of("smtp_tls_security_level = dane\n", Version{2, 10, 0}).fatal);
}

TEST_CASE("defaults that depend on other settings", "[postfix][settings]") {
  CHECK(settings_of("").fingerprint_digest == "md5");
  CHECK(settings_of("compatibility_level = 3.6\n").fingerprint_digest == "sha256");
  CHECK(settings_of("compatibility_level = 3.10\n").fingerprint_digest == "sha256");
  CHECK(settings_of("smtp_tls_security_level = dane\n").dane_insecure_mx_policy == "dane");
  CHECK(settings_of("smtp_tls_security_level = may\n").dane_insecure_mx_policy == "may");
  CHECK(settings_of("smtp_tls_security_level = may\n", Version{3, 7, 13}).dane_insecure_mx_policy ==
        "dane");
  CHECK(level_of("compatibility_level = 3.11\n", Version{3, 11, 0}).level == Level::may);
  CHECK(level_of("compatibility_level = 3.10\n", Version{3, 11, 0}).level == Level::none);
  CHECK(level_of("compatibility_level = 3.11\n", Version{3, 10, 0}).level == Level::none);
}

TEST_CASE("problems stand where the setting stands", "[postfix][settings]") {
  const auto read =
      parse_main_cf("# x\nsmtp_use_tls = maybe\nsmtp_tls_CAfile = $nowhere\n", "m.cf");
  const auto problems = evaluate_settings(read.assignments, Version{}).problems;
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].code == "config-undefined-parameter");
  CHECK(problems[0].line == 3);
  CHECK_FALSE(problems[0].fatal);
  CHECK(problems[1].code == "config-bad-boolean");
  CHECK(problems[1].line == 2);
  CHECK(problems[1].file == "m.cf");
  CHECK(problems[1].effect.find("bad boolean configuration: smtp_use_tls = maybe") !=
        std::string::npos);
}

TEST_CASE("values that grow without end are stopped", "[postfix][settings]") {
  std::string text = "a0 = xxxxxxxxxx\n";
  for (int i = 1; i < 60; ++i) text += fmt::format("a{} = $a{}$a{}\n", i, i - 1, i - 1);
  const auto read = parse_main_cf(text, "main.cf");
  const auto expanded = expand("$a59", read.assignments, Version{});
  REQUIRE(expanded.problems.size() == 1);
  CHECK(expanded.problems.front().code == "config-expansion-too-large");
  CHECK(expanded.text == "$a59");
}

TEST_CASE("overlong lines and files", "[postfix][settings]") {
  const auto longest = parse_main_cf("a = " + std::string((1U << 20U) + 1, 'x') + "\nb = 1\n", "f");
  REQUIRE(longest.problems.size() == 1);
  CHECK(longest.problems.front().code == "config-line-too-long");
  CHECK(longest.assignments.contains("b"));
  CHECK_FALSE(longest.assignments.contains("a"));
}

TEST_CASE("before 3.0 there are no braces within ${}", "[postfix][settings]") {
  const Assignments none;
  CHECK(expand("${smtp_use_tls?{yes}}", none, Version{2, 11, 11}).text == "{yes}");
  CHECK(expand("${smtp_use_tls?{yes}}", none, Version{3, 0, 0}).text == "yes");
  CHECK(expand("${{a} == {a} ? {b} : {c}}", none, Version{2, 11, 11}).problems.size() == 1);
  CHECK(expand("${{3.6} <level {3.10} ? {b} : {c}}", none, Version{3, 5, 27}).problems.size() == 1);
}

TEST_CASE("lists and compatibility levels", "[postfix][settings]") {
  CHECK(split_list("nexthop, dot-nexthop", true) ==
        std::vector<std::string>{"nexthop", "dot-nexthop"});
  CHECK(split_list("a:b, c", true) == std::vector<std::string>{"a", "b", "c"});
  CHECK(split_list("AA:BB CC", false) == std::vector<std::string>{"AA:BB", "CC"});
  CHECK(split_list(" ,\t", false).empty());
  CHECK(compatibility_at_least("3.10", 3, 6));
  CHECK(compatibility_at_least("3.6", 3, 6));
  CHECK_FALSE(compatibility_at_least("2", 3, 6));
  CHECK_FALSE(compatibility_at_least("x", 0, 0));
}
