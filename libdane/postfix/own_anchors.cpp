#include "libdane/postfix/own_anchors.hpp"

#include <algorithm>
#include <array>
#include <new>

#include <openssl/x509v3.h>

namespace dane::postfix {

namespace {

using tlsa::Record;
using tlsa::Selector;
using x509::Certificate;
using x509::X509Ptr;

using AuthorityKeyId = std::unique_ptr<AUTHORITY_KEYID, x509::Deleter<AUTHORITY_KEYID_free>>;

constexpr std::chrono::hours wrapper_life{24 * 30};

void check(bool good) {
  if (!good) throw std::bad_alloc();
}

void push(const x509::X509StackPtr& stack, X509Ptr certificate) {
  check(certificate && sk_X509_push(stack.get(), certificate.get()) != 0);
  (void)certificate.release();
}

X509Ptr reference_to(const Certificate& certificate) {
  X509_up_ref(x509::native(certificate));
  return X509Ptr(x509::native(certificate));
}

void trust_for_servers(X509* certificate) {
  check(X509_add1_trust_object(certificate, OBJ_nid2obj(NID_server_auth)) == 1);
}

/// A copy, since trust is a property of OpenSSL's object, which others hold too.
X509Ptr trusted_copy(const X509* certificate) {
  X509Ptr copy(X509_dup(certificate));
  check(copy != nullptr);
  trust_for_servers(copy.get());
  return copy;
}

bool is_issued_by(X509* certificate, X509* issuer) {
  return X509_check_issued(issuer, certificate) == X509_V_OK;
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, nullptr, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, x509::Deleter<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// An authority key identifier that is not the wrapper's own: it must not look self-signed.
void add_foreign_authority(X509* wrapper, const AUTHORITY_KEYID* of_subject) {
  const ASN1_OCTET_STRING* own = of_subject != nullptr ? of_subject->keyid : nullptr;
  const bool zero_is_taken =
      own != nullptr && ASN1_STRING_length(own) == 1 && ASN1_STRING_get0_data(own)[0] == 0;
  const unsigned char octet = zero_is_taken ? 1 : 0;
  const AuthorityKeyId id(AUTHORITY_KEYID_new());
  check(id != nullptr);
  id->keyid = ASN1_OCTET_STRING_new();
  check(id->keyid != nullptr && ASN1_OCTET_STRING_set(id->keyid, &octet, 1) == 1 &&
        X509_add1_ext_i2d(wrapper, NID_authority_key_identifier, id.get(), 0, X509V3_ADD_DEFAULT) ==
            1);
}

const X509_NAME* issuer_name_of(const AUTHORITY_KEYID* id) {
  const GENERAL_NAMES* names = id != nullptr ? id->issuer : nullptr;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DIRNAME) return name->d.directoryName;
  }
  return nullptr;
}

void set_serial(X509* wrapper, const AUTHORITY_KEYID* id, const X509* subject) {
  if (id != nullptr && id->serial != nullptr) {
    check(X509_set_serialNumber(wrapper, id->serial) == 1);
    return;
  }
  const std::unique_ptr<BIGNUM, x509::Deleter<BN_free>> next(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(subject), nullptr));
  check(next && BN_add_word(next.get(), 1) == 1 &&
        BN_to_ASN1_INTEGER(next.get(), X509_get_serialNumber(wrapper)) != nullptr);
}

/// A bare key in the dress of a CA certificate, made to fit as issuer of `subject`.
X509Ptr wrap_key(EVP_PKEY* key, X509* subject, TimePoint at) {
  const AuthorityKeyId id(static_cast<AUTHORITY_KEYID*>(
      X509_get_ext_d2i(subject, NID_authority_key_identifier, nullptr, nullptr)));
  X509Ptr wrapper(X509_new());
  const X509_NAME* name = X509_get_issuer_name(subject);
  const X509_NAME* above = issuer_name_of(id.get());
  check(wrapper && X509_set_version(wrapper.get(), X509_VERSION_3) == 1 &&
        X509_set_subject_name(wrapper.get(), name) == 1 &&
        X509_set_issuer_name(wrapper.get(), above != nullptr ? above : name) == 1 &&
        X509_set_pubkey(wrapper.get(), key) == 1);
  set_serial(wrapper.get(), id.get(), subject);
  const auto now = at.time_since_epoch();
  const std::chrono::seconds life = wrapper_life;
  ASN1_TIME_set(X509_getm_notBefore(wrapper.get()), static_cast<time_t>((now - life).count()));
  ASN1_TIME_set(X509_getm_notAfter(wrapper.get()), static_cast<time_t>((now + life).count()));
  add_extension(wrapper.get(), NID_basic_constraints, "CA:TRUE");
  add_foreign_authority(wrapper.get(), id.get());
  if (id && id->keyid != nullptr) {
    check(X509_add1_ext_i2d(wrapper.get(), NID_subject_key_identifier, id->keyid, 0,
                            X509V3_ADD_DEFAULT) == 1);
  } else {
    add_extension(wrapper.get(), NID_subject_key_identifier, "hash");
  }
  trust_for_servers(wrapper.get());
  return wrapper;
}

