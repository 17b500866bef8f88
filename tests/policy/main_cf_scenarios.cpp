#include <functional>

#include "lint_world.hpp"
#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;
using policy::Configuration;

/// The sound main.cf with these lines behind it: the last one of a name wins.
std::vector<Finding> with(const std::string& lines, postfix::Version version = {3, 10, 5}) {
  return lint(configuration(sound_with(lines), sound_table, version));
}

std::vector<Finding> with_table(const std::string& lines, const std::string& table,
                                postfix::Version version = {3, 10, 5}) {
  return lint(configuration(sound_with(lines), table, version));
}

std::vector<Finding> changed(const std::function<void(Configuration&)>& change) {
  auto sound = configuration(sound_main_cf, sound_table);
  change(sound);
  return lint(sound);
}

std::vector<Finding> unreadable_ca() {
  return changed([](Configuration& c) {
    c.cas.unusable = true;
    c.cas.problems = {{"ca-unreadable", "cannot read /etc/ssl/none.pem", {}, 0, {}, {}, false}};
  });
}

std::vector<Finding> of_problem(bool fatal) {
  return changed([fatal](Configuration& c) {
    c.problems = {{"main-cf-syntax", "a line without an equals sign", "/etc/postfix/main.cf", 12,
                   "Postfix says so at each start", "write name = value", fatal}};
  });
}

}  // namespace

