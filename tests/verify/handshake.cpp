#include "tests/verify/handshake.hpp"

#include <algorithm>
#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "libdane/x509/openssl_access.hpp"

namespace dane::test {
namespace {

using SslPtr = std::unique_ptr<SSL, decltype(&SSL_free)>;
using CtxPtr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

SSL_CTX* client_context() {
  static const CtxPtr context = [] {
    CtxPtr made(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    require(made && SSL_CTX_dane_enable(made.get()) > 0, "client context");
    SSL_CTX_set_security_level(made.get(), 1);
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
    return made;
  }();
  return context.get();
}

SSL_CTX* server_context() {
  static const CtxPtr context = [] {
    CtxPtr made(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    require(made != nullptr, "server context");
    SSL_CTX_set_security_level(made.get(), 0);
    SSL_CTX_set_mode(made.get(), SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(made.get(), 0);
    return made;
  }();
  return context.get();
}

void present(SSL* server, const x509::Chain& chain, const Key& key) {
  require(SSL_use_certificate(server, x509::native(chain.front())) == 1, "server certificate");
  require(SSL_use_PrivateKey(server, key.get()) == 1, "server key");
  const auto others = x509::to_stack({chain.begin() + 1, chain.end()});
  require(SSL_set1_chain(server, others.get()) == 1, "server chain");
}

bool is_pkix(const tlsa::Record& record) {
  return record.usage == tlsa::CertificateUsage::pkix_ta ||
         record.usage == tlsa::CertificateUsage::pkix_ee;
}

/// OpenSSL 3.0 crashes when it looks for a bare key above a self-signed leaf that is trusted.
bool would_crash(const verify::Request& request, const tlsa::Record& record) {
  return record.usage == tlsa::CertificateUsage::dane_ta &&
         record.selector == tlsa::Selector::spki &&
         record.matching_type == tlsa::MatchingType::full &&
         request.profile == tlsa::Profile::any &&
         X509_self_signed(x509::native(request.chain.front()), 0) > 0 &&
         std::any_of(request.records.begin(), request.records.end(), is_pkix) &&
         std::find(request.trusted.begin(), request.trusted.end(), request.chain.front()) !=
             request.trusted.end();
}

/// Every record is offered to OpenSSL but those that RFC 7672 rules out; it says what it takes.
bool add_records(SSL* client, const verify::Request& request) {
  bool any = false;
  for (const auto& record : request.records) {
    if (request.profile == tlsa::Profile::smtp && is_pkix(record)) continue;
    if (would_crash(request, record)) {
      any = true;
      continue;
    }
    static const unsigned char none = 0;
    const auto* data = record.association_data.empty()
                           ? &none
                           : reinterpret_cast<const unsigned char*>(record.association_data.data());
    const int taken = SSL_dane_tlsa_add(
        client, static_cast<std::uint8_t>(record.usage), static_cast<std::uint8_t>(record.selector),
        static_cast<std::uint8_t>(record.matching_type), data, record.association_data.size());
    // No data at all makes OpenSSL's allocation fail, which it calls an internal error.
    require(taken >= 0 || record.association_data.empty(), "TLSA record");
    any = any || taken > 0;
  }
  ERR_clear_error();
  return any;
}

void demand(SSL* client, const verify::Request& request) {
  if (!request.check_ee_names) SSL_dane_set_flags(client, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  SSL_set_hostflags(client, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  for (std::size_t i = 1; i < request.names.size(); ++i)
    require(SSL_add1_host(client, request.names[i].c_str()) == 1, "reference name");
  X509_VERIFY_PARAM_set_time(SSL_get0_param(client),
                             static_cast<time_t>(request.at.time_since_epoch().count()));
  X509_STORE* store = X509_STORE_new();
  for (const auto& certificate : request.trusted)
    require(X509_STORE_add_cert(store, x509::native(certificate)) == 1, "trusted");
  require(SSL_set0_verify_cert_store(client, store) == 1, "store");
}

void connect(SSL* client, SSL* server) {
  BIO* to_server = BIO_new(BIO_s_mem());
  BIO* to_client = BIO_new(BIO_s_mem());
  BIO_up_ref(to_server);
  BIO_up_ref(to_client);
  SSL_set_bio(client, to_client, to_server);
  SSL_set_bio(server, to_server, to_client);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  for (int round = 0; round < 10 && !SSL_is_init_finished(client); ++round) {
    if (SSL_do_handshake(client) <= 0 && SSL_get_error(client, -1) != SSL_ERROR_WANT_READ) break;
    SSL_do_handshake(server);
  }
  ERR_clear_error();
}

std::optional<verify::Matched> match_of(SSL* client, const verify::Request& request) {
  std::uint8_t usage = 0, selector = 0, matching_type = 0;
  const unsigned char* data = nullptr;
  std::size_t length = 0;
  const int depth = SSL_get0_dane_tlsa(client, &usage, &selector, &matching_type, &data, &length);
  if (depth < 0) return std::nullopt;
  for (std::size_t i = 0; i < request.records.size(); ++i) {
    const auto& record = request.records[i];
    const auto* begin = reinterpret_cast<const unsigned char*>(record.association_data.data());
    if (static_cast<std::uint8_t>(record.usage) == usage &&
        static_cast<std::uint8_t>(record.selector) == selector &&
        static_cast<std::uint8_t>(record.matching_type) == matching_type &&
        std::equal(data, data + length, begin, begin + record.association_data.size()))
      return verify::Matched{i, depth};
  }
  return std::nullopt;
}

}  // namespace

HandshakeResult shake_hands(const verify::Request& request, const Key& leaf_key, bool tls13) {
  const int version = tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  const SslPtr client(SSL_new(client_context()), &SSL_free);
  const SslPtr server(SSL_new(server_context()), &SSL_free);
  require(SSL_set_min_proto_version(client.get(), version) == 1, "version");
  require(SSL_set_max_proto_version(client.get(), version) == 1, "version");
  require(SSL_dane_enable(client.get(), request.names.front().c_str()) > 0, "DANE");

  HandshakeResult result;
  result.any_usable = add_records(client.get(), request);
  if (!result.any_usable) return result;  // libssl would now ask its certificate authorities
  demand(client.get(), request);
  present(server.get(), request.chain, leaf_key);
  connect(client.get(), server.get());
  result.completed = SSL_is_init_finished(client.get()) != 0;
  result.verify_result = SSL_get_verify_result(client.get());
  result.authenticated = result.completed && result.verify_result == X509_V_OK &&
                         SSL_get0_dane_authority(client.get(), nullptr, nullptr) >= 0;
  if (result.authenticated) result.matched = match_of(client.get(), request);
  return result;
}

}  // namespace dane::test
