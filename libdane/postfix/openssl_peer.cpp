#include <algorithm>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "libdane/postfix/digests.hpp"
#include "libdane/postfix/verification.hpp"

namespace dane::postfix {

namespace {

using SslPtr = std::unique_ptr<SSL, x509::Deleter<SSL_free>>;
using ContextPtr = std::shared_ptr<SSL_CTX>;

constexpr unsigned fingerprint_type = 255;
constexpr unsigned standard_types = 2;
constexpr std::size_t kept_contexts = 16;

void set_matching_types(SSL_CTX* context, const std::string& dane_digests, const EVP_MD* print) {
  const auto digests = parse_dane_digests(dane_digests);
  for (unsigned type = 1; type <= standard_types; ++type) {
    SSL_CTX_dane_mtype_set(context, nullptr, static_cast<std::uint8_t>(type), 0);
  }
  auto order = static_cast<std::uint8_t>(digests.size());  // OpenSSL prefers the highest
  for (const auto& digest : digests) {
    SSL_CTX_dane_mtype_set(context, digest.digest, static_cast<std::uint8_t>(digest.matching_type),
                           order--);
  }
  const auto last = static_cast<std::uint8_t>(digests.size() + 1);
  SSL_CTX_dane_mtype_set(context, print, fingerprint_type, last);
}

ContextPtr make_context(const std::string& dane_digests, const std::string& algorithm) {
  const ContextPtr context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context || SSL_CTX_dane_enable(context.get()) <= 0) return nullptr;
  set_matching_types(context.get(), dane_digests, digest_named(algorithm));
  return context;
}

/// A context takes as long as a handshake; there are few kinds in one run.
ContextPtr context_for(const PeerInput& input) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, std::string>, ContextPtr> kept;
  const std::pair key(input.dane_digests, input.fingerprints.algorithm);
  const std::lock_guard lock(mutex);
  const auto found = kept.find(key);
  if (found != kept.end()) return found->second;
  auto context = make_context(key.first, key.second);
  if (context && kept.size() < kept_contexts) kept.emplace(key, context);
  return context;
}