std::vector<Scenario> main_cf_scenarios() {
  const std::string no_dane = "example.com secure match=.example.net\n";
  const std::string plain = "example.net may\n";
  const std::string prints = "example.com fingerprint match=" + std::string(64, 'a') + "\n";
  return {
      {"a problem of reading",
       "config-problem",
       S::warning,
       {"/etc/postfix/main.cf:12", "Write name = value."},
       {},
       of_problem(false)},
      {"a fatal problem",
       "config-fatal",
       S::critical,
       {"without an equals sign"},
       {},
       of_problem(true)},
      {"no level",
       "level-empty",
       S::warning,
       {"smtp_tls_security_level = dane"},
       {},
       with("smtp_tls_security_level =\n")},
      {"no such level",
       "level-invalid",
       S::critical,
       {"strong"},
       {},
       with_table("smtp_tls_security_level = strong\n", no_dane)},
      {"smtp_use_tls beside the level",
       "level-obsolete-form",
       S::note,
       {"no effect"},
       {},
       with("smtp_use_tls = yes\n")},
      {"smtp_use_tls alone",
       "level-obsolete-form",
       S::warning,
       {"smtp_tls_security_level = may"},
       {},
       with("smtp_tls_security_level =\nsmtp_use_tls = yes\n")},
      {"secure for everybody",
       "level-strict-default",
       S::warning,
       {"secure"},
       {},
       with_table("smtp_tls_security_level = secure\n", no_dane)},
      {"mandatory ciphers at may",
       "mandatory-without-effect",
       S::warning,
       {"smtp_tls_mandatory_protocols"},
       {},
       with_table("smtp_tls_security_level = may\n", plain)},
      {"wrapper mode at may",
       "wrappermode-level",
       S::critical,
       {"4.3.0"},
       {},
       with_table("smtp_tls_security_level = may\nsmtp_tls_wrappermode = yes\n", no_dane)},
      {"dane without dnssec",
       "dane-without-dnssec",
       S::warning,
       {"as may", "trust-ad"},
       {},
       with_table("smtp_dns_support_level =\n", no_dane)},
      {"a resolver without AD",
       "dane-resolver-without-ad",
       S::critical,
       {"AD bit", "validates by itself"},
       {},
       changed([](Configuration& c) { c.resolver_sets_ad = false; })},
      {"dane-only without dnssec",
       "dane-without-dnssec",
       S::critical,
       {"dane-only wait"},
       {},
       with("smtp_dns_support_level = enabled\n")},
      {"dane without DNS",
       "dane-host-lookup",
       S::critical,
       {"native"},
       {},
       with("smtp_host_lookup = native\n")},
      {"dane with MX errors ignored",
       "dane-ignores-mx-errors",
       S::critical,
       {"ignore_mx_lookup_error = no"},
       {},
       with("ignore_mx_lookup_error = yes\n")},
      {"dane with search domains",
       "dane-resolver-options",
       S::critical,
       {"res_dnsrch"},
       {},
       with("smtp_dns_resolver_options = res_dnsrch\n")},
      {"an obsolete digest switch",
       "dane-digest-obsolete",
       S::note,
       {"3.2"},
       {},
       with("tls_dane_trust_anchor_digest_enable = yes\n")},
      {"dane in the table, may by default, 3.7.11",
       "insecure-mx-default",
       S::note,
       {"Postfix 3.7.11", "smtp_tls_dane_insecure_mx_policy = dane"},
       {},
       with("smtp_tls_security_level = may\n", {3, 7, 11})},
      {"secure without CAs",
       "no-ca",
       S::critical,
       {"not even the system's", "does not help"},
       {},
       with("smtp_tls_CAfile =\ntls_append_default_CA = yes\n")},
      {"the system's CAs alone",
       "default-ca-without-effect",
       S::warning,
       {"both empty"},
       {},
       with_table("smtp_tls_CAfile =\ntls_append_default_CA = yes\n", "example.org dane-only\n")},
      {"CAfile unreadable",
       "ca-unreadable",
       S::critical,
       {"/etc/ssl/none.pem"},
       {},
       unreadable_ca()},
      {"trust anchors and CAfile",
       "anchors-hide-cas",
       S::warning,
       {"tafile="},
       {},
       with("smtp_tls_trust_anchor_file = /etc/postfix/ta.pem\n")},
      {"fingerprint by default, none given",
       "fingerprint-none",
       S::critical,
       {"no fingerprints to match"},
       {"level-strict-default"},
       with_table("smtp_tls_security_level = fingerprint\n"
                  "smtp_tls_fingerprint_digest = sha256\n",
                  no_dane)},
      {"md5 by compatibility",
       "fingerprint-md5",
       S::warning,
       {"compatibility_level"},
       {"fingerprint-length"},
       with_table("compatibility_level = 2\n", prints)},
      {"md5 by version",
       "fingerprint-md5",
       S::warning,
       {"default of this version"},
       {"fingerprint-length"},
       with_table("smtp_tls_mandatory_protocols = !SSLv2, !SSLv3\n", prints, {3, 5, 9})},
      {"a parameter of 3.10.5 in 3.7",
       "parameter-unknown",
       S::warning,
       {"Postfix 3.7.11 does not have smtp_tls_enforce_sts_mx_patterns"},
       {},
       with("smtp_tls_enforce_sts_mx_patterns = yes\n", {3, 7, 11})},
      {"a misspelt parameter",
       "parameter-unknown",
       S::warning,
       {"misspelt"},
       {},
       with("smtp_tls_securty_level = dane\n")},
      {"multi-label wildcards",
       "multi-label-without-effect",
       S::note,
       {"one label"},
       {},
       with("tls_wildcard_matches_multiple_labels = yes\n")},
      {"both kinds of tables",
       "per-site-ignored",
       S::warning,
       {"MUST is verify"},
       {},
       with("smtp_tls_per_site = hash:/etc/postfix/tls_per_site\n")},
      {"the old kind of table",
       "per-site-obsolete",
       S::warning,
       {"MX host names"},
       {},
       with("smtp_tls_policy_maps =\nsmtp_tls_per_site = hash:/etc/postfix/tls_per_site\n")},
      {"no TLS in the log",
       "loglevel-zero",
       S::note,
       {"Verified, Trusted"},
       {},
       with("smtp_tls_loglevel = 0\n")},
      {"static in front",
       "map-never-asked",
       S::warning,
       {"static:may"},
       {"entry-dead"},
       with("smtp_tls_policy_maps = static:may hash:/etc/postfix/tls_policy\n")},
      {"static with no such level",
       "entry-invalid",
       S::critical,
       {"static:strong", "invalid security level"},
       {},
       with("smtp_tls_policy_maps = static:strong\n")},
      {"a service in front",
       "map-order",
       S::warning,
       {"socketmap:"},
       {"map-replaces-dane"},
       with("smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix "
            "hash:/etc/postfix/tls_policy\n")},
      {"a service behind, dane by default",
       "map-replaces-dane",
       S::warning,
       {"RFC 8461"},
       {},
       with("smtp_tls_policy_maps = hash:/etc/postfix/tls_policy "
            "socketmap:inet:127.0.0.1:8461:postfix\n")},
      {"a regexp table",
       "map-not-listed",
       S::note,
       {"not checked here"},
       {},
       changed([](Configuration& c) { c.all_listed = false; })},
      {"relayhost",
       "relayhost-is-the-key",
       S::note,
       {"[smarthost.example]", "does not have it"},
       {},
       with("relayhost = [smarthost.example]\n")},
  };
}

}  // namespace dane::test
