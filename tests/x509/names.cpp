#include "dane/x509/names.hpp"

#include <random>

#include <catch2/catch.hpp>
#include <openssl/x509_vfy.h>

#include "libdane/x509/openssl_access.hpp"
#include "tests/support/test_ca.hpp"

using namespace dane::test;
using dane::x509::Certificate;
using dane::x509::dns_id_matches;
using dane::x509::match_names;
using dane::x509::NameMatch;

namespace {

using Names = std::vector<std::string>;

/// A common name, its ASN.1 string type and octets as they are.
struct RawName {
  int type;
  std::string octets;
};

/// Self-signed, with the names given and nothing else.
Certificate certificate_with(const Names& dns_names, const std::vector<RawName>& common_names) {
  const detail::X509Owner x509(X509_new(), X509_free);
  X509_set_version(x509.get(), X509_VERSION_3);
  X509_NAME* subject = X509_get_subject_name(x509.get());
  X509_NAME_add_entry_by_txt(subject, "O", V_ASN1_UTF8STRING,
                             reinterpret_cast<const unsigned char*>("Test"), 4, -1, 0);
  for (const auto& name : common_names) {
    require(X509_NAME_add_entry_by_NID(subject, NID_commonName, name.type,
                                       reinterpret_cast<const unsigned char*>(name.octets.data()),
                                       static_cast<int>(name.octets.size()), -1, 0) == 1,
            "common name");
  }
  X509_set_issuer_name(x509.get(), subject);
  detail::set_date(X509_getm_notBefore(x509.get()), at_date(2020, 1, 1));
  detail::set_date(X509_getm_notAfter(x509.get()), at_date(2040, 1, 1));
  const Key key = pooled_key(dane::x509::KeyType::ecdsa);
  X509_set_pubkey(x509.get(), key.get());
  detail::add_alternative_names(x509.get(), {.dns_names = dns_names});
  require(X509_sign(x509.get(), key.get(), EVP_sha256()) > 0, "signing");
  return detail::to_certificate(x509.get());
}

Certificate certificate_with(const Names& dns_names, const std::string& common_name = "x") {
  return certificate_with(dns_names, {RawName{V_ASN1_UTF8STRING, common_name}});
}

bool openssl_matches(const Certificate& certificate, const std::string& reference) {
  return X509_check_host(native(certificate), reference.data(), reference.size(),
                         X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

/// The whole verification of OpenSSL, with the references in its X509_VERIFY_PARAM.
std::optional<std::string> openssl_verifies(const Certificate& certificate,
                                            const Names& references) {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(),
                                                                      X509_STORE_free);
  X509_STORE_add_cert(store.get(), native(certificate));
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(
      X509_STORE_CTX_new(), X509_STORE_CTX_free);
  X509_STORE_CTX_init(context.get(), store.get(), native(certificate), nullptr);
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(param, at_date(2026, 1, 1).time_since_epoch().count());
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  for (const auto& reference : references) {
    require(X509_VERIFY_PARAM_add1_host(param, reference.data(), reference.size()) == 1,
            "add1_host");
  }
  if (X509_verify_cert(context.get()) == 1) return X509_VERIFY_PARAM_get0_peername(param);
  const int error = X509_STORE_CTX_get_error(context.get());
  require(error == X509_V_ERR_HOSTNAME_MISMATCH, X509_verify_cert_error_string(error));
  return std::nullopt;
}

/// Names from a small alphabet of labels, so that matches happen.
class NameMaker {
 public:
  explicit NameMaker(unsigned seed) : random_(seed) {}

  std::string name() {
    std::string out =
        pick({"", "", "", "", "*.", "*.", ".", "*", "a*.", "*a.", "..", "xn--*.", "-."});
    const std::size_t labels = random_() % 4;
    for (std::size_t i = 0; i <= labels; ++i) {
      if (i > 0) out += pick({".", ".", ".", ".", ".", ".", "..", "-.", ".-"});
      out += label();
    }
    if (one_in(12)) out += '.';
    if (one_in(15)) mutate(out);
    return out;
  }

  /// What OpenSSL and we both take for a reference: ASCII, no NUL, not empty, no IP address.
  std::string reference() { return reference_like(name()); }

  /// The same, made of `out`: now and then its first label is replaced or dropped.
  std::string reference_like(std::string out) {
    const auto dot = out.find('.');
    if (dot != std::string::npos && one_in(3)) out = "mx1" + out.substr(dot);
    if (dot != std::string::npos && one_in(6)) out = out.substr(out.find('.'));
    for (auto& c : out) {
      if (c <= 0) c = 'b';
    }
    if (out.find_first_not_of("0123456789.") == std::string::npos) out += "a";
    return out;
  }

  bool one_in(unsigned n) { return random_() % n == 0; }
  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  std::string pick(std::initializer_list<const char*> choices) {
    return *(choices.begin() + random_() % choices.size());
  }
  std::string label() {
    return pick(
        {"a", "a", "b", "A", "com", "COM", "mx1", "xn--a", "XN--a", "a_b", "a-b", "*", "1", ""});
  }
  void mutate(std::string& text) {
    if (text.empty()) return;
    text[random_() % text.size()] = static_cast<char>(random_() % 256);
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("DNS-IDs match as the rules say", "[x509][names]") {
  struct Row {
    std::string presented, reference;
    bool expected;
  };
  const auto row = GENERATE(values<Row>({
      {"mx1.example.com", "mx1.example.com", true},
      {"MX1.Example.COM", "mx1.example.com", true},  // I1
      {"mx1.example.com", "MX1.EXAMPLE.COM", true},
      {"mx1.example.com.", "mx1.example.com", false},
      {"mx1.example.com", "mx1.example.com.", false},
      {"example.com", "mx1.example.com", false},
      {"mx1.example.com", "example.com", false},
      {"mx1.example.co", "mx1.example.com", false},
      {"*.example.com", "mx1.example.com", true},  // S54, I3
      {"*.EXAMPLE.com", "MX1.example.COM", true},
      {"*.example.com", "example.com", false},
      {"*.example.com", ".example.com", true},
      {"*.example.com", "a.b.example.com", false},  // S56
      {"*.example.com", "*.example.com", true},
      {"*.example.com", "a_b.example.com", false},
      {"*.example.com", "xn--mnchen-3ya.example.com", true},
      {"*.xn--mnchen-3ya.de", "mx1.xn--mnchen-3ya.de", true},
      {"*.com", "example.com", false},  // two labels are asked for behind the star
      {"*", "example", false},
      {"*.", "a.", false},
      {"mx*.example.com", "mx1.example.com", false},  // S55
      {"*1.example.com", "mx1.example.com", false},
      {"m*1.example.com", "mx1.example.com", false},
      {"xn--*.example.com", "xn--mnchen-3ya.example.com", false},  // I4
      {"mx1.*.com", "mx1.example.com", false},
      {"*.*.com", "a.b.com", false},
      {"*.example-.com", "mx1.example-.com", false},
      {"*.-example.com", "mx1.-example.com", false},
      {"*..com", "a..com", false},
      {"mx1.example.com", ".example.com", true},
      {"a.b.example.com", ".example.com", true},
      {"A.B.EXAMPLE.COM", ".example.com", true},
      {"example.com", ".example.com", false},
      {".example.com", ".example.com", true},
      {"notexample.com", ".example.com", false},
      {"mx1.example.com", ".", false},
      {"", "mx1.example.com", false},
      {"mx1.example.com", "", false},
      {"", "", false},
      {"192.0.2.1", "192.0.2.1", false},  // I5
      {"2001:db8::1", "2001:db8::1", false},
      {std::string("mx1.example.com\0.evil.example", 28), "mx1.example.com", false},  // I6
      {std::string("mx1.example.com\0", 16), "mx1.example.com", false},
      {std::string("evil\0.example.com", 17), ".example.com", false},
      {"m\xC3\xBCnchen.de", "m\xC3\xBCnchen.de", false},
      {std::string("a\0b", 3), std::string("a\0b", 3), false},
  }));
  INFO(row.presented << " against " << row.reference);
  CHECK(dns_id_matches(row.presented, row.reference) == row.expected);
}

TEST_CASE("DNS-IDs match as OpenSSL matches them", "[x509][names]") {
  NameMaker make(6125);
  std::size_t matched = 0, wildcards = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string presented = make.name();
    const auto certificate = certificate_with({presented});
    for (int i = 0; i < 25; ++i) {
      const std::string reference = i % 2 == 0 ? make.reference() : make.reference_like(presented);
      const bool ours = dns_id_matches(presented, reference);
      INFO(presented << " against " << reference);
      REQUIRE(ours == openssl_matches(certificate, reference));
      matched += ours ? 1 : 0;
      wildcards += ours && presented.starts_with("*.") && presented != reference ? 1 : 0;
    }
  }
  CHECK(matched > 1000);  // else the comparison compared nothing
  CHECK(wildcards > 100);
}

TEST_CASE("the name found is the one that OpenSSL reports", "[x509][names]") {
  NameMaker make(9525);
  std::size_t matched = 0, by_common_name = 0;
  for (int round = 0; round < 3000; ++round) {
    Names dns_names(make.below(3));
    for (auto& name : dns_names) name = make.name();
    std::vector<RawName> common_names(make.below(4));
    for (auto& name : common_names) {
      name = {make.one_in(4) ? V_ASN1_BIT_STRING : V_ASN1_T61STRING, make.name()};
    }
    Names references(1 + make.below(3));
    for (auto& reference : references) {
      reference = make.reference();
      if (!common_names.empty() && make.one_in(2)) {
        reference = make.reference_like(common_names[make.below(common_names.size())].octets);
      }
      if (!dns_names.empty() && make.one_in(2)) {
        reference = make.reference_like(dns_names[make.below(dns_names.size())]);
      }
    }
    const auto certificate = certificate_with(dns_names, common_names);
    const auto ours = match_names(certificate, references, true);
    const auto theirs = openssl_verifies(certificate, references);
    INFO(Catch::StringMaker<Names>::convert(references)
         << " in " << certificate.subject() << " and "
         << Catch::StringMaker<Names>::convert(certificate.dns_names()));
    REQUIRE(ours.has_value() == theirs.has_value());
    if (!ours) continue;
    // OpenSSL reports a C string, so it cannot be compared beyond a NUL.
    REQUIRE(std::string(ours->presented.c_str()) == *theirs);
    ++matched;
    by_common_name += dns_names.empty() ? 1 : 0;
  }
  CHECK(matched > 200);
  CHECK(by_common_name > 20);
}

TEST_CASE("common names count only without dNSNames", "[x509][names]") {
  const Names wanted{"mx1.example.com"};
  const auto with_both = certificate_with({"other.example.com"}, "mx1.example.com");
  CHECK(match_names(with_both, wanted, true) == std::nullopt);  // S53
  CHECK(match_names(certificate_with({""}, "mx1.example.com"), wanted, true) == std::nullopt);
  const auto only_common = certificate_with({}, "mx1.example.com");
  CHECK(match_names(only_common, wanted, true) == NameMatch{"mx1.example.com", "mx1.example.com"});
  CHECK(match_names(only_common, wanted, false) == std::nullopt);  // I2
  CHECK(match_names(certificate_with({}, "*.example.com"), wanted, true) ==
        NameMatch{"*.example.com", "mx1.example.com"});
  // The second of two common names counts as well, unless the first is broken.
  const RawName good{V_ASN1_UTF8STRING, "mx1.example.com"};
  CHECK(match_names(certificate_with({}, {RawName{V_ASN1_UTF8STRING, "x"}, good}), wanted, true));
  const auto broken = certificate_with({}, {RawName{V_ASN1_BIT_STRING, "\xFF"}, good});
  CHECK_FALSE(match_names(broken, wanted, true));
  CHECK_FALSE(openssl_matches(broken, "mx1.example.com"));
  CHECK(broken.common_names() == Names{"\xFF", "mx1.example.com"});
}

TEST_CASE("the first reference that matches is reported", "[x509][names]") {
  const auto certificate = certificate_with({"a.example.com", "*.example.com", "b.example.com"});
  CHECK(match_names(certificate, {"x.example.net", "b.example.com", "a.example.com"}, true) ==
        NameMatch{"*.example.com", "b.example.com"});
  CHECK(match_names(certificate, {".example.com"}, true) ==
        NameMatch{"a.example.com", ".example.com"});
  CHECK_FALSE(match_names(certificate, {}, true));
}
