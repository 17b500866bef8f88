#include "published_forms.hpp"
#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;

report::Report with(const std::string& record) {
  return report_on(ecdsa_domain({record}, pki().chain(pki().ecdsa)));
}
report::Report rsa_with(const std::string& record) {
  auto facts = domain_with({record});
  facts.hosts[0].probes[1] = fails("192.0.2.1", probe::Offer::ecdsa, "mx1.example.com",
                                   probe::ProbeFailure::handshake_failed);
  return report_on(facts);
}

report::Report swapped() {
  auto facts =
      ecdsa_domain({in_parameters("3 1 1", key_sha256(pki().mx2.key))}, pki().chain(pki().ecdsa));
  add_second_host(facts);
  return report_on(facts);
}

}  // namespace

std::vector<Scenario> mistake_scenarios() {
  const auto key = key_sha256(pki().ecdsa.key);
  const auto certificate = certificate_sha256(pki().ecdsa.certificate);
  const auto ca_key = key_sha256(pki().intermediate.key);
  const std::vector<std::string> no_match{"tlsa-no-match"};
  const std::vector<std::string> unusable{"tlsa-all-unusable", "tlsa-malformed"};
  std::vector<Scenario> all{
      {"certificate under selector 1",
       "mistake-selector",
       S::critical,
       {"D8"},
       {"selector 0 would be right", "tlsa-no-match works"},
       no_match,
       with(in_parameters("3 1 1", certificate))},
      {"key under selector 0",
       "mistake-selector",
       S::critical,
       {"D8"},
       {"selector 1 would be right", "tlsa-no-match works"},
       no_match,
       with(in_parameters("3 0 1", key))},
      {"half a SHA-512 digest",
       "mistake-matching-type",
       S::critical,
       {},
       {"SHA-512 digest", "cut to 32 of its 64 octets", "tlsa-no-match works"},
       no_match,
       with(in_parameters("3 1 1", key_sha512(pki().ecdsa.key).substr(0, 64)))},
      {"a whole SHA-512 digest under type 1",
       "mistake-matching-type",
       S::warning,
       {},
       {"matching type 2 would be right"},
       unusable,
       with(in_parameters("3 1 1", key_sha512(pki().ecdsa.key)))},
      {"a SHA-256 digest under type 2",
       "mistake-matching-type",
       S::warning,
       {},
       {"matching type 1 would be right"},
       unusable,
       with(in_parameters("3 1 2", key))},
      {"a cut SHA-256 digest",
       "mistake-matching-type",
       S::warning,
       {},
       {"cut to 31"},
       unusable,
       with(in_parameters("3 1 1", key.substr(0, 62)))},
      {"a digest with octets behind",
       "mistake-matching-type",
       S::warning,
       {},
       {"followed by 2 octets more"},
       unusable,
       with(in_parameters("3 1 1", key + "0d0a"))},
      {"hexadecimal twice",
       "mistake-matching-type",
       S::warning,
       {},
       {"hexadecimal twice"},
       unusable,
       with(in_parameters("3 1 1", to_hex(to_bytes(key))))},
      {"a SHA-1 fingerprint",
       "mistake-matching-type",
       S::warning,
       {},
       {"robably", "SHA-1"},
       unusable,
       with(in_parameters("3 0 1", digest("SHA1", der_of(pki().ecdsa.certificate))))},
      {"the CA under usage 3",
       "mistake-usage",
       S::critical,
       {},
       {"usage 2 would be right", "IN TLSA 2 1 1 " + ca_key},
       no_match,
       with(in_parameters("3 1 1", ca_key))},
      {"nothing",
       "mistake-empty-digest",
       S::critical,
       {},
       {"digest of nothing", "tlsa-no-match works"},
       no_match,
       with("3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")},
      {"an empty line",
       "mistake-empty-digest",
       S::critical,
       {},
       {"an empty line"},
       no_match,
       with(in_parameters("3 1 1", digest("SHA256", "\n")))},
      {"nothing in SHA-512",
       "mistake-empty-digest",
       S::critical,
       {},
       {"digest of nothing"},
       {"tlsa-no-match", "tlsa-sha512-only"},
       with(in_parameters("3 1 2", digest("SHA512", "")))},
      {"the record of mx2",
       "mistake-other-host",
       S::critical,
       {},
       {"mx2.example.com", "tlsa-no-match works"},
       no_match,
       swapped()},
      {"the previous key",
       "mistake-stale",
       S::critical,
       {},
       {"robably", "earlier key"},
       no_match,
       with(stale())},
      {"the previous certificate",
       "mistake-stale",
       S::critical,
       {},
       {"earlier certificate"},
       no_match,
       with(in_parameters("3 0 1", certificate_sha256(pki().old.certificate)))},
  };
  for (const auto& form : published_forms(pki().ecdsa, pki().chain(pki().ecdsa)))
    all.push_back({form.what,
                   "mistake-pem-digest",
                   S::critical,
                   {"D8"},
                   {form.phrase, "tlsa-no-match works"},
                   no_match,
                   with(in_parameters("3 1 1", digest("SHA256", form.octets)))});
  for (const auto& form : rsa_forms(pki().rsa))
    all.push_back({form.what,
                   "mistake-pem-digest",
                   S::critical,
                   {"D8"},
                   {form.phrase},
                   no_match,
                   rsa_with(in_parameters("3 1 1", digest("SHA256", form.octets)))});
  return all;
}

}  // namespace dane::test