/// As Postfix writes a record in a complaint; of much data only the ends.
std::string describe(const tlsa::Record& record) {
  constexpr std::size_t end = 32;
  const Bytes& data = record.association_data;
  std::string hex = to_hex(data);
  std::transform(hex.begin(), hex.end(), hex.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (data.size() > 2 * end)
    hex = hex.substr(0, 2 * end) + "..." + hex.substr(hex.size() - 2 * end);
  if (data.empty()) hex = "...";
  return fmt::format("{} {}", tlsa::format_parameters(record), hex);
}

int add_record(SSL* ssl, const tlsa::Record& record) {
  static const unsigned char nothing = 0;  // a null pointer would be another fault than no data
  const Bytes& data = record.association_data;
  return SSL_dane_tlsa_add(
      ssl, static_cast<std::uint8_t>(record.usage), static_cast<std::uint8_t>(record.selector),
      static_cast<std::uint8_t>(record.matching_type),
      data.empty() ? &nothing : reinterpret_cast<const unsigned char*>(data.data()), data.size());
}

/// What Postfix itself leaves out when it reads a TLSA RRset.  P26
bool is_left_out(const tlsa::Record& record) {
  const bool smtp = record.usage == tlsa::CertificateUsage::dane_ta ||
                    record.usage == tlsa::CertificateUsage::dane_ee;
  return !smtp || record.matching_type == tlsa::MatchingType::priv_match;
}

/// One verification, in the order in which Postfix prepares a connection.
class OpensslJudge {
 public:
  OpensslJudge(const PeerInput& input, const Version& version)
      : input_(input),
        level_(input.level),
        trusted_despite_host_(features_of(version).era == MatchEra::openssl_trusted),
        must_fail_(input.forced_failure) {
    if (level_ == Level::fingerprint) {
      records_ = fingerprint_records(input.fingerprints);
    } else if (requires_match(level_)) {
      records_ = input.tlsa;
    }
  }

  PeerVerdict judge() {
    const x509::ErrorMark quiet;
    if (const auto context = context_for(input_)) ssl_.reset(SSL_new(context.get()));
    if (!ssl_ || !enable()) return out_of_order();
    add_records();
    SSL_set_security_level(ssl_.get(), requires_match(level_) ? 1 : 0);
    return verify();
  }

 private:
  bool enable() {
    if (!requires_match(level_)) return true;
    const bool by_records = is_dane(level_) || level_ == Level::fingerprint;
    if (by_records || !records_.empty()) {
      if (SSL_dane_enable(ssl_.get(), nullptr) <= 0) return false;
    }
    // For trust anchors of a file the names of the leaf count, whatever matches.  P32
    if (by_records) SSL_dane_set_flags(ssl_.get(), DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    if (level_ != Level::fingerprint) add_names();
    return true;
  }

  void add_names() {
    SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);  // P17
    for (const auto& name : input_.expected.names) {
      if (!name.reference.empty()) SSL_add1_host(ssl_.get(), name.reference.c_str());
    }
    if (input_.expected.cannot_match || input_.expected.names.empty()) must_fail_ = true;  // P16
  }

  /// The last record comes first, as Postfix's list has them.
  void add_records() {
    if (records_.empty()) return;
    std::size_t usable = 0;
    for (std::size_t i = records_.size(); i-- > 0;) {
      const bool left_out = level_ != Level::fingerprint && is_left_out(records_[i]);
      const int result = left_out ? 0 : add_record(ssl_.get(), records_[i]);
      if (result > 0) {
        ++usable;
        continue;
      }
      out_.unusable_tlsa.push_back(i);
      if (left_out) continue;
      out_.notes.push_back(
          fmt::format("{}: {}", result == 0 ? "unusable TLSA RR" : "error loading trust settings",
                      describe(records_[i])));
      if (result < 0) {
        must_fail_ = true;
        return;
      }
    }
    std::reverse(out_.unusable_tlsa.begin(), out_.unusable_tlsa.end());
    if (usable == 0) no_record_left();
  }

  /// P26
  void no_record_left() {
    if (level_ == Level::dane || level_ == Level::half_dane) {
      out_.notes.emplace_back("all TLSA records unusable, fallback to unauthenticated TLS");
      out_.fell_back_to_encrypt = true;
      level_ = Level::encrypt;
      return;
    }
    must_fail_ = true;
    out_.notes.emplace_back(level_ == Level::fingerprint ? "all fingerprints unusable"
                            : level_ == Level::dane_only ? "all TLSA records unusable"
                                                         : "all trust anchors unusable");
  }

  /// What libssl does with the certificates that a server sent, in the same order.
  PeerVerdict verify() {
    // A file without any anchor leaves the CAs in force.
    const bool anchored = input_.anchors_replace_cas && !records_.empty();
    const StorePtr store = make_store(anchored ? x509::Chain() : input_.cas.trusted);
    const x509::X509StackPtr stack = x509::to_stack(input_.chain);
    const StoreCtxPtr context(X509_STORE_CTX_new());
    if (!store || !context ||
        X509_STORE_CTX_init(context.get(), store.get(), sk_X509_value(stack.get(), 0),
                            stack.get()) != 1) {
      return out_of_order();
    }
    SSL_set_verify_depth(ssl_.get(), input_.verify_depth + 1);
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl_.get()),
                               static_cast<time_t>(input_.at.time_since_epoch().count()));
    X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_auth_level(param, SSL_get_security_level(ssl_.get()));
    const bool has_records = records_.size() > out_.unusable_tlsa.size();
    if (has_records) X509_STORE_CTX_set0_dane(context.get(), SSL_get0_dane(ssl_.get()));
    if (X509_STORE_CTX_set_default(context.get(), "ssl_server") != 1 ||
        X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl_.get())) != 1) {
      return out_of_order();
    }
    ErrorCollector collector({.must_fail = must_fail_, .host_error_yields = trusted_despite_host_});
    collector.attach(context.get());
    const int result = X509_verify_cert(context.get());
    fill_errors(collector, out_);
    if (result < 0 || (out_.error == X509_V_OK && (result == 0 || must_fail_))) {
      return out_of_order();
    }
    conclude(param, has_records);
    return std::move(out_);
  }

  void conclude(X509_VERIFY_PARAM* param, bool has_records) {
    const bool good = out_.error == X509_V_OK;
    out_.trusted = good || (trusted_despite_host_ && out_.error == X509_V_ERR_HOSTNAME_MISMATCH);
    out_.matched = good && requires_match(level_);  // P4
    if (out_.matched) {
      const char* name = X509_VERIFY_PARAM_get0_peername(param);
      if (name != nullptr) out_.peername = name;
    }
    if (has_records) find_match();
  }

  void find_match() {
    std::uint8_t usage = 0, selector = 0, type = 0;
    const unsigned char* data = nullptr;
    std::size_t length = 0;
    // OpenSSL tells the match only of a connection that it has found verified.
    SSL_set_verify_result(ssl_.get(), X509_V_OK);
    const int depth = SSL_get0_dane_tlsa(ssl_.get(), &usage, &selector, &type, &data, &length);
    if (depth < 0) return;
    const auto* octets = reinterpret_cast<const std::byte*>(data);
    const tlsa::Record record{
        static_cast<tlsa::CertificateUsage>(usage), static_cast<tlsa::Selector>(selector),
        static_cast<tlsa::MatchingType>(type), Bytes(octets, octets + length)};
    const auto found = std::find(records_.begin(), records_.end(), record);
    if (found == records_.end()) return;
    out_.tlsa_match = static_cast<std::size_t>(found - records_.begin());
    out_.tlsa_depth = depth;
  }

  /// OpenSSL itself does not work: nothing may pass.
  PeerVerdict out_of_order() {
    out_.error = out_.chain_error = X509_V_ERR_UNSPECIFIED;
    out_.trusted = out_.matched = false;
    return std::move(out_);
  }

  const PeerInput& input_;
  Level level_;
  bool trusted_despite_host_;
  bool must_fail_;
  std::vector<tlsa::Record> records_;
  SslPtr ssl_;
  PeerVerdict out_;
};

}  // namespace

PeerVerdict verify_by_openssl(const PeerInput& input, const Version& version) {
  return OpensslJudge(input, version).judge();
}

}  // namespace dane::postfix
