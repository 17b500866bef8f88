#include "lint_world.hpp"
#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;

std::vector<Finding> entry(const std::string& row, postfix::Version version = {3, 10, 5}) {
  return lint(configuration(sound_main_cf, row + "\n", version));
}

std::vector<Finding> same_key_again() {
  auto two_maps = configuration(sound_main_cf, "example.com dane-only\n");
  two_maps.rows.push_back({"EXAMPLE.com", "secure match=.example.net", "/etc/postfix/second", 3});
  return lint(two_maps);
}

std::vector<Finding> behind_expressions() {
  policy::JudgedDestination judged;
  judged.destination = *postfix::parse_destination("example.com");
  judged.site.row = {"example.com", "dane", "/etc/postfix/expressions", 0};
  return policy::lint_table(
      configuration(sound_main_cf,
                    "example.com secure match=.example.net\nexample.org dane-only\n"),
      {judged});
}

Scenario dead(const std::string& planted, const std::string& key, const std::string& phrase) {
  return {planted, "entry-dead", S::warning, {phrase}, {}, entry(key + " dane-only")};
}

}  // namespace

std::vector<Scenario> entry_scenarios() {
  return {
      {"no such attribute",
       "entry-invalid",
       S::critical,
       {"/etc/postfix/tls_policy:1 example.com", "invalid attribute name"},
       {},
       entry("example.com secure bogus=1")},
      {"another mistake behind protocols=",
       "entry-invalid",
       S::critical,
       {"Correct the attribute's name"},
       {},
       entry("example.com secure protocols=TLSv1.2 bogus=1")},
      {"an attribute twice, and protocols= behind",
       "entry-invalid",
       S::critical,
       {"Keep one ciphers="},
       {},
       entry("example.com secure ciphers=high ciphers=high protocols=TLSv1.2")},
      {"protocols with a comma between",
       "entry-invalid",
       S::critical,
       {"protocols=TLSv1.2:TLSv1.3"},
       {},
       entry("example.com secure protocols=TLSv1.2, TLSv1.3")},
      {"protocols with a space between",
       "entry-invalid",
       S::critical,
       {"protocols=TLSv1.2:TLSv1.3"},
       {},
       entry("example.com secure protocols=!SSLv2 !SSLv3")},
      {"an attribute without value behind match=",
       "entry-invalid",
       S::critical,
       {"Write name=value"},
       {},
       entry("example.com secure match=a.test ciphers")},
      {"half-dane",
       "entry-invalid",
       S::critical,
       {"Write dane."},
       {},
       entry("example.com half-dane")},
      {"names with a comma between",
       "entry-invalid",
       S::critical,
       {"match=a.example:b.example"},
       {},
       entry("example.com secure match=a.test, b.test")},
      {"MUST", "entry-invalid", S::critical, {"smtp_tls_per_site"}, {}, entry("example.com MUST")},
      {"servername before 3.4",
       "entry-unknown-to-version",
       S::critical,
       {"servername"},
       {"parameter-unknown"},
       lint(configuration(sound_with("smtp_tls_mandatory_protocols = !SSLv2\n"
                                     "smtp_tls_servername = hostname\n"),
                          "example.com secure servername=hostname\n", {3, 2, 0}))},
      {"ciphers at level none",
       "entry-attribute-ignored",
       S::warning,
       {"ciphers"},
       {"entry-weakens-default"},
       entry("example.com none ciphers=high")},
      dead("a mail address", "joe@example.com", "mail address"),
      dead("an asterisk", "*.example.com", "Write .example.com"),
      dead("a URL", "https://example.com/", "Write the domain alone"),
      {"a colon at the end",
       "entry-dead",
       S::warning,
       {"Write example.com."},
       {"config-problem"},
       entry("example.com: dane-only")},
      {"a dead row that is wrong as well",
       "entry-dead",
       S::warning,
       {"mail address"},
       {},
       entry("joe@example.com secure bogus=1")},
      {"a comment behind an entry",
       "entry-invalid",
       S::critical,
       {"line of its own"},
       {},
       entry("example.com secure # as agreed")},
      {"names with a bar between",
       "match-no-name",
       S::warning,
       {"a.example|b.example", "match=a.example:b.example"},
       {},
       entry("example.com secure match=a.example|b.example")},
      {"names in quotes",
       "match-no-name",
       S::warning,
       {"one name"},
       {},
       entry("example.com secure match=\"a.example\"")},
      {"a table behind one that always answers",
       "entry-dead",
       S::warning,
       {"static:dane is asked before"},
       {"map-never-asked"},
       lint(configuration(sound_with("smtp_tls_policy_maps = static:dane, "
                                     "hash:/etc/postfix/tls_policy\n"),
                          "example.com secure match=.example.net\n"))},
      {"a table behind expressions",
       "entry-dead",
       S::warning,
       {"/etc/postfix/expressions is asked before"},
       {},
       behind_expressions()},
      dead("a dot at the end", "example.com.", "Write example.com."),
      dead("a transport", "smtp:[mx.example.com]", "Write [mx.example.com] alone"),
      dead("a transport without brackets", "relay:example.com", "Write example.com alone"),
      dead("the default of other tables", "*", "smtp_tls_security_level"),
      dead("brackets left open", "[mx.example.com", "[mx.example.com]:587"),
      {"the same key in a second map",
       "entry-dead",
       S::warning,
       {"/etc/postfix/second:3 EXAMPLE.com", "first one counts"},
       {},
       same_key_again()},
      {"a service name",
       "entry-service-name",
       S::note,
       {"submission"},
       {},
       entry("[mx.example.com]:submission dane-only")},
      {"sub-domains only",
       "entry-subdomains-only",
       S::note,
       {"mail to example.com itself"},
       {},
       entry(".example.com dane-only")},
      {"an MX host as key",
       "entry-looks-like-host",
       S::note,
       {"never for the MX host"},
       {},
       entry("mx1.example.com dane-only")},
      {"may where dane is the default",
       "entry-weakens-default",
       S::warning,
       {"level dane by may"},
       {},
       entry("example.com may")},
      {"verify", "entry-verify", S::warning, {"Write secure"}, {}, entry("example.com verify")},
      {"dane where dane is the default",
       "entry-repeats-default",
       S::note,
       {"changes nothing"},
       {},
       entry("example.com dane")},
      {"match= of the default",
       "match-repeats-default",
       S::note,
       {"looks for anyway"},
       {},
       entry("example.com secure match=nexthop:dot-nexthop")},
      {"secure for an address",
       "address-never-verifies",
       S::critical,
       {"match=nexthop"},
       {},
       entry("[192.0.2.1] secure")},
  };
}

}  // namespace dane::test
