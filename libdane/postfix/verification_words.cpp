#include <fmt/format.h>
#include <openssl/x509.h>

#include "dane/postfix/peer.hpp"

namespace dane::postfix {

std::optional<ErrorWords> verification_words(const PeerVerdict& verdict, const Version&) {
  const std::string purpose = verdict.depth > 0 ? "CA" : "server";
  switch (verdict.error) {
    case X509_V_OK:
      return std::nullopt;
    case X509_V_ERR_CERT_UNTRUSTED:
      return ErrorWords{"", "not trusted by local or TLSA policy"};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return ErrorWords{"", "self-signed certificate"};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return ErrorWords{"", "untrusted issuer " + verdict.issuer};
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
      return ErrorWords{purpose + " ", "certificate not yet valid"};
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
      return ErrorWords{purpose + " ", "certificate has expired"};
    case X509_V_ERR_INVALID_PURPOSE:
      return ErrorWords{"", fmt::format("not designated for use as a {} certificate", purpose)};
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return ErrorWords{"",
                        fmt::format("certificate chain longer than limit({})", verdict.depth - 1)};
    default:
      return ErrorWords{purpose + " ", fmt::format("num={}:{}", verdict.error,
                                                   X509_verify_cert_error_string(verdict.error))};
  }
}

}  // namespace dane::postfix
