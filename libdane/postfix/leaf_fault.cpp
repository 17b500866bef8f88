#include "dane/postfix/peer.hpp"

#include "libdane/postfix/verification.hpp"

namespace dane::postfix {

// The certificate as its own anchor: what fails then, no CA mends.
int fault_of_leaf(const x509::Certificate& leaf, TimePoint at) {
  const x509::ErrorMark quiet;
  const StorePtr store = make_store({leaf});
  const StoreCtxPtr context(X509_STORE_CTX_new());
  if (!store || !context ||
      X509_STORE_CTX_init(context.get(), store.get(), x509::native(leaf), nullptr) != 1 ||
      X509_STORE_CTX_set_default(context.get(), "ssl_server") != 1)
    return X509_V_OK;
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(param, 1);
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(at.time_since_epoch().count()));
  if (X509_verify_cert(context.get()) == 1) return X509_V_OK;
  switch (const int error = X509_STORE_CTX_get_error(context.get())) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_EE_KEY_TOO_SMALL:
      return error;
    default:
      return X509_V_OK;
  }
}

}  // namespace dane::postfix
