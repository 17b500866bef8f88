#include "lint_world.hpp"
#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;

std::vector<Finding> protocols(const std::string& list, postfix::Version version = {3, 10, 5}) {
  return lint(configuration(sound_with("smtp_tls_mandatory_protocols = " + list + "\n"),
                            sound_table, version));
}

std::vector<Finding> with(const std::string& line) {
  return lint(configuration(sound_with(line + "\n"), sound_table));
}

std::vector<Finding> entry(const std::string& row, const std::string& lines = {}) {
  return lint(configuration(sound_with(lines), row + "\n"));
}

}  // namespace

std::vector<Scenario> list_scenarios() {
  const std::string sha256 = "smtp_tls_fingerprint_digest = sha256\n";
  const std::string good(64, 'a');
  return {
      {"bounds before 3.6",
       "protocols-invalid",
       S::critical,
       {"Postfix 3.5.9", "!SSLv2:!SSLv3:!TLSv1:!TLSv1.1"},
       {},
       protocols(">=TLSv1.2", {3, 5, 9})},
      {"a name that is none, in an entry",
       "protocols-invalid",
       S::critical,
       {"/etc/postfix/tls_policy:1 example.com", "TLSv1_2"},
       {},
       entry("example.com secure match=.example.net protocols=TLSv1_2")},
      {"nothing left",
       "protocols-none-left",
       S::critical,
       {"no protocols available"},
       {},
       protocols(">=TLSv1.3, !TLSv1.3")},
      {"a space behind the sign",
       "protocols-bound-alone",
       S::warning,
       {"What remains: TLSv1.2."},
       {},
       protocols(">= TLSv1.2")},
      {"SSLv2 alone",
       "protocols-sslv2-alone",
       S::warning,
       {"every protocol"},
       {},
       protocols("SSLv2")},
      {"names without TLSv1.3",
       "protocols-without-tls13",
       S::warning,
       {"TLSv1.1 and TLSv1.2"},
       {},
       protocols("TLSv1.2, TLSv1.1, !TLSv1, !SSLv2, !SSLv3")},
      {"old protocols", "protocols-old", S::note, {"TLSv1", "RFC 8996"}, {}, protocols(">=TLSv1")},
      {"no such grade",
       "grade-invalid",
       S::critical,
       {"strong"},
       {},
       with("smtp_tls_mandatory_ciphers = strong")},
      {"ciphers=null",
       "grade-weak",
       S::warning,
       {"null"},
       {},
       entry("example.com encrypt ciphers=null", "smtp_tls_security_level = may\n")},
      {"a sign in an exclusion",
       "exclusions-invalid",
       S::critical,
       {"!RC4", "sign"},
       {},
       with("smtp_tls_mandatory_exclude_ciphers = aNULL, !RC4")},
      {"an asterisk in match=",
       "match-wildcard",
       S::warning,
       {"Write .example.net"},
       {},
       entry("example.com secure match=*.example.net")},
      {"hostname at level secure",
       "match-trusts-dns",
       S::warning,
       {"smtp_tls_secure_cert_match", "level verify"},
       {},
       with("smtp_tls_secure_cert_match = nexthop, dot-nexthop, hostname")},
      {"fingerprints of another digest",
       "fingerprint-length",
       S::critical,
       {"smtp_tls_fingerprint_digest"},
       {},
       entry("example.com fingerprint match=" + std::string(40, 'b'), sha256)},
      {"one fingerprint of the digest, one of another",
       "fingerprint-length",
       S::warning,
       {"1 fingerprint cannot match"},
       {},
       entry("example.com fingerprint match=" + good + "|" + std::string(32, 'c'), sha256)},
      {"text among fingerprints",
       "fingerprint-malformed",
       S::warning,
       {"zz"},
       {},
       entry("example.com fingerprint match=" + good + "|zz", sha256)},
      {"no fingerprint in the entry",
       "fingerprint-none",
       S::critical,
       {"tls_policy:1"},
       {},
       entry("example.com fingerprint", sha256)},
  };
}

}  // namespace dane::test
