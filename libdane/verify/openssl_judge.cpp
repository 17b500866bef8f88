#include "libdane/verify/openssl_judge.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/core.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "libdane/verify/path.hpp"
#include "libdane/x509/openssl_access.hpp"
#include "libdane/x509/tls_context.hpp"

namespace dane::verify {
namespace {

using x509::SslPtr;
using StorePtr = std::unique_ptr<X509_STORE, x509::Deleter<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, x509::Deleter<X509_STORE_CTX_free>>;

int add_record(SSL* ssl, const tlsa::Record& record) {
  static const unsigned char nothing = 0;  // a null pointer would be another fault than no data
  const Bytes& data = record.association_data;
  return SSL_dane_tlsa_add(
      ssl, static_cast<std::uint8_t>(record.usage), static_cast<std::uint8_t>(record.selector),
      static_cast<std::uint8_t>(record.matching_type),
      data.empty() ? &nothing : reinterpret_cast<const unsigned char*>(data.data()), data.size());
}

SslPtr new_dane_connection(const std::string& base_name) {
  auto ssl = x509::new_tls_session();
  // Postfix's wherever it authenticates; a distribution's default may be higher.
  if (ssl) SSL_set_security_level(ssl.get(), 1);
  if (ssl && SSL_dane_enable(ssl.get(), base_name.c_str()) <= 0) ssl.reset();
  return ssl;
}

bool is_pkix(const tlsa::Record& record) {
  return record.usage == tlsa::CertificateUsage::pkix_ta ||
         record.usage == tlsa::CertificateUsage::pkix_ee;
}

bool wants_pkix(const Request& request, const std::vector<bool>& usable) {
  for (std::size_t i = 0; i < request.records.size(); ++i)
    if (usable[i] && is_pkix(request.records[i])) return true;
  return false;
}

/// A self-signed leaf that is itself a trusted root is taken off OpenSSL's list of what the server
/// sent, and its search for bare keys then reads beyond that list: 3.0 crashes.  No certificate is
/// left that such a key could have signed, so the records may as well be left out.
bool must_leave_out_bare_keys(const Request& request, const std::vector<bool>& usable) {
  const x509::Certificate& leaf = request.chain.front();
  if (!wants_pkix(request, usable) || !is_self_signed(leaf)) return false;
  const auto root = choose_trusted_issuer(request.trusted, leaf, request.at);
  return root && request.trusted[*root] == leaf;
}

bool is_bare_key(const tlsa::Record& record) {
  return record.usage == tlsa::CertificateUsage::dane_ta &&
         record.selector == tlsa::Selector::spki &&
         record.matching_type == tlsa::MatchingType::full;
}

/// Adds the usable records; what we call unusable for its content must be refused by OpenSSL too.
std::string load_records(SSL* ssl, const Request& request, const std::vector<bool>& usable) {
  const bool without_bare_keys = must_leave_out_bare_keys(request, usable);
  SslPtr scratch;
  for (std::size_t i = 0; i < request.records.size(); ++i) {
    const tlsa::Record& record = request.records[i];
    if (usable[i]) {
      if (without_bare_keys && is_bare_key(record)) continue;
      if (add_record(ssl, record) != 1)
        return fmt::format("OpenSSL does not take record {} ({}), which should be usable", i,
                           tlsa::format_parameters(record));
    } else if (tlsa::usability(record, tlsa::Profile::any)) {
      if (!scratch) scratch = new_dane_connection(request.names.front());
      // Less than 0 would be an internal error, but is also what no data at all yields.
      if (!scratch || add_record(scratch.get(), record) > 0)
        return fmt::format("OpenSSL takes record {} ({}), which should be unusable", i,
                           tlsa::format_parameters(record));
    }
  }
  return {};
}

bool set_parameters(SSL* ssl, const Request& request) {
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(request.at.time_since_epoch().count()));
  if (!request.check_ee_names) SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  // Not SSL_add1_host: it takes what looks like an address for one, beside the names.
  return std::all_of(request.names.begin() + 1, request.names.end(), [&](const std::string& name) {
    return X509_VERIFY_PARAM_add1_host(param, name.c_str(), name.size()) == 1;
  });
}

/// The PKIX anchors that were given, for usages 0 and 1.  OpenSSL does not look here when all
/// usable records are DANE-TA or DANE-EE: what the server does not send is not there.
StorePtr make_store(const Request& request, bool pkix) {
  StorePtr store(X509_STORE_new());
  for (const auto& certificate : pkix ? request.trusted : x509::Chain{})
    if (store && X509_STORE_add_cert(store.get(), x509::native(certificate)) != 1) store.reset();
  return store;
}

std::optional<Matched> find_match(SSL* ssl, const Request& request) {
  std::uint8_t usage = 0, selector = 0, matching_type = 0;
  const unsigned char* data = nullptr;
  std::size_t length = 0;
  // OpenSSL tells the match only of a connection that it has found verified.
  SSL_set_verify_result(ssl, X509_V_OK);
  const int depth = SSL_get0_dane_tlsa(ssl, &usage, &selector, &matching_type, &data, &length);
  if (depth < 0) return std::nullopt;
  const auto* octets = reinterpret_cast<const std::byte*>(data);
  const tlsa::Record matched{
      static_cast<tlsa::CertificateUsage>(usage), static_cast<tlsa::Selector>(selector),
      static_cast<tlsa::MatchingType>(matching_type), Bytes(octets, octets + length)};
  const auto found = std::find(request.records.begin(), request.records.end(), matched);
  if (found == request.records.end()) return std::nullopt;
  return Matched{static_cast<std::size_t>(found - request.records.begin()), depth};
}

Judgement in_trouble(std::string why) {
  Judgement judgement;
  judgement.trouble = std::move(why);
  return judgement;
}

/// What libssl does with the certificates that a server sent, in the same order.
Judgement verify(SSL* ssl, const Request& request, bool pkix) {
  const StorePtr store = make_store(request, pkix);
  const x509::X509StackPtr stack = x509::to_stack(request.chain);
  const StoreCtxPtr context(X509_STORE_CTX_new());
  if (!store || !stack || !context ||
      X509_STORE_CTX_init(context.get(), store.get(), sk_X509_value(stack.get(), 0), stack.get()) !=
          1)
    return in_trouble("OpenSSL cannot prepare the verification");
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_auth_level(param, SSL_get_security_level(ssl));
  X509_STORE_CTX_set0_dane(context.get(), SSL_get0_dane(ssl));
  if (X509_STORE_CTX_set_default(context.get(), "ssl_server") != 1 ||
      X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl)) != 1)
    return in_trouble("OpenSSL cannot take over the verification parameters");

  const int result = X509_verify_cert(context.get());
  Judgement judgement;
  judgement.error_code = X509_STORE_CTX_get_error(context.get());
  if (result == 1 && judgement.error_code == X509_V_OK) {
    judgement.matched = find_match(ssl, request);
    judgement.authenticated = judgement.matched.has_value();
    // Success without a TLSA match would be the silent fallback to certificate authorities.
    if (!judgement.authenticated) judgement.trouble = "OpenSSL verified without a TLSA record";
  }
  return judgement;
}

}  // namespace

Judgement judge_with_openssl(const Request& request, const std::vector<bool>& usable) {
  const x509::ErrorMark quiet;
  const SslPtr ssl = new_dane_connection(request.names.front());
  if (!ssl) return in_trouble("OpenSSL cannot enable DANE for the base name");
  if (auto refused = load_records(ssl.get(), request, usable); !refused.empty())
    return in_trouble(std::move(refused));
  if (!set_parameters(ssl.get(), request))
    return in_trouble("OpenSSL does not take the reference names");
  return verify(ssl.get(), request, wants_pkix(request, usable));
}

}  // namespace dane::verify
