#include "libdane/verify/path.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "libdane/x509/openssl_access.hpp"

namespace dane::verify {
namespace {

using x509::native;

/// Like OpenSSL, the last second of notAfter is out already, and an unreadable date never fits.
bool has_begun(const x509::Certificate& certificate, time_t at) {
  return X509_cmp_time(X509_get0_notBefore(native(certificate)), &at) < 0;
}
bool has_ended(const x509::Certificate& certificate, time_t at) {
  return X509_cmp_time(X509_get0_notAfter(native(certificate)), &at) <= 0;
}
bool is_in_date(const x509::Certificate& certificate, time_t at) {
  return has_begun(certificate, at) && !has_ended(certificate, at);
}

time_t to_time(TimePoint at) {
  return static_cast<time_t>(at.time_since_epoch().count());
}

/// First in date, else the latest notAfter, over what `accepts` lets through.
template <class Items, class Get, class Accepts>
std::optional<std::size_t> first_in_date(const Items& items, Get get, Accepts accepts, time_t at) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const x509::Certificate& candidate = get(items[i]);
    if (!accepts(candidate)) continue;
    if (is_in_date(candidate, at)) return i;
    if (!best || ASN1_TIME_compare(X509_get0_notAfter(native(candidate)),
                                   X509_get0_notAfter(native(get(items[*best])))) > 0)
      best = i;
  }
  return best;
}

const x509::Certificate& of(const Link& link) {
  return link.certificate;
}
const x509::Certificate& itself(const x509::Certificate& certificate) {
  return certificate;
}

}  // namespace

std::string describe(const Link& link) {
  const std::string& subject = link.certificate.subject();
  switch (link.origin) {
    case Origin::presented:
      return fmt::format("certificate {} ({})", link.index, subject);
    case Origin::record:
      return fmt::format("the certificate in record {} ({})", link.index, subject);
    case Origin::trusted:
      return fmt::format("the trusted certificate {}", subject);
  }
  return subject;
}

bool is_self_signed(const x509::Certificate& certificate) {
  return X509_self_signed(native(certificate), 0) > 0;
}

bool may_have_issued(const x509::Certificate& issuer, const x509::Certificate& subject) {
  // Key usage is the last thing that OpenSSL's function looks at, and the path check's affair.
  switch (X509_check_issued(native(issuer), native(subject))) {
    case X509_V_OK:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE:
      return true;
    default:
      return false;
  }
}

std::optional<std::size_t> choose_issuer(const std::vector<Link>& candidates, const Path& path,
                                         TimePoint at) {
  const x509::Certificate& subject = path.back().certificate;
  const bool lone_self_issued = path.size() == 1 && subject.is_self_issued();
  const auto accepts = [&](const x509::Certificate& candidate) {
    if (!may_have_issued(candidate, subject)) return false;
    return lone_self_issued || std::none_of(path.begin(), path.end(), [&](const Link& link) {
             return link.certificate == candidate;
           });
  };
  return first_in_date(candidates, of, accepts, to_time(at));
}

std::optional<std::size_t> choose_trusted_issuer(const x509::Chain& trusted,
                                                 const x509::Certificate& subject, TimePoint at) {
  const auto accepts = [&](const x509::Certificate& candidate) {
    return may_have_issued(candidate, subject);
  };
  return first_in_date(trusted, itself, accepts, to_time(at));
}

bool is_signed_by_key(const x509::Certificate& certificate, const Bytes& key) {
  const x509::ErrorMark quiet;
  const auto* begin = reinterpret_cast<const unsigned char*>(key.data());
  const x509::PkeyPtr decoded(d2i_PUBKEY(nullptr, &begin, static_cast<long>(key.size())));
  return decoded && X509_verify(native(certificate), decoded.get()) > 0;
}

}  // namespace dane::verify
