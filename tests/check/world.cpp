#include "world.hpp"

#include <algorithm>
#include <array>

namespace dane::test {

using probe::Offer;

DomainName name(const std::string& text) {
  return DomainName::parse_presentation(text).value();
}
TimePoint now() {
  return at_date(2026, 11, 21);
}

std::string digest(const std::string& algorithm, const std::string& octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  std::size_t length = 0;
  require(EVP_Q_digest(nullptr, algorithm.c_str(), nullptr, octets.data(), octets.size(),
                       out.data(), &length) == 1,
          "digest");
  std::string hex;
  for (std::size_t i = 0; i < length; ++i) {
    constexpr const char* digits = "0123456789abcdef";
    hex += digits[out[i] >> 4U];
    hex += digits[out[i] & 15U];
  }
  return hex;
}

std::string der_of(const x509::Certificate& certificate) {
  const auto x509 = detail::decode(certificate);
  unsigned char* raw = nullptr;
  const int length = i2d_X509(x509.get(), &raw);
  std::string der(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
  OPENSSL_free(raw);
  return der;
}

std::string spki_of(const Key& key) {
  unsigned char* raw = nullptr;
  const int length = i2d_PUBKEY(key.get(), &raw);
  std::string der(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
  OPENSSL_free(raw);
  return der;
}

std::string key_sha256(const Key& key) {
  return digest("SHA256", spki_of(key));
}
std::string key_sha512(const Key& key) {
  return digest("SHA512", spki_of(key));
}
std::string certificate_sha256(const x509::Certificate& certificate) {
  return digest("SHA256", der_of(certificate));
}
std::string certificate_sha512(const x509::Certificate& certificate) {
  return digest("SHA512", der_of(certificate));
}

namespace {

Pki make_pki() {
  const CertificateSpec ca{.common_name = "Test Root", .is_ca = true};
  const auto root = issue(ca);
  const auto intermediate = issue({.common_name = "Test Intermediate", .is_ca = true}, &root);
  const auto other_root = issue({.common_name = "Other Root", .is_ca = true});
  const auto other_intermediate =
      issue({.common_name = "Other Intermediate", .is_ca = true}, &other_root);
  const auto leaf = [&](CertificateSpec spec, const Issued& issuer) {
    spec.common_name = "server";
    if (spec.dns_names.empty()) spec.dns_names = {"mx1.example.com"};
    return issue(spec, &issuer);
  };
  const auto ecdsa = leaf({}, intermediate);
  return {.root = root,
          .intermediate = intermediate,
          .other_root = other_root,
          .other_intermediate = other_intermediate,
          .ecdsa = ecdsa,
          .rsa = leaf({.key = generate_key(x509::KeyType::rsa)}, intermediate),
          .mx2 = leaf({.dns_names = {"mx2.example.com"}}, intermediate),
          .wrong_name = leaf({.dns_names = {"www.example.net"}}, intermediate),
          .expired = leaf({.not_after = at_date(2026, 11, 1)}, intermediate),
          .early = leaf({.not_before = at_date(2026, 12, 1)}, intermediate),
          .ending = leaf({.not_after = at_date(2026, 11, 26)}, intermediate),
          .renewed = leaf({}, intermediate),
          .renewed_same_key = leaf({.key = ecdsa.key}, intermediate),
          .renewed_elsewhere = leaf({}, other_intermediate),
          .old = leaf({}, intermediate)};
}

}  // namespace

const Pki& pki() {
  static const Pki made = make_pki();
  return made;
}

Bytes rdata(const std::string& presentation) {
  // Fields and hex by hand: the parser is another module's.
  Bytes out;
  std::string rest = presentation;
  for (int field = 0; field < 3; ++field) {
    std::size_t used = 0;
    out.push_back(static_cast<std::byte>(std::stoi(rest, &used)));
    rest = rest.substr(std::min(rest.size(), used + 1));
  }
  for (std::size_t i = 0; i + 1 < rest.size(); i += 2)
    out.push_back(static_cast<std::byte>(std::stoi(rest.substr(i, 2), nullptr, 16)));
  return out;
}

tlsa::Record record(const std::string& presentation) {
  const auto octets = rdata(presentation);
  return {static_cast<tlsa::CertificateUsage>(octets[0]), static_cast<tlsa::Selector>(octets[1]),
          static_cast<tlsa::MatchingType>(octets[2]), Bytes(octets.begin() + 3, octets.end())};
}

dns::LookupOutcome found(const std::string& owner, std::vector<Bytes> records, Security security) {
  dns::Answer answer;
  answer.canonical_name = name(owner);
  answer.rdata = std::move(records);
  return Found<dns::Answer>{std::move(answer), std::chrono::seconds(3600), security};
}

dns::LookupOutcome tlsa_found(const std::string& owner, const std::vector<std::string>& records,
                              Security security) {
  std::vector<Bytes> all;
  for (const auto& one : records) all.push_back(rdata(one));
  return found(owner, std::move(all), security);
}

dns::LookupOutcome addresses(const std::string& host, const std::vector<std::string>& texts,
                             Security security) {
  std::vector<Bytes> all;
  for (const auto& text : texts) all.push_back(IpAddress::parse(text).value().octets());
  return found(host, std::move(all), security);
}

dns::LookupOutcome mx_found(const std::string& domain,
                            const std::vector<std::pair<unsigned, std::string>>& records,
                            Security security) {
  std::vector<Bytes> all;
  for (const auto& [preference, host] : records) {
    Bytes one{static_cast<std::byte>(preference >> 8U), static_cast<std::byte>(preference & 255U)};
    const auto wire = name(host).to_wire();
    one.insert(one.end(), wire.begin(), wire.end());
    all.push_back(std::move(one));
  }
  return found(domain, std::move(all), security);
}

dns::LookupOutcome absent(bool name_exists, Security security) {
  return Absent{std::chrono::seconds(300), security, name_exists};
}
dns::LookupOutcome failed(FailureKind kind, const std::string& what) {
  return Failed{kind, what, "", ""};
}

dns::Signature signature(const std::string& owner, dns::RecordType covered,
                         std::chrono::seconds age, std::chrono::seconds rest) {
  dns::Signature made;
  made.owner = name(owner);
  made.covered = covered;
  made.signer = name("example.com");
  made.labels = static_cast<std::uint8_t>(made.owner.labels().size());
  made.inception = now() - age;
  made.expiration = now() + rest;
  return made;
}

namespace {

probe::ProbeRequest request(const std::string& address, Offer offer, const std::string& host) {
  probe::ProbeRequest made;
  made.endpoint = {IpAddress::parse(address).value(), 25};
  made.host = name(host);
  made.server_name = name(host);
  made.offer = offer;
  return made;
}

}  // namespace

smtp::ProbeFacts shows(const std::string& address, Offer offer, const std::string& host,
                       x509::Chain chain) {
  return {request(address, offer, host),
          {probe::Presented{"TLSv1.3", "TLS_AES_256_GCM_SHA384", std::move(chain)}, {}}};
}

smtp::ProbeFacts fails(const std::string& address, Offer offer, const std::string& host,
                       probe::ProbeFailure kind, const std::string& reply) {
  return {request(address, offer, host), {probe::ProbeFailed{kind, "planted", reply, ""}, {}}};
}

smtp::ProbeFacts without_sni(smtp::ProbeFacts probe) {
  probe.request.server_name.reset();
  return probe;
}

namespace {

smtp::HostFacts host_at(const std::string& host, const std::string& address,
                        const std::vector<std::string>& tlsa) {
  smtp::HostFacts facts;
  facts.name = name(host);
  facts.preference = 10;
  facts.ipv4 = addresses(host, {address});
  facts.ipv6 = absent();
  const auto owner = "_25._tcp." + host;
  facts.tlsa = {{name(host), name(owner), tlsa.empty() ? absent(false) : tlsa_found(owner, tlsa)}};
  return facts;
}

}  // namespace

smtp::HostFacts sound_host(const std::vector<std::string>& tlsa) {
  auto facts = host_at("mx1.example.com", "192.0.2.1", tlsa);
  facts.probes = {shows("192.0.2.1", Offer::rsa, "mx1.example.com", pki().chain(pki().rsa)),
                  shows("192.0.2.1", Offer::ecdsa, "mx1.example.com", pki().chain(pki().ecdsa))};
  return facts;
}

smtp::DomainFacts domain_with(const std::vector<std::string>& tlsa) {
  smtp::DomainFacts facts;
  facts.domain = name("example.com");
  facts.self_test = found(".", {to_bytes("soa")});
  facts.mx = mx_found("example.com", {{10, "mx1.example.com"}});
  facts.hosts = {sound_host(tlsa)};
  return facts;
}

smtp::DomainFacts sound_domain() {
  return domain_with({ee_ecdsa(), ee_rsa()});
}

smtp::DomainFacts ecdsa_domain(const std::vector<std::string>& tlsa, x509::Chain chain) {
  auto facts = domain_with(tlsa);
  facts.hosts[0].probes = {
      fails("192.0.2.1", Offer::rsa, "mx1.example.com", probe::ProbeFailure::handshake_failed),
      shows("192.0.2.1", Offer::ecdsa, "mx1.example.com", std::move(chain))};
  return facts;
}

void add_second_host(smtp::DomainFacts& facts) {
  facts.mx = mx_found("example.com", {{10, "mx1.example.com"}, {20, "mx2.example.com"}});
  auto host =
      host_at("mx2.example.com", "192.0.2.2", {in_parameters("3 1 1", key_sha256(pki().mx2.key))});
  host.preference = 20;
  host.probes = {
      fails("192.0.2.2", Offer::rsa, "mx2.example.com", probe::ProbeFailure::handshake_failed),
      shows("192.0.2.2", Offer::ecdsa, "mx2.example.com", pki().chain(pki().mx2))};
  facts.hosts.push_back(std::move(host));
}

check::CheckOptions options() {
  check::CheckOptions made;
  made.judge.at = now();
  return made;
}

std::string in_parameters(const std::string& parameters, const std::string& hex) {
  return parameters + " " + hex;
}
std::string ee_ecdsa() {
  return in_parameters("3 1 1", key_sha256(pki().ecdsa.key));
}
std::string ee_rsa() {
  return in_parameters("3 1 1", key_sha256(pki().rsa.key));
}
std::string stale() {
  return in_parameters("3 1 1", key_sha256(pki().old.key));
}

report::Report report_on(const smtp::DomainFacts& facts, const check::CheckOptions& with) {
  report::Report report;
  check::check_domain(report, facts, with);
  return report;
}
report::Report report_on(const smtp::DomainFacts& facts) {
  return report_on(facts, options());
}

std::vector<std::string> serious(const report::Report& report) {
  std::vector<std::string> ids;
  for (const auto& finding : report.findings) {
    if (finding.severity != Severity::note) ids.push_back(finding.id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

const Finding* find(const report::Report& report, const std::string& id) {
  for (const auto& finding : report.findings) {
    if (finding.id == id) return &finding;
  }
  return nullptr;
}

}  // namespace dane::test
