#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;
using probe::Offer;
using probe::ProbeFailure;

std::string ta(const Issued& ca) {
  return in_parameters("2 1 1", key_sha256(ca.key));
}
report::Report with(const std::vector<std::string>& records, x509::Chain chain,
                    const check::CheckOptions& how = options()) {
  return report_on(ecdsa_domain(records, std::move(chain)), how);
}
x509::Chain chain_of(const Issued& leaf) {
  return pki().chain(leaf);
}

report::Report second_address(x509::Chain chain) {
  auto facts = ecdsa_domain({ee_ecdsa()}, chain_of(pki().ecdsa));
  facts.hosts[0].ipv4 = addresses("mx1.example.com", {"192.0.2.1", "192.0.2.9"});
  facts.hosts[0].probes.push_back(
      shows("192.0.2.9", Offer::ecdsa, "mx1.example.com", std::move(chain)));
  return report_on(facts);
}

/// RSA alone at the first address, ECDSA alone at the second.
report::Report key_type_at_each_address() {
  auto facts = domain_with({ee_rsa()});
  facts.hosts[0].ipv4 = addresses("mx1.example.com", {"192.0.2.1", "192.0.2.9"});
  const auto refuse = [](const std::string& address, Offer offer) {
    return fails(address, offer, "mx1.example.com", ProbeFailure::handshake_failed);
  };
  facts.hosts[0].probes = {
      shows("192.0.2.1", Offer::rsa, "mx1.example.com", chain_of(pki().rsa)),
      refuse("192.0.2.1", Offer::ecdsa), refuse("192.0.2.9", Offer::rsa),
      shows("192.0.2.9", Offer::ecdsa, "mx1.example.com", chain_of(pki().ecdsa))};
  return report_on(facts);
}

report::Report second_address_without_tls() {
  auto facts = ecdsa_domain({ee_ecdsa()}, chain_of(pki().ecdsa));
  facts.hosts[0].ipv4 = addresses("mx1.example.com", {"192.0.2.1", "192.0.2.9"});
  for (const auto offer : {Offer::rsa, Offer::ecdsa})
    facts.hosts[0].probes.push_back(
        fails("192.0.2.9", offer, "mx1.example.com", ProbeFailure::starttls_not_offered));
  return report_on(facts);
}

report::Report sni(x509::Chain with_sni, x509::Chain without) {
  auto facts = ecdsa_domain({ee_ecdsa()}, std::move(with_sni));
  facts.hosts[0].probes.push_back(
      without_sni(shows("192.0.2.1", Offer::ecdsa, "mx1.example.com", std::move(without))));
  return report_on(facts);
}

report::Report sni_refused() {
  auto facts = ecdsa_domain({ee_ecdsa()}, chain_of(pki().ecdsa));
  facts.hosts[0].probes.push_back(without_sni(
      fails("192.0.2.1", Offer::any, "mx1.example.com", ProbeFailure::handshake_failed)));
  return report_on(facts);
}

/// The intermediate's name and not its key: it did not sign the leaf.
x509::Chain forged_chain() {
  const auto impostor = issue({.common_name = "Test Intermediate", .is_ca = true}, &pki().root);
  return {pki().ecdsa.certificate, impostor.certificate};
}
std::string forged_record(const x509::Chain& chain) {
  return in_parameters("2 0 1", certificate_sha256(chain[1]));
}

x509::Chain expired_intermediate_chain(const Issued** root) {
  static const auto old =
      issue({.common_name = "Old Intermediate", .not_after = at_date(2026, 1, 1), .is_ca = true},
            &pki().root);
  static const auto leaf = issue({.common_name = "server", .dns_names = {"mx1.example.com"}}, &old);
  *root = &pki().root;
  return {leaf.certificate, old.certificate, pki().root.certificate};
}

/// A CA that is in DNS alone, whole or as its key, and a leaf below it.
struct Unsent {
  Issued root, leaf;
  [[nodiscard]] report::Report with_certificate() const {
    return with({in_parameters("2 0 0", to_hex(root.certificate.der()))}, {leaf.certificate});
  }
  [[nodiscard]] report::Report with_key() const {
    return with({in_parameters("2 1 0", to_hex(root.certificate.spki_der()))}, {leaf.certificate});
  }
};
Unsent for_clients_only() {
  auto root = issue({.common_name = "DNS Root", .is_ca = true});
  auto leaf = issue({.common_name = "server",
                     .dns_names = {"mx1.example.com"},
                     .extended_key_usage = "clientAuth"},
                    &root);
  return {std::move(root), std::move(leaf)};
}
Unsent below_expired_root() {
  auto root = issue({.common_name = "Late Root", .not_after = at_date(2026, 1, 1), .is_ca = true});
  auto leaf = issue({.common_name = "server", .dns_names = {"mx1.example.com"}}, &root);
  return {std::move(root), std::move(leaf)};
}
report::Report too_deep() {
  const auto root = issue({.common_name = "Short Root", .is_ca = true, .path_length = 0});
  const auto middle = issue({.common_name = "Middle", .is_ca = true}, &root);
  const auto leaf = issue({.common_name = "server", .dns_names = {"mx1.example.com"}}, &middle);
  return with({in_parameters("2 0 0", to_hex(root.certificate.der()))},
              {leaf.certificate, middle.certificate});
}

}  // namespace

