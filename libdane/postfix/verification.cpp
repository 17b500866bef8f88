#include "libdane/postfix/verification.hpp"

#include <algorithm>
#include <array>

#include "dane/verify/verify.hpp"

namespace dane::postfix {

namespace {

constexpr std::size_t name_buffer = 256;  // Postfix's; a longer name is cut

std::string issuer_of(X509* certificate) {
  if (certificate == nullptr) return "<unknown>";
  std::array<char, name_buffer> buffer{};
  X509_NAME_oneline(X509_get_issuer_name(certificate), buffer.data(),
                    static_cast<int>(buffer.size()));
  std::string text(buffer.data());
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace

void ErrorCollector::attach(X509_STORE_CTX* context) {
  X509_STORE_CTX_set_app_data(context, this);
  X509_STORE_CTX_set_verify_cb(context, on_verify);
}

int ErrorCollector::on_verify(int ok, X509_STORE_CTX* context) {
  static_cast<ErrorCollector*>(X509_STORE_CTX_get_app_data(context))->see(ok != 0, context);
  return 1;
}

void ErrorCollector::see(bool ok, X509_STORE_CTX* context) {
  const int depth = X509_STORE_CTX_get_error_depth(context);
  X509* const certificate = X509_STORE_CTX_get_current_cert(context);
  if (ok && rules_.anchor_depth > 0 && depth > rules_.anchor_depth) return;
  int code = ok ? X509_V_OK : X509_STORE_CTX_get_error(context);
  if (rules_.depth_limit >= 0 && depth > rules_.depth_limit) code = X509_V_ERR_CERT_CHAIN_TOO_LONG;
  if (code != X509_V_OK && code != X509_V_ERR_HOSTNAME_MISMATCH &&
      code != X509_V_ERR_IP_ADDRESS_MISMATCH) {
    record(chain_error_, code, depth, certificate);
  }
  if (rules_.must_fail) code = depth == 0 ? X509_V_ERR_UNSPECIFIED : X509_V_OK;
  if (code != X509_V_OK) record(error_, code, depth, certificate);
}

void ErrorCollector::record(ChainError& kept, int code, int depth, X509* certificate) const {
  const bool first = kept.code == X509_V_OK;
  const bool nearer = depth < kept.depth;
  bool replaces = first || nearer;
  if (rules_.host_error_yields && !first) {
    if (code == X509_V_ERR_HOSTNAME_MISMATCH) replaces = false;
    if (kept.code == X509_V_ERR_HOSTNAME_MISMATCH) replaces = true;
  }
  if (replaces) kept = {code, depth, issuer_of(certificate)};
}

StorePtr make_store(const x509::Chain& trusted) {
  StorePtr store(X509_STORE_new());
  for (const auto& certificate : trusted) {
    if (store && X509_STORE_add_cert(store.get(), x509::native(certificate)) != 1) store.reset();
  }
  return store;
}

void fill_errors(const ErrorCollector& collector, PeerVerdict& verdict) {
  const auto& error = collector.error();
  verdict.error = error.code;
  verdict.depth = std::max(error.depth, 0);
  verdict.issuer = error.issuer;
  verdict.chain_error = collector.chain_error().code;
  verdict.chain_depth = std::max(collector.chain_error().depth, 0);
}

PeerVerdict verify_peer(const PeerInput& input, const Version& version) {
  const auto features = features_of(version);
  auto verdict = features.era == MatchEra::own ? verify_by_postfix(input, version)
                                               : verify_by_openssl(input, version);
  if (verdict.error != X509_V_OK) verdict.error_name = verify::verify_error_name(verdict.error);
  if (!input.expected.names.empty()) {
    verdict.name =
        match_names(input.chain.front(), input.expected, version, input.multi_label_wildcards).hit;
  }
  return verdict;
}

}  // namespace dane::postfix
