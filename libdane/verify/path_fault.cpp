#include <memory>
#include <utility>

#include <fmt/core.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "dane/core/clock.hpp"

#include "libdane/verify/path.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::verify {
namespace {

using x509::native;
using Fault = std::optional<PathFault>;

Fault constraints(std::string text) {
  return PathFault{Refusal::constraints, std::move(text)};
}
Fault dates(std::string text) {
  return PathFault{Refusal::dates, std::move(text)};
}
Fault signature(std::string text) {
  return PathFault{Refusal::signature, std::move(text)};
}

bool has_flag(const Link& link, std::uint32_t flag) {
  return (X509_get_extension_flags(native(link.certificate)) & flag) != 0;
}

/// Curves given by their numbers instead of their name are refused in paths of several
/// certificates.
bool has_explicit_curve(const Link& link) {
  EVP_PKEY* key = X509_get0_pubkey(native(link.certificate));
  int is_explicit = 0;
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                 &is_explicit) != 1 ||
          is_explicit != 0);
}

Fault ca_fault(const Path& path, std::size_t depth) {
  const int kind = X509_check_ca(native(path[depth].certificate));
  // Without basicConstraints only the top may pass: a version 1 root, or keyCertSign alone.
  const bool is_top = depth + 1 == path.size();
  if (kind == 0 || (!is_top && kind != 1))
    return constraints(fmt::format("{} is not a CA certificate", describe(path[depth])));
  return std::nullopt;
}

/// RFC 5280 sections 4.2.1.3, 4.2.1.9 and 4.2.1.12, from the leaf up.
Fault extension_fault(const Path& path) {
  long intermediates = 0;  // issuers below, self-issued ones not counted
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const Link& link = path[depth];
    X509* certificate = native(link.certificate);
    if (has_flag(link, EXFLAG_CRITICAL))
      return constraints(describe(link) + " has a critical extension that is not understood");
    if (has_flag(link, EXFLAG_PROXY))
      return constraints(describe(link) + " is a proxy certificate");
    if (depth > 0)
      if (auto fault = ca_fault(path, depth)) return fault;
    if (path.size() > 1 && X509_get0_pubkey(certificate) == nullptr)
      return constraints(describe(link) + " has a key that cannot be used");
    if (path.size() > 1 && has_explicit_curve(link))
      return constraints(describe(link) + " has a key on an unnamed curve");
    if (X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, depth > 0 ? 1 : 0) == 0)
      return constraints(describe(link) +
                         " is not meant for TLS servers (key usage or extended key usage)");
    const long limit = X509_get_pathlen(certificate);
    if (depth > 1 && limit != -1 && intermediates > limit)
      return constraints(fmt::format("{} allows {} intermediate certificates below it and has {}",
                                     describe(link), limit, intermediates));
    if (depth > 0 && !has_flag(link, EXFLAG_SI)) ++intermediates;
  }
  return std::nullopt;
}

Fault date_fault(const Link& link, TimePoint at) {
  const auto seconds = static_cast<time_t>(at.time_since_epoch().count());
  time_t when = seconds;
  if (X509_cmp_time(X509_get0_notBefore(native(link.certificate)), &when) >= 0)
    return dates(fmt::format("{} is not valid before {}", describe(link),
                             format_rfc3339(link.certificate.not_before())));
  if (X509_cmp_time(X509_get0_notAfter(native(link.certificate)), &when) <= 0)
    return dates(fmt::format("{} expired on {}", describe(link),
                             format_rfc3339(link.certificate.not_after())));
  return std::nullopt;
}

Fault signature_fault(const Link& subject, const Link& issuer) {
  X509* signer = native(issuer.certificate);
  if ((X509_get_key_usage(signer) & KU_KEY_CERT_SIGN) == 0)
    return signature(describe(issuer) + " may not sign certificates by its key usage");
  EVP_PKEY* key = X509_get0_pubkey(signer);
  if (key == nullptr || X509_verify(native(subject.certificate), key) <= 0)
    return signature(
        fmt::format("the signature on {} is not by {}", describe(subject), describe(issuer)));
  return std::nullopt;
}

/// Signatures and dates from the top down.  A trust anchor that another CA issued is taken for its
/// key and name alone: its own signature and dates do not count (RFC 5280 section 6.1.1 d).
Fault chain_fault(const Path& path, TimePoint at, bool bare_key) {
  const Link& top = path.back();
  if (bare_key || may_have_issued(top.certificate, top.certificate)) {
    if (auto fault = date_fault(top, at)) return fault;
  } else if (path.size() == 1) {
    return signature("the signature on " + describe(top) + " cannot be checked");
  }
  for (std::size_t depth = path.size() - 1; depth-- > 0;) {
    if (auto fault = signature_fault(path[depth], path[depth + 1])) return fault;
    if (auto fault = date_fault(path[depth], at)) return fault;
  }
  return std::nullopt;
}

using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, x509::Deleter<NAME_CONSTRAINTS_free>>;

ConstraintsPtr name_constraints(const Link& link) {
  return ConstraintsPtr(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(native(link.certificate), NID_name_constraints, nullptr, nullptr)));
}

/// RFC 5280 section 4.2.1.10; the common name of a leaf counts when it has no dNSName.
Fault constraint_fault(const Path& path) {
  for (std::size_t above = 1; above < path.size(); ++above) {
    const ConstraintsPtr limits = name_constraints(path[above]);
    if (!limits) continue;
    for (std::size_t depth = 0; depth < above; ++depth) {
      if (depth > 0 && has_flag(path[depth], EXFLAG_SI)) continue;
      X509* certificate = native(path[depth].certificate);
      int result = NAME_CONSTRAINTS_check(certificate, limits.get());
      if (result == X509_V_OK && depth == 0 && path[0].certificate.dns_names().empty())
        result = NAME_CONSTRAINTS_check_CN(certificate, limits.get());
      if (result != X509_V_OK)
        return constraints(fmt::format("the name constraints of {} exclude {}",
                                       describe(path[above]), describe(path[depth])));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<PathFault> path_fault(const Path& path, TimePoint at, bool bare_key) {
  const x509::ErrorMark quiet;
  Fault fault = extension_fault(path);
  if (!fault && X509_get0_pubkey(native(path.front().certificate)) == nullptr)
    fault = constraints(describe(path.front()) + " has a key that cannot be used");
  if (!fault) fault = chain_fault(path, at, bare_key);
  if (!fault) fault = constraint_fault(path);
  return fault;
}

}  // namespace dane::verify
