// The path from the leaf to a CA: twins, impostors, and what usages 0 and 1 ask besides.

#include "scenario.hpp"

namespace dane::test {

namespace {

using S = Severity;

CertificateSpec ca_named(const std::string& name) {
  return {.common_name = name, .is_ca = true, .key_identifiers = false};
}
CertificateSpec leaf_spec() {
  return {.common_name = "server", .dns_names = {"mx1.example.com"}, .key_identifiers = false};
}

/// Two CAs of one name and without key identifiers; the one that did not sign is sent first.
struct Namesakes {
  Issued impostor = issue(ca_named("Twin CA"));
  Issued real = issue(ca_named("Twin CA"));
  Issued leaf = issue(leaf_spec(), &real);
  [[nodiscard]] report::Report pinning(const Issued& ca) const {
    return report_on(ecdsa_domain({in_parameters("2 1 1", key_sha256(ca.key))},
                                  {leaf.certificate, impostor.certificate, real.certificate}));
  }
};

report::Report expired_beside_namesake() {
  auto late = ca_named("Twin CA");
  late.not_after = at_date(2026, 1, 1);
  const auto real = issue(late);
  const auto impostor = issue(ca_named("Twin CA"));
  const auto leaf = issue(leaf_spec(), &real);
  return report_on(ecdsa_domain({in_parameters("2 1 1", key_sha256(real.key))},
                                {leaf.certificate, real.certificate, impostor.certificate}));
}

/// One CA in two certificates with the same key, as after its renewal; the old one is sent first.
report::Report renewed_ca(TimePoint old_end, TimePoint end = at_date(2040, 1, 1)) {
  auto spec = ca_named("Renewed CA");
  spec.not_after = end;
  const auto root = issue(ca_named("Top"));
  const auto valid = issue(spec, &root);
  spec.key = valid.key;
  spec.not_after = old_end;
  const auto old = issue(spec, &root);
  const auto leaf = issue(leaf_spec(), &valid);
  return report_on(
      ecdsa_domain({in_parameters("2 1 1", key_sha256(root.key))},
                   {leaf.certificate, old.certificate, valid.certificate, root.certificate}));
}

/// The anchor has expired, but another CA issued it: the name alone is wrong.
report::Report below_anchor(TimePoint anchor_end, const std::string& host, TimePoint leaf_end) {
  const auto root = issue(ca_named("Top"));
  auto spec = ca_named("Late CA");
  spec.not_after = anchor_end;
  const auto anchor = issue(spec, &root);
  const auto leaf =
      issue({.common_name = "server", .dns_names = {host}, .not_after = leaf_end}, &anchor);
  return report_on(ecdsa_domain({in_parameters("2 1 1", key_sha256(anchor.key))},
                                {leaf.certificate, anchor.certificate}));
}

report::Report below_expired_anchor(const std::string& host, TimePoint leaf_end) {
  return below_anchor(at_date(2026, 1, 1), host, leaf_end);
}
report::Report ending_anchor() {
  return below_anchor(now() + std::chrono::days(3), "mx1.example.com", at_date(2040, 1, 1));
}

report::Report short_leaf() {
  auto spec = leaf_spec();
  spec.key = generate_key(x509::KeyType::rsa, 768);
  const auto leaf = issue(spec, &pki().intermediate);
  return report_on(ecdsa_domain({in_parameters("3 1 1", key_sha256(leaf.key))},
                                {leaf.certificate, pki().intermediate.certificate}));
}

report::Report sha1_leaf() {
  auto spec = leaf_spec();
  spec.signed_with_sha1 = true;
  const auto leaf = issue(spec, &pki().intermediate);
  return report_on(ecdsa_domain({in_parameters("2 1 1", key_sha256(pki().intermediate.key))},
                                {leaf.certificate, pki().intermediate.certificate}));
}

/// A service that honours all four usages.
report::Report other_service(const std::string& record, x509::Chain chain,
                             const x509::Chain& trusted) {
  auto facts = ecdsa_domain({record}, std::move(chain));
  facts.mx.reset();
  facts.hosts[0].protocol = probe::Protocol::imap;
  auto how = options();
  how.judge.profile = tlsa::Profile::any;
  how.judge.trusted = trusted;
  return report_on(facts, how);
}
report::Report trusted_namesake() {
  const auto root = issue(ca_named("Twin CA"));
  const auto impostor = issue(ca_named("Twin CA"));
  const auto leaf = issue(leaf_spec(), &root);
  return other_service(in_parameters("1 1 1", key_sha256(leaf.key)), {leaf.certificate},
                       {impostor.certificate});
}

std::string of_leaf(const std::string& parameters, const Issued& leaf) {
  return in_parameters(parameters, key_sha256(leaf.key));
}
report::Report pkix_ee(const Issued& leaf) {
  return other_service(of_leaf("1 1 1", leaf), pki().chain(leaf), {pki().root.certificate});
}
report::Report pkix_ta(const Issued& leaf) {
  return other_service(in_parameters("0 1 1", key_sha256(pki().intermediate.key)),
                       pki().chain(leaf), {pki().root.certificate});
}

report::Report self_signed_pkix() {
  const auto alone = issue(leaf_spec());
  return other_service(of_leaf("1 1 1", alone), {alone.certificate}, {});
}

}  // namespace

std::vector<Scenario> path_scenarios() {
  const Namesakes twins;
  return {
      {"a namesake before the CA that signed; the record is right",
       "chain-invalid",
       S::critical,
       {"D3"},
       {"certificate 2 of the chain is the one that signed",
        "Take certificate 1 of the chain out of the server's chain file"},
       {},
       twins.pinning(twins.real)},
      {"a namesake before the CA that signed; the record is for it",
       "chain-invalid",
       S::critical,
       {"D3"},
       {"wrong one of two CAs of the same name",
        "certificate 2 of the chain is the one that signed", "replace the record"},
       {},
       twins.pinning(twins.impostor)},
      {"the CA that signed has expired, and a namesake has not",
       "chain-invalid",
       S::critical,
       {},
       {"certificate 1 of the chain, which signed, is out of date",
        "put the CA's present certificate in the place of both"},
       {},
       expired_beside_namesake()},
      {"a trusted namesake of the root",
       "chain-invalid",
       S::critical,
       {},
       {"A trusted CA has the name of the issuer", "trust the one that signed"},
       {},
       trusted_namesake()},
      {"an expired twin of a CA in date",
       "dane-verified",
       S::note,
       {},
       {},
       {},
       renewed_ca(at_date(2026, 1, 1))},
      {"a twin of a CA in date that ends soon and comes first",
       "dane-verified",
       S::note,
       {},
       {},
       {},
       renewed_ca(now() + std::chrono::days(5))},
      {"both twins of a CA end soon",
       "certificate-expiring",
       S::warning,
       {"O13"},
       {"Renewed CA", "expires in 7 days", "DANE senders refuse"},
       {},
       renewed_ca(now() + std::chrono::days(3), now() + std::chrono::days(7))},
      {"a leaf that ends soon below an anchor that has expired",
       "certificate-expiring",
       S::warning,
       {"O13"},
       {"CN=server", "expires in 14 days"},
       {"certificate-expired"},
       below_expired_anchor("mx1.example.com", now() + std::chrono::days(14))},
      {"an anchor whose own date does not count for all ends soon",
       "certificate-expiring",
       S::warning,
       {"O13"},
       {"may refuse the server"},
       {},
       ending_anchor()},
      {"another name below an anchor whose own date does not count",
       "tlsa-name-mismatch",
       S::critical,
       {"S48"},
       {"must bear the right name"},
       {},
       below_expired_anchor("www.example.net", at_date(2040, 1, 1))},
      {"a server key of 768 bits",
       "certificate-weak",
       S::critical,
       {"D21"},
       {"RSA with 768 bits", "Make a new key", "whatever the TLSA records say"},
       {},
       short_leaf()},
      {"SHA-1 below the pinned CA",
       "certificate-weak",
       S::critical,
       {"D21"},
       {"weak signature (SHA-1 or older)", "3600 IN TLSA 3 1 1"},
       {},
       sha1_leaf()},
      {"usage 1, another name",
       "tlsa-name-mismatch",
       S::critical,
       {"O23"},
       {"with usage 1 the certificate must bear the right name", "with usage 3"},
       {},
       pkix_ee(pki().wrong_name)},
      {"usage 1, expired",
       "certificate-expired",
       S::critical,
       {"D2", "O23"},
       {"usage 1 (PKIX-EE)", "restores access"},
       {},
       pkix_ee(pki().expired)},
      {"usage 0, expired",
       "certificate-expired",
       S::critical,
       {"D1"},
       {"usage 0 (PKIX-TA)"},
       {},
       pkix_ta(pki().expired)},
      {"usage 1, self-signed and not trusted",
       "chain-invalid",
       S::critical,
       {},
       {"Get a certificate from a CA that clients trust"},
       {},
       self_signed_pkix()},
  };
}

}  // namespace dane::test