std::vector<Scenario> chain_scenarios() {
  const auto ecdsa512 = in_parameters("3 0 2", certificate_sha512(pki().old.certificate));
  const auto ecdsa301 = in_parameters("3 0 1", certificate_sha256(pki().ecdsa.certificate));
  const auto forged = forged_chain();
  const Issued* root = nullptr;
  const auto expired_chain = expired_intermediate_chain(&root);
  auto short_notice = options();
  short_notice.warn_days = 3;
  return {
      {"all in order",
       "dane-verified",
       S::note,
       {"S11"},
       {"192.0.2.1", "ECDSA and RSA"},
       {},
       report_on(sound_domain())},
      {"a record of another key",
       "tlsa-no-match",
       S::critical,
       {"S46", "D22"},
       {"mx1.example.com [192.0.2.1]:25 ECDSA", stale(), ee_ecdsa(),
        "_25._tcp.mx1.example.com. 3600 IN TLSA " + ee_ecdsa()},
       {"mistake-stale"},
       with({stale()}, chain_of(pki().ecdsa))},
      {"neither key has a record",
       "tlsa-no-match",
       S::critical,
       {},
       {"See first that the key shown is the one on your server",
        "publish the records for the keys in use", "IN TLSA " + ee_rsa() + " ; RSA",
        "IN TLSA " + ee_ecdsa() + " ; ECDSA"},
       {"mistake-stale"},
       report_on(domain_with({stale()}))},
      {"3 0 1 right, 3 0 2 wrong",
       "tlsa-agility-trap",
       S::critical,
       {"O44", "O46"},
       {"digest algorithm agility", "Publish the 3 0 2 record",
        "to remove those that stand there would do too"},
       {},
       with({ecdsa301, ecdsa512}, chain_of(pki().ecdsa))},
      {"a trap for one key, and what the other passes by",
       "tlsa-agility-trap",
       S::critical,
       {"O44"},
       {"Publish the 3 1 2 record of the object in use as well",
        "IN TLSA " + in_parameters("3 1 2", key_sha512(pki().ecdsa.key)) + " ; ECDSA"},
       {"key-type-uncovered"},
       report_on(domain_with({in_parameters("3 1 2", key_sha512(pki().rsa.key)), ee_ecdsa()}))},
      {"another name under 2 1 1",
       "tlsa-name-mismatch",
       S::critical,
       {"S48", "S53"},
       {"Looked for: mx1.example.com and example.com", "The certificate has: www.example.net",
        in_parameters("3 1 1", key_sha256(pki().wrong_name.key))},
       {},
       with({ta(pki().intermediate)}, chain_of(pki().wrong_name))},
      {"the pinned root is not sent",
       "tlsa-ta-not-sent",
       S::critical,
       {"D14", "O18"},
       {"\"CN=Test Root,O=Test\", is missing", "\"CN=Test Intermediate,O=Test\"", ee_ecdsa(),
        "append its certificate"},
       {},
       with({ta(pki().root)}, chain_of(pki().ecdsa))},
      {"the pinned intermediate is not sent",
       "tlsa-ta-not-sent",
       S::critical,
       {"O14"},
       {"no CA certificate at all"},
       {},
       with({ta(pki().intermediate)}, {pki().ecdsa.certificate})},
      {"a pinned public root that is not sent",
       "tlsa-ta-not-sent",
       S::critical,
       {"D14"},
       {"is the digest of \"ISRG Root X1\""},
       {},
       with({"2 1 1 0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3"},
            chain_of(pki().ecdsa))},
      {"2 1 1 of the leaf",
       "tlsa-ta-leaf",
       S::critical,
       {"D3"},
       {"no issuer", "3600 IN TLSA " + ee_ecdsa()},
       {},
       with({in_parameters("2 1 1", key_sha256(pki().ecdsa.key))}, chain_of(pki().ecdsa))},
      {"expired leaf under 2 1 1",
       "certificate-expired",
       S::critical,
       {"O13"},
       {"expired on 2026-11-01", "Renew"},
       {},
       with({ta(pki().intermediate)}, chain_of(pki().expired))},
      {"leaf not yet valid under 2 1 1",
       "certificate-expired",
       S::critical,
       {"O13"},
       {"not valid before 2026-12-01"},
       {},
       with({ta(pki().intermediate)}, chain_of(pki().early))},
      {"expired intermediate below the root of 2 1 1",
       "certificate-expired",
       S::critical,
       {"O13"},
       {"Old Intermediate"},
       {},
       with({ta(*root)}, expired_chain)},
      {"expired leaf under 3 1 1",
       "certificate-expired-ee",
       S::note,
       {"S40", "O10"},
       {"dates do not count"},
       {},
       with({in_parameters("3 1 1", key_sha256(pki().expired.key))}, chain_of(pki().expired))},
      {"leaf ends in five days under 2 1 1",
       "certificate-expiring",
       S::warning,
       {"O13"},
       {"5 days", "2026-11-26"},
       {},
       with({ta(pki().intermediate)}, chain_of(pki().ending))},
      {"the CA did not sign the leaf",
       "chain-invalid",
       S::critical,
       {"D3"},
       {"not the key that signed", "Send the CA certificate that signed"},
       {},
       with({forged_record(forged)}, forged)},
      {"2 0 0 above a certificate for clients",
       "chain-invalid",
       S::critical,
       {"D3"},
       {"not meant for TLS servers", "purpose serverAuth"},
       {},
       for_clients_only().with_certificate()},
      {"2 1 0 above a certificate for clients",
       "chain-invalid",
       S::critical,
       {"D3"},
       {"not meant for TLS servers"},
       {},
       for_clients_only().with_key()},
      {"2 0 0 that allows no CA below it",
       "chain-invalid",
       S::critical,
       {"D3"},
       {"allows 0 intermediate certificates below it and has 1"},
       {},
       too_deep()},
      {"2 0 0 that has expired",
       "certificate-expired",
       S::critical,
       {"O13"},
       {"\"CN=Late Root,O=Test\" expired on 2026-01-01"},
       {},
       below_expired_root().with_certificate()},
      {"the pinned root is sent, the intermediate is not",
       "chain-invalid",
       S::critical,
       {"S43"},
       {"the issuer \"CN=Test Intermediate,O=Test\"", "is missing", "Append the missing CA"},
       {},
       with({ta(pki().root)}, {pki().ecdsa.certificate, pki().root.certificate})},
      {"the RSA key has no record",
       "key-type-uncovered",
       S::critical,
       {"O51"},
       {"cover ECDSA, but not RSA", ee_rsa()},
       {"tlsa-no-match"},
       report_on(domain_with({ee_ecdsa()}))},
      {"each address has a key type of its own",
       "key-type-uncovered",
       S::critical,
       {"O51"},
       {"cover RSA, but not ECDSA"},
       {"tlsa-no-match"},
       key_type_at_each_address()},
      {"the second address has another key",
       "address-differs",
       S::critical,
       {"S65", "O51"},
       {"192.0.2.1 can be verified, 192.0.2.9 cannot"},
       {"tlsa-no-match"},
       second_address(chain_of(pki().old))},
      {"the second address offers no STARTTLS",
       "address-differs",
       S::critical,
       {"S65"},
       {"192.0.2.9"},
       {"starttls-not-offered"},
       second_address_without_tls()},
      {"the right chain only without SNI",
       "sni-chain-wrong",
       S::critical,
       {"S60"},
       {"tls_server_sni_maps"},
       {"tlsa-no-match"},
       sni(chain_of(pki().old), chain_of(pki().ecdsa))},
      {"another chain without SNI",
       "sni-dependent",
       S::note,
       {"O5"},
       {"another certificate"},
       {},
       sni(chain_of(pki().ecdsa), chain_of(pki().old))},
      {"no handshake without SNI",
       "sni-dependent",
       S::note,
       {"S61"},
       {"handshake fails"},
       {},
       sni_refused()},
      {"one key type",
       "chain-key-type-absent",
       S::note,
       {},
       {"no RSA certificate", ee_rsa()},
       {},
       with({ee_ecdsa(), ee_rsa()}, chain_of(pki().ecdsa))},
      {"a date far enough away",
       "dane-verified",
       S::note,
       {},
       {},
       {},
       with({ta(pki().intermediate)}, chain_of(pki().ending), short_notice)},
  };
}

}  // namespace dane::test
