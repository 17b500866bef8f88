#include "tests/report/samples.hpp"

#include <stdexcept>

namespace dane::test {

using namespace dane::report;

TimePoint time_of(const std::string& rfc3339) {
  const auto t = parse_rfc3339(rfc3339);
  if (!t) throw std::invalid_argument(rfc3339);
  return *t;
}

std::string digest(const std::string& head) {
  std::string out = head;
  while (out.size() < 64) out += "0123456789abcdef"[(out.size() * 7) % 16];
  return out;
}

namespace {
CertificateRow leaf(const std::string& key, const std::string& head) {
  return {.subject = "CN=mx1.example.com",
          .issuer = "CN=R11,O=Let's Encrypt,C=US",
          .not_before = time_of("2026-10-01T00:00:00Z"),
          .not_after = time_of("2026-12-30T00:00:00Z"),
          .dns_names = {"mx1.example.com", "mx2.example.com"},
          .key = key,
          .spki_sha256 = digest(head),
          .cert_sha256 = digest("ce" + head)};
}

CertificateRow intermediate() {
  return {.subject = "CN=R11,O=Let's Encrypt,C=US",
          .issuer = "CN=ISRG Root X1,O=Internet Security Research Group,C=US",
          .not_before = time_of("2024-03-13T00:00:00Z"),
          .not_after = time_of("2027-03-12T23:59:59Z"),
          .dns_names = {},
          .key = "RSA 2048",
          .spki_sha256 = digest("11"),
          .cert_sha256 = digest("ce11")};
}

ChainRow chain(const std::string& address, const std::string& key_type, const std::string& head) {
  ChainRow row;
  row.address = address;
  row.key_type = key_type;
  row.tls = "TLSv1.3";
  row.cipher = "TLS_AES_256_GCM_SHA384";
  row.sni = "mx1.example.com";
  row.authenticated = true;
  row.verdict = "authenticated";
  row.because = "record 1 matches the key of the leaf";
  row.matched = MatchedRow{key_type == "RSA" ? 0U : 1U, 0};
  row.certificates = {leaf(key_type == "RSA" ? "RSA 2048" : "ECDSA P-256", head), intermediate()};
  row.reasoning = {"record 1 (3 1 1) is usable", "its digest equals that of the leaf's key"};
  return row;
}

TlsaRow record(const std::string& head, std::vector<std::size_t> matches,
               std::vector<std::string> fate) {
  TlsaRow row;
  row.usage = 3;
  row.selector = 1;
  row.matching_type = 1;
  row.data = digest(head);
  row.usable = true;
  row.matches = std::move(matches);
  row.fate = std::move(fate);
  return row;
}

Subject host(const std::string& name, std::uint16_t preference) {
  Subject subject;
  subject.domain = "example.com";
  subject.name = name;
  subject.preference = preference;
  subject.outcome = "verified";
  subject.because = "addresses and TLSA records are secure";
  subject.rules = {"S12", "S26"};
  subject.base_domain = name;
  subject.tlsa_owner = "_25._tcp." + name;
  subject.tlsa_security = "secure";
  subject.tlsa_ttl = 3600;
  subject.address_security = "secure";
  subject.reference_identifiers = {name, "example.com"};
  return subject;
}

Subject good_host() {
  Subject subject = host("mx1.example.com", 10);
  subject.addresses = {"192.0.2.1", "2001:db8::1"};
  subject.tlsa = {record("8d02536c", {0}, {"matches the leaf of RSA at 192.0.2.1, 2001:db8::1"}),
                  record("77aa0011", {0}, {"matches the leaf of ECDSA at 192.0.2.1, 2001:db8::1"})};
  for (const auto* address : {"192.0.2.1", "2001:db8::1"}) {
    subject.chains.push_back(chain(address, "RSA", "8d02536c"));
    subject.chains.push_back(chain(address, "ECDSA", "77aa0011"));
  }
  return subject;
}

Subject bad_host() {
  Subject subject = host("mx2.example.com", 20);
  subject.outcome = "refuted";
  subject.addresses = {"192.0.2.2", "2001:db8::2", "192.0.2.3"};
  auto old_pkix = record("aabbccdd", {}, {});
  old_pkix.usage = 0;
  old_pkix.usable = false;
  old_pkix.unusable_reason = "pkix-usage-for-smtp";
  old_pkix.unusable_rule = "S45";
  auto set_aside = record("99887766", {0}, {});
  set_aside.set_aside_by_agility = true;
  subject.tlsa = {record("deadbeef", {}, {}), old_pkix, set_aside};
  auto refuted = chain("192.0.2.2", "RSA", "8d02536c");
  refuted.authenticated = false;
  refuted.verdict = "refuted";
  refuted.because = "no usable record matches";
  refuted.matched.reset();
  refuted.verify_error = 65;
  refuted.verify_error_name = "X509_V_ERR_DANE_NO_MATCH";
  refuted.certificates.front().not_after = time_of("2026-11-01T00:00:00Z");
  subject.chains = {refuted};
  subject.failures = {
      {"192.0.2.2", "ECDSA", "handshake-failed", "no chain", "", "", "no-such-chain"},
      {"2001:db8::2", "any", "no-route", "no route to IPv6 from here", "", "", "untestable"}};
  subject.recommended = {"_25._tcp.mx2.example.com. 3600 IN TLSA 3 1 1 " + digest("8d02536c")};
  return subject;
}
}  // namespace

Report two_hosts() {
  Report report;
  report.tool = "tlsa-check";
  report.version = "0.1.0";
  report.evaluated_at = time_of("2026-11-21T22:00:00Z");
  report.subjects = {good_host(), bad_host()};
  report.findings = {{"dane-verified",
                      Severity::note,
                      {"S38"},
                      "mx1.example.com",
                      "every chain authenticates",
                      ""},
                     {"tlsa-no-match",
                      Severity::critical,
                      {"S46", "D22"},
                      "mx2.example.com [192.0.2.2]:25 RSA",
                      "the records say 3 1 1 " + digest("deadbeef") +
                          ", the server presents the key " + digest("8d02536c"),
                      "publish this record beside the old one and wait for its TTL:\n"
                      "_25._tcp.mx2.example.com. 3600 IN TLSA 3 1 1 " +
                          digest("8d02536c") + "\nthen remove the old one"}};
  DomainRow row;
  row.domain = "example.com";
  row.route = "mx";
  row.mx_security = "secure";
  row.verdict = "DANE senders do not deliver to mx2.example.com: no record matches its certificate";
  row.status = Status::critical;
  row.subjects_end = 2;
  row.findings_end = 2;
  report.domains = {row};
  return report;
}

Report offline() {
  Report report;
  report.tool = "tlsa-check";
  report.version = "0.1.0";
  report.evaluated_at = time_of("2026-11-21T22:00:00Z");
  report.answer = "Yes: a TLSA record authenticates it.";
  Subject subject = host("mx1.example.com", 0);
  subject.domain.clear();
  subject.preference.reset();
  subject.port = 0;
  subject.protocol.clear();
  subject.tlsa_owner.clear();
  subject.tlsa_security.clear();
  subject.address_security.clear();
  subject.tlsa_ttl.reset();
  subject.tlsa = {record("8d02536c", {0}, {})};
  auto row = chain("", "RSA", "8d02536c");
  row.tls.clear();
  row.cipher.clear();
  row.sni.clear();
  row.source = "fullchain.pem";
  subject.chains = {row};
  report.subjects = {subject};
  report.findings = {
      {"dane-verified", Severity::note, {"S38"}, "fullchain.pem", "the chain authenticates", ""}};
  return report;
}

Report hostile() {
  using namespace std::string_literals;
  const std::string bad = "\033[31mred\033[0m \0 \"q\" | <b> \n\r\xff\xc3 \u202e\\x41 end"s;
  Report report = two_hosts();
  report.tool = report.version = bad;
  for (auto& finding : report.findings) {
    finding.id = finding.subject = finding.text = finding.advice = bad;
    finding.rules = {bad};
  }
  auto& row = report.domains.front();
  row.domain = row.route = row.mx_security = row.verdict = bad;
  for (auto& subject : report.subjects) {
    for (auto* text : {&subject.domain, &subject.name, &subject.outcome, &subject.because,
                       &subject.base_domain, &subject.tlsa_owner, &subject.tlsa_security,
                       &subject.address_security, &subject.protocol}) {
      *text = bad;
    }
    for (auto* list : {&subject.addresses, &subject.reference_identifiers, &subject.recommended,
                       &subject.rules, &subject.aliases}) {
      *list = {bad};
    }
    for (auto& tlsa : subject.tlsa) {
      tlsa.data = bad;
      tlsa.unusable_rule = bad;
      tlsa.unusable_reason = bad;
      tlsa.fate = {bad};
    }
    for (auto& chain : subject.chains) {
      for (auto* text : {&chain.address, &chain.key_type, &chain.tls, &chain.cipher, &chain.source,
                         &chain.sni, &chain.verdict, &chain.because, &chain.verify_error_name}) {
        *text = bad;
      }
      chain.matched_name = bad;
      chain.reasoning = {bad};
      for (auto& certificate : chain.certificates) {
        certificate.subject = certificate.issuer = certificate.key = bad;
        certificate.dns_names = {bad};
        certificate.spki_sha256 = certificate.cert_sha256 = bad;
      }
    }
    for (auto& failure : subject.failures) failure = {bad, bad, bad, bad, bad, bad, bad};
    subject.authorities = {{bad, bad, bad, {bad}, true, bad}};
  }
  return report;
}

Report several_domains() {
  Report report = two_hosts();
  Subject again = report.subjects.front();
  again.domain = "example.net";
  again.tlsa.push_back(again.tlsa.front());
  report.subjects.push_back(again);
  report.subjects.push_back(again);  // the same host named twice
  report.findings.push_back({"dns-lookup-failed",
                             Severity::unknown,
                             {"S5"},
                             "example.org MX",
                             "the lookup timed out",
                             "try again later"});
  DomainRow net;
  net.domain = "example.net";
  net.route = "mx";
  net.mx_security = "secure";
  net.verdict = "DANE senders deliver";
  net.subjects_begin = 2;
  net.subjects_end = 4;
  DomainRow org;
  org.domain = "example.org";
  org.route = "lookup-failed";
  org.verdict = "the MX lookup failed";
  org.status = Status::unknown;
  org.findings_begin = 2;
  org.findings_end = 3;
  report.domains.push_back(net);
  report.domains.push_back(org);
  return report;
}

}  // namespace dane::test
