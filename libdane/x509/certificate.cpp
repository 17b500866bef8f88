#include "dane/x509/certificate.hpp"

#include <algorithm>
#include <new>

#include <openssl/asn1.h>
#include <openssl/x509v3.h>

#include "libdane/x509/distinguished_name.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::x509 {

namespace {

using namespace std::chrono;

// A date that does not decode must not make a certificate valid at any time.
constexpr TimePoint never_begins = sys_days{year{9999} / 12 / 31};
constexpr TimePoint long_over = sys_days{year{0} / 1 / 1};

const unsigned char* as_uchar(const std::byte* p) {
  return reinterpret_cast<const unsigned char*>(p);
}

/// Runs an i2d function twice, as OpenSSL wants it: for the length, then for the octets.
template <class Object, class Encode>
Bytes encode(Object* object, Encode i2d) {
  const int length = i2d(object, nullptr);
  if (length <= 0) return {};
  Bytes out(static_cast<std::size_t>(length));
  auto* end = reinterpret_cast<unsigned char*>(out.data());
  i2d(object, &end);
  return out;
}

/// RFC 5280 section 4.1.2.5: no fraction, no offset.  OpenSSL's verification is as strict.
bool is_rfc5280_time(const ASN1_TIME* t, std::string_view text) {
  const std::size_t digits = ASN1_STRING_type(t) == V_ASN1_UTCTIME ? 12 : 14;
  return text.size() == digits + 1 && text.back() == 'Z' &&
         std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
}

TimePoint time_of(const ASN1_TIME* t, TimePoint otherwise) {
  std::tm tm{};
  if (t == nullptr || !is_rfc5280_time(t, octets_of(t)) || ASN1_TIME_to_tm(t, &tm) != 1) {
    return otherwise;
  }
  const year_month_day date{year{tm.tm_year + 1900}, month{static_cast<unsigned>(tm.tm_mon + 1)},
                            day{static_cast<unsigned>(tm.tm_mday)}};
  if (!date.ok()) return otherwise;
  return sys_days{date} + hours{tm.tm_hour} + minutes{tm.tm_min} + seconds{tm.tm_sec};
}

std::string serial_of(const X509* x509) {
  constexpr std::size_t enough = 64;  // RFC 5280 allows 20 octets
  const ASN1_INTEGER* serial = X509_get0_serialNumber(x509);
  const auto octets = octets_of(serial);
  std::string hex = to_hex(to_bytes(octets.substr(0, enough)));
  if (hex.empty()) hex = "00";
  if (octets.size() > enough) hex += "...";
  return ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ? "-" + hex : hex;
}

void set_alternative_names(Certificate::Impl& impl) {
  using Names = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(impl.x509.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) impl.dns_names.emplace_back(octets_of(name->d.dNSName));
    if (name->type == GEN_IPADD) {
      impl.ip_addresses.push_back(to_bytes(octets_of(name->d.iPAddress)));
    }
  }
}

void set_common_names(Certificate::Impl& impl) {
  const X509_NAME* subject = X509_get_subject_name(impl.x509.get());
  bool all_valid = true;
  for (int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(subject, NID_commonName, i)) {
    const auto* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i));
    auto text = utf8_of(value);
    all_valid = all_valid && text.has_value();
    impl.common_names.emplace_back(text ? std::string_view(*text) : octets_of(value));
    if (all_valid) ++impl.comparable_common_names;
  }
}

KeyType key_type_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return KeyType::rsa;
    case EVP_PKEY_EC:
      return KeyType::ecdsa;
    case EVP_PKEY_ED25519:
      return KeyType::ed25519;
    case EVP_PKEY_ED448:
      return KeyType::ed448;
    default:
      return KeyType::other;
  }
}

void set_key(Certificate::Impl& impl) {
  // The same encoding as OpenSSL's DANE code compares.
  impl.spki_der = encode(X509_get_X509_PUBKEY(impl.x509.get()), i2d_X509_PUBKEY);
  impl.spki_sha256 = to_hex(sha256(impl.spki_der));
  const EVP_PKEY* key = X509_get0_pubkey(impl.x509.get());
  if (key == nullptr) return;  // an algorithm that OpenSSL does not know: bits stay 0
  impl.key_type = key_type_of(key);
  impl.key_bits = EVP_PKEY_get_bits(key);
}

void set_extensions(Certificate::Impl& impl) {
  const std::uint32_t flags = X509_get_extension_flags(impl.x509.get());
  constexpr std::uint32_t old_root = EXFLAG_V1 | EXFLAG_SI;
  impl.is_ca = (flags & EXFLAG_CA) != 0 || (flags & old_root) == old_root;
  impl.is_self_issued = (flags & EXFLAG_SI) != 0;
}

