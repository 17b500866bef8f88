/// \file  A sound domain made by hand, to plant one fault in; digests through OpenSSL alone.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "dane/check/check.hpp"

#include "tests/support/test_ca.hpp"

namespace dane::test {

inline constexpr auto secure = Security::secure;
inline constexpr auto insecure = Security::insecure;

DomainName name(const std::string& text);
TimePoint now();  ///< the evaluation time of all tests

/// Digest by OpenSSL's EVP, e.g. "SHA256"; hex.
std::string digest(const std::string& algorithm, const std::string& octets);
std::string der_of(const x509::Certificate& certificate);
std::string spki_of(const Key& key);  ///< i2d_PUBKEY
std::string key_sha256(const Key& key);
std::string key_sha512(const Key& key);
std::string certificate_sha256(const x509::Certificate& certificate);
std::string certificate_sha512(const x509::Certificate& certificate);

/// Root, intermediate, and leaves for mx1.example.com; made once.
struct Pki {
  Issued root, intermediate, other_root, other_intermediate;
  Issued ecdsa, rsa;      ///< mx1.example.com
  Issued mx2;             ///< mx2.example.com
  Issued wrong_name;      ///< www.example.net, key of its own
  Issued expired, early;  ///< mx1.example.com
  Issued ending;          ///< ends in five days
  Issued renewed;         ///< mx1.example.com, new key
  Issued renewed_same_key;
  Issued renewed_elsewhere;  ///< mx1.example.com, new key, by the other intermediate
  Issued old;                ///< nothing presents it
  [[nodiscard]] x509::Chain chain(const Issued& leaf) const {
    return {leaf.certificate, intermediate.certificate};
  }
};
const Pki& pki();

/// "3 1 1 HEX" -> RDATA.
Bytes rdata(const std::string& presentation);
tlsa::Record record(const std::string& presentation);
dns::LookupOutcome found(const std::string& owner, std::vector<Bytes> rdata,
                         Security security = secure);
dns::LookupOutcome tlsa_found(const std::string& owner, const std::vector<std::string>& records,
                              Security security = secure);
dns::LookupOutcome addresses(const std::string& host, const std::vector<std::string>& texts,
                             Security security = secure);
dns::LookupOutcome mx_found(const std::string& domain,
                            const std::vector<std::pair<unsigned, std::string>>& records,
                            Security security = secure);
dns::LookupOutcome absent(bool name_exists = true, Security security = secure);
dns::LookupOutcome failed(FailureKind kind, const std::string& what = "planted");
dns::Signature signature(const std::string& owner, dns::RecordType covered,
                         std::chrono::seconds age, std::chrono::seconds rest);

smtp::ProbeFacts shows(const std::string& address, probe::Offer offer, const std::string& host,
                       x509::Chain chain);
smtp::ProbeFacts fails(const std::string& address, probe::Offer offer, const std::string& host,
                       probe::ProbeFailure kind, const std::string& reply = {});
/// The same probe without SNI.
smtp::ProbeFacts without_sni(smtp::ProbeFacts probe);

/// mx1.example.com at 192.0.2.1, these TLSA records, RSA and ECDSA chains of the intermediate.
smtp::HostFacts sound_host(const std::vector<std::string>& tlsa);
/// example.com, MX 10 mx1.example.com, 3 1 1 of both keys.
smtp::DomainFacts sound_domain();
smtp::DomainFacts domain_with(const std::vector<std::string>& tlsa);
/// The same with the ECDSA chain alone; `leaf` null: mx1's.
smtp::DomainFacts ecdsa_domain(const std::vector<std::string>& tlsa, x509::Chain chain);
/// One more host "mx2.example.com" at 192.0.2.2, verified by its own 3 1 1.
void add_second_host(smtp::DomainFacts& facts);
check::CheckOptions options();

std::string ee_ecdsa();  ///< "3 1 1 ..." of the ECDSA key
std::string ee_rsa();
std::string stale();  ///< "3 1 1 ..." of a key that nobody has
std::string in_parameters(const std::string& parameters, const std::string& hex);

report::Report report_on(const smtp::DomainFacts& facts, const check::CheckOptions& options);
report::Report report_on(const smtp::DomainFacts& facts);

/// Ids of all findings above note, sorted.
std::vector<std::string> serious(const report::Report& report);
const Finding* find(const report::Report& report, const std::string& id);

}  // namespace dane::test
