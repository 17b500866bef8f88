#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;

std::string ta() {
  return in_parameters("2 1 1", key_sha256(pki().intermediate.key));
}
std::string hex_of(const std::string& octets) {
  return to_hex(to_bytes(octets));
}
/// ECDSA chain only: fewer records to name.
report::Report with(const std::vector<std::string>& records) {
  return report_on(ecdsa_domain(records, pki().chain(pki().ecdsa)));
}
std::string ee512() {
  return in_parameters("3 1 2", key_sha512(pki().ecdsa.key));
}

std::string rsa512() {
  return in_parameters("3 1 2", key_sha512(pki().rsa.key));
}

std::vector<std::string> many(std::size_t n) {
  std::vector<std::string> records{ee_ecdsa()};
  while (records.size() < n)
    records.push_back(in_parameters("3 1 1", digest("SHA256", std::to_string(records.size()))));
  return records;
}

report::Report large_answer() {
  auto facts = sound_domain();
  std::get<Found<dns::Answer>>(facts.hosts[0].tlsa[0].outcome).value.message_size = 1233;
  return report_on(facts);
}

report::Report wildcard() {
  auto facts = sound_domain();
  auto made = signature("_25._tcp.mx1.example.com", dns::RecordType::tlsa, std::chrono::days(1),
                        std::chrono::days(20));
  made.labels = 3;  // *.mx1.example.com
  std::get<Found<dns::Answer>>(facts.hosts[0].tlsa[0].outcome).value.signatures = {made};
  return report_on(facts);
}

/// The field case: one 0 1 1 of a public root behind a shared CNAME, two certificates.
report::Report shared_pkix_root() {
  constexpr auto owner = "_25._tcp.mx1.example.com";
  auto facts = domain_with({});
  auto outcome =
      tlsa_found("letsencrypt._dane.example.com",
                 {"0 1 1 0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3"});
  std::get<Found<dns::Answer>>(outcome).value.aliases = {
      {name(owner), name("letsencrypt._dane.example.com"), std::chrono::seconds(60)}};
  facts.hosts[0].tlsa[0].outcome = outcome;
  return report_on(facts);
}

}  // namespace