/// Reads all that is ever asked, so that nothing of it is done twice or fails later.
Certificate read_fields(std::shared_ptr<Certificate::Impl> impl) {
  impl->cert_sha256 = to_hex(sha256(impl->der));
  impl->subject = format_distinguished_name(X509_get_subject_name(impl->x509.get()));
  impl->issuer = format_distinguished_name(X509_get_issuer_name(impl->x509.get()));
  impl->serial = serial_of(impl->x509.get());
  impl->not_before = time_of(X509_get0_notBefore(impl->x509.get()), never_begins);
  impl->not_after = time_of(X509_get0_notAfter(impl->x509.get()), long_over);
  set_alternative_names(*impl);
  set_common_names(*impl);
  set_key(*impl);
  set_extensions(*impl);
  return Certificate(std::move(impl));
}

tl::unexpected<Error> invalid(std::string what) {
  return fail("certificate-invalid", std::move(what));
}

}  // namespace

std::string to_string(KeyType type) {
  switch (type) {
    case KeyType::rsa:
      return "RSA";
    case KeyType::ecdsa:
      return "ECDSA";
    case KeyType::ed25519:
      return "Ed25519";
    case KeyType::ed448:
      return "Ed448";
    case KeyType::other:
      return "other";
  }
  return "other";
}

std::string ErrorMark::reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "unknown reason";
}

Result<Certificate> Certificate::decode_der(ByteView der) {
  if (der.size() > max_input_octets) return invalid("the certificate is larger than 4 MiB");
  const ErrorMark mark;
  const unsigned char* end = as_uchar(der.data());
  auto impl = std::make_shared<Impl>();
  impl->x509.reset(der.empty() ? nullptr : d2i_X509(nullptr, &end, static_cast<long>(der.size())));
  if (!impl->x509) {
    return invalid(der.empty() ? "no octets" : "the certificate does not decode: " + mark.reason());
  }
  if (end != as_uchar(der.data()) + der.size()) {
    return invalid("octets follow the end of the certificate");
  }
  impl->der = encode(impl->x509.get(), i2d_X509);
  if (!std::equal(der.begin(), der.end(), impl->der.begin(), impl->der.end())) {
    // BER: what a server sends and what others hash is anyone's guess.
    return invalid("the certificate is not encoded in DER");
  }
  return read_fields(std::move(impl));
}

const Bytes& Certificate::der() const {
  return impl_->der;
}
const Bytes& Certificate::spki_der() const {
  return impl_->spki_der;
}
const std::string& Certificate::cert_sha256() const {
  return impl_->cert_sha256;
}
const std::string& Certificate::spki_sha256() const {
  return impl_->spki_sha256;
}
const std::string& Certificate::subject() const {
  return impl_->subject;
}
const std::string& Certificate::issuer() const {
  return impl_->issuer;
}
const std::string& Certificate::serial() const {
  return impl_->serial;
}
TimePoint Certificate::not_before() const {
  return impl_->not_before;
}
TimePoint Certificate::not_after() const {
  return impl_->not_after;
}
const std::vector<std::string>& Certificate::dns_names() const {
  return impl_->dns_names;
}
const std::vector<Bytes>& Certificate::ip_addresses() const {
  return impl_->ip_addresses;
}
const std::vector<std::string>& Certificate::common_names() const {
  return impl_->common_names;
}
KeyType Certificate::key_type() const {
  return impl_->key_type;
}
int Certificate::key_bits() const {
  return impl_->key_bits;
}
bool Certificate::is_ca() const {
  return impl_->is_ca;
}
bool Certificate::is_self_issued() const {
  return impl_->is_self_issued;
}

bool Certificate::is_signed_by(const Certificate& issuer) const {
  const ErrorMark mark;
  EVP_PKEY* key = X509_get0_pubkey(native(issuer));
  return key != nullptr && X509_verify(native(*this), key) == 1;
}

Chain from_stack(const STACK_OF(X509) * stack) {
  const ErrorMark mark;
  Chain out;
  for (int i = 0; i < sk_X509_num(stack); ++i) {
    X509* const x509 = sk_X509_value(stack, i);
    auto impl = std::make_shared<Certificate::Impl>();
    X509_up_ref(x509);
    impl->x509.reset(x509);
    impl->der = encode(x509, i2d_X509);
    out.push_back(read_fields(std::move(impl)));
  }
  return out;
}

X509StackPtr to_stack(const Chain& chain) {
  X509StackPtr stack(sk_X509_new_null());
  if (!stack) throw std::bad_alloc();
  for (const auto& certificate : chain) {
    if (sk_X509_push(stack.get(), native(certificate)) == 0) throw std::bad_alloc();
    X509_up_ref(native(certificate));
  }
  return stack;
}

}  // namespace dane::x509