class TrustFinder {
 public:
  TrustFinder(const x509::Chain& chain, const std::vector<Record>& records,
              const std::vector<std::size_t>& anchors, TimePoint at)
      : left_(chain), records_(records), anchors_(anchors), at_(at) {
    out_.trusted.reset(sk_X509_new_null());
    out_.untrusted.reset(sk_X509_new_null());
    check(out_.trusted && out_.untrusted);
  }

  OwnTrust find() {
    const Certificate leaf = left_.front();
    if (is_self_signed(leaf)) {  // the one case in which the leaf may be its own anchor
      if (const auto record = match(leaf)) trust(trusted_copy(x509::native(leaf)), *record, 0);
    } else {
      climb(leaf);
    }
    return std::move(out_);
  }

 private:
  static bool is_self_signed(const Certificate& c) {
    return is_issued_by(x509::native(c), x509::native(c));
  }

  /// From the leaf up: to an anchor in the chain, or to the last certificate, which an anchor that
  /// was not sent may have signed.
  void climb(Certificate current) {
    for (int depth = 0;; ++depth) {
      const auto issuer = take_issuer(current);
      if (!issuer) return sign_top(current, depth);
      if (const auto record = match(*issuer)) {
        const bool by_key = records_[*record].selector == Selector::spki;
        EVP_PKEY* key = X509_get0_pubkey(x509::native(*issuer));
        trust(by_key && key != nullptr ? wrap_key(key, x509::native(current), at_)
                                       : trusted_copy(x509::native(*issuer)),
              *record, depth + 1);
        return;
      }
      push(out_.untrusted, reference_to(*issuer));
      if (is_self_signed(*issuer)) return;
      current = *issuer;
    }
  }

  std::optional<Certificate> take_issuer(const Certificate& certificate) {
    const auto found = std::find_if(left_.begin(), left_.end(), [&](const Certificate& candidate) {
      return is_issued_by(x509::native(certificate), x509::native(candidate));
    });
    if (found == left_.end()) return std::nullopt;
    Certificate issuer = *found;
    left_.erase(found);
    return issuer;
  }

  /// Keys are compared before certificates.
  [[nodiscard]] std::optional<std::size_t> match(const Certificate& certificate) const {
    for (const auto selector : {Selector::spki, Selector::cert}) {
      for (const auto i : anchors_) {
        if (records_[i].selector == selector && tlsa::matches(records_[i], certificate)) return i;
      }
    }
    return std::nullopt;
  }

  /// An anchor that only its record brings: whole certificates first, then bare keys.
  void sign_top(const Certificate& top, int depth) {
    for (const auto i : anchors_) {
      if (records_[i].matching_type != tlsa::MatchingType::full) continue;
      if (records_[i].selector == Selector::cert && sign_with_certificate(top, i, depth)) return;
    }
    for (const auto i : anchors_) {
      if (records_[i].matching_type != tlsa::MatchingType::full) continue;
      if (records_[i].selector == Selector::spki && sign_with_key(top, i, depth)) return;
    }
  }

  bool sign_with_certificate(const Certificate& top, std::size_t i, int depth) {
    const auto anchor = Certificate::decode_der(records_[i].association_data);
    if (!anchor || !is_issued_by(x509::native(top), x509::native(*anchor))) return false;
    if (!top.is_signed_by(*anchor)) return false;
    trust(trusted_copy(x509::native(*anchor)), i, depth + 1);
    return true;
  }

  bool sign_with_key(const Certificate& top, std::size_t i, int depth) {
    const auto& data = records_[i].association_data;
    const auto* end = reinterpret_cast<const unsigned char*>(data.data());
    const x509::PkeyPtr key(d2i_PUBKEY(nullptr, &end, static_cast<long>(data.size())));
    if (!key || X509_verify(x509::native(top), key.get()) != 1) return false;
    trust(wrap_key(key.get(), x509::native(top), at_), i, depth + 1);
    return true;
  }

  void trust(X509Ptr certificate, std::size_t record, int depth) {
    push(out_.trusted, std::move(certificate));
    out_.record = record;
    out_.anchor_depth = depth;
  }

  x509::Chain left_;
  const std::vector<Record>& records_;
  const std::vector<std::size_t>& anchors_;
  TimePoint at_;
  OwnTrust out_;
};

}  // namespace

OwnTrust find_own_trust(const x509::Chain& chain, const std::vector<Record>& records,
                        const std::vector<std::size_t>& anchors, TimePoint at) {
  const x509::ErrorMark quiet;
  return TrustFinder(chain, records, anchors, at).find();
}

}  // namespace dane::postfix