std::vector<Scenario> rrset_scenarios() {
  const auto beside = [](const std::string& odd) { return with({ee_ecdsa(), odd}); };
  const auto truncated = ee_ecdsa().substr(0, ee_ecdsa().size() - 2);
  return {
      {"0 1 1 beside a good record",
       "tlsa-pkix-usage",
       S::warning,
       {"S44", "S45"},
       {"RFC 7672 section 3.1.3", "Remove"},
       {},
       beside(in_parameters("0 1 1", key_sha256(pki().intermediate.key)))},
      {"1 1 1 beside a good record",
       "tlsa-pkix-usage",
       S::warning,
       {"S45"},
       {"PKIX-EE"},
       {},
       beside(in_parameters("1 1 1", key_sha256(pki().ecdsa.key)))},
      {"a shared 0 1 1 of a root, nothing else",
       "tlsa-all-unusable",
       S::warning,
       {"S12", "O53", "O54"},
       {"web.de", "alert 71", "_25._tcp.mx1.example.com. 3600 IN TLSA " + ee_ecdsa(),
        "_25._tcp.mx1.example.com. 3600 IN TLSA " + ee_rsa(),
        "_25._tcp.mx1.example.com. 3600 IN TLSA " + ta(),
        "is a CNAME for letsencrypt._dane.example.com"},
       {"tlsa-pkix-usage"},
       shared_pkix_root()},
      {"31 octets beside a good record",
       "tlsa-malformed",
       S::warning,
       {"D20"},
       {"digest-length", "32 octets"},
       {},
       beside(in_parameters("3 1 1", key_sha256(pki().old.key).substr(2)))},
      {"no data beside a good record",
       "tlsa-malformed",
       S::warning,
       {"D20"},
       {"(no data)"},
       {},
       beside("3 1 1")},
      {"two octets beside a good record",
       "tlsa-malformed",
       S::warning,
       {"D20"},
       {"record-too-short"},
       {},
       [] {
         auto facts = sound_domain();
         std::get<Found<dns::Answer>>(facts.hosts[0].tlsa[0].outcome)
             .value.rdata.push_back(to_bytes("\3\1"));
         return report_on(facts);
       }()},
      {"3 0 0 that is no certificate",
       "tlsa-malformed",
       S::warning,
       {"D20"},
       {"malformed-certificate"},
       {},
       beside("3 0 0 3003020101")},
      {"usage 9 beside a good record",
       "tlsa-unknown-parameter",
       S::warning,
       {"D19"},
       {"9 1 1", "other records still count"},
       {},
       beside(in_parameters("9 1 1", key_sha256(pki().old.key)))},
      {"13 records", "tlsa-too-many", S::warning, {}, {"13 TLSA records"}, {}, with(many(13))},
      {"1233 octets", "tlsa-answer-large", S::warning, {"O47"}, {"1233"}, {}, large_answer()},
      {"SHA-512 only",
       "tlsa-sha512-only",
       S::warning,
       {"O2", "S37"},
       {"3 1 2"},
       {},
       with({ee512()})},
      {"the whole key",
       "tlsa-full-data",
       S::warning,
       {"O48"},
       {"3 1 0", "3 1 1"},
       {},
       with({in_parameters("3 1 0", hex_of(spki_of(pki().ecdsa.key)))})},
      {"the whole certificate",
       "tlsa-full-data",
       S::warning,
       {"O48"},
       {"3 0 0"},
       {},
       with({in_parameters("3 0 0", hex_of(der_of(pki().ecdsa.certificate)))})},
      {"the whole CA certificate",
       "tlsa-full-data",
       S::note,
       {"O15"},
       {"2 0 0"},
       {},
       with({in_parameters("2 0 0", hex_of(der_of(pki().intermediate.certificate)))})},
      {"the next key has SHA-256 only",
       "tlsa-digests-differ",
       S::warning,
       {"O45", "O32"},
       {"2 with SHA-256", "1 with SHA-512"},
       {},
       with({ee_ecdsa(), ee512(), stale()})},
      {"the SHA-512 records are what one key passes by",
       "tlsa-digests-differ",
       S::warning,
       {"O45"},
       {"do not remove the 3 1 2 records before", "IN TLSA " + ee_rsa() + " ; RSA"},
       {},
       report_on(domain_with({ee512(), rsa512(), ee_ecdsa()}))},
      {"SHA-512 only, of this key and of the next",
       "tlsa-sha512-only",
       S::warning,
       {"S37"},
       {"IN TLSA " + ee_ecdsa() + " ; ECDSA", "those of keys that the server does not present"},
       {},
       with({ee512(), in_parameters("3 1 2", key_sha512(pki().renewed.key))})},
      {"SHA-512 only, for one key of two",
       "tlsa-sha512-only",
       S::warning,
       {"S37"},
       {ee_ecdsa(), ee_rsa()},
       {"key-type-uncovered", "tlsa-no-match"},
       report_on(domain_with({ee512()}))},
      {"whole keys, of this one and of the next",
       "tlsa-full-data",
       S::warning,
       {"O48"},
       {"IN TLSA " + ee_ecdsa(),
        "IN TLSA " + in_parameters("3 1 1", key_sha256(pki().renewed.key))},
       {},
       with({in_parameters("3 1 0", hex_of(spki_of(pki().ecdsa.key))),
             in_parameters("3 1 0", hex_of(spki_of(pki().renewed.key)))})},
      {"the same record twice",
       "tlsa-duplicate",
       S::note,
       {},
       {"more than once"},
       {},
       with({ee_ecdsa(), ee_ecdsa()})},
      {"a wildcard", "tlsa-wildcard", S::note, {}, {"wildcard"}, {}, wildcard()},
  };
}

}  // namespace dane::test
