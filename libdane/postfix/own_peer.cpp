#include <algorithm>

#include "libdane/postfix/name_text.hpp"
#include "libdane/postfix/own_anchors.hpp"
#include "libdane/postfix/own_tlsa.hpp"
#include "libdane/postfix/verification.hpp"

namespace dane::postfix {

namespace {

/// One verification as Postfix up to 3.5 makes it: OpenSSL builds the path, the rest is Postfix's.
class OwnJudge {
 public:
  OwnJudge(const PeerInput& input, const Version& version)
      : input_(input), version_(version), level_(input.level) {}

  PeerVerdict judge() {
    const x509::ErrorMark quiet;
    if (requires_match(level_) && level_ != Level::fingerprint) sort_records();
    verify_chain();
    match_leaf();
    // The names of DANE belong to trust anchors; without one, none is looked for.
    const bool names_count = is_pkix(level_) || (is_dane(level_) && !records_.anchors.empty());
    if (!out_.matched && out_.trusted && names_count) match_name();
    if (out_.trusted) out_.error = X509_V_OK;  // nothing is logged of a chain that did not count
    return std::move(out_);
  }

 private:
  void sort_records() {
    if (input_.tlsa.empty()) return;
    records_ = sort_tlsa(input_.tlsa, input_.dane_digests);
    out_.unusable_tlsa = records_.unusable;
    if (is_pkix(level_)) records_.entities.clear();  // a file's anchors are issuers only
    const bool none = records_.anchors.empty() && records_.entities.empty();
    if (none && (level_ == Level::dane || level_ == Level::half_dane)) {  // P26
      out_.fell_back_to_encrypt = true;
      level_ = Level::encrypt;
    }
  }

  void verify_chain() {
    const bool by_anchors = !records_.anchors.empty();
    OwnTrust trust;
    if (by_anchors) {
      trust = find_own_trust(input_.chain, input_.tlsa, records_.anchors, input_.at);
    }
    const StorePtr store = make_store(by_anchors ? x509::Chain() : input_.cas.trusted);
    const x509::X509StackPtr stack = x509::to_stack(input_.chain);
    const StoreCtxPtr context(X509_STORE_CTX_new());
    if (!store || !context ||
        X509_STORE_CTX_init(context.get(), store.get(), x509::native(input_.chain.front()),
                            by_anchors ? trust.untrusted.get() : stack.get()) != 1) {
      return give_up();
    }
    if (by_anchors) X509_STORE_CTX_set0_trusted_stack(context.get(), trust.trusted.get());
    if (!set_parameters(context.get())) return give_up();
    ErrorCollector collector(
        {.depth_limit = input_.verify_depth, .anchor_depth = trust.anchor_depth});
    collector.attach(context.get());
    const int result = X509_verify_cert(context.get());
    fill_errors(collector, out_);
    if (result < 0 || (result == 0 && out_.error == X509_V_OK)) return give_up();
    out_.trusted = out_.error == X509_V_OK;
    if (out_.trusted && trust.record) {
      out_.tlsa_match = trust.record;
      out_.tlsa_depth = trust.anchor_depth;
    }
  }

  bool set_parameters(X509_STORE_CTX* context) {
    X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_auth_level(param, requires_match(level_) ? 1 : 0);
    X509_VERIFY_PARAM_set_depth(param, input_.verify_depth + 1);
    X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(input_.at.time_since_epoch().count()));
    return X509_STORE_CTX_set_default(context, "ssl_server") == 1;
  }

  /// A leaf that a record or a fingerprint names is trusted and matched, whatever its chain is.
  void match_leaf() {
    const auto& leaf = input_.chain.front();
    const auto found =
        std::find_if(records_.entities.begin(), records_.entities.end(),
                     [&](std::size_t i) { return tlsa::matches(input_.tlsa[i], leaf); });
    if (found != records_.entities.end()) {
      out_.tlsa_match = *found;
      out_.tlsa_depth = 0;
      out_.trusted = out_.matched = true;
    } else if (level_ == Level::fingerprint && has_fingerprint(leaf)) {  // P31
      out_.trusted = out_.matched = true;
    }
  }

  [[nodiscard]] bool has_fingerprint(const x509::Certificate& leaf) const {
    const auto& algorithm = input_.fingerprints.algorithm;
    const auto of_certificate = fingerprint(leaf.der(), algorithm);
    const auto of_key = features_of(version_).public_key_fingerprints
                            ? fingerprint(leaf.spki_der(), algorithm)
                            : std::string();
    const auto& written = input_.fingerprints.written;
    return std::any_of(written.begin(), written.end(), [&](const std::string& text) {
      return !text.empty() &&
             (equal_ignoring_case(text, of_certificate) || equal_ignoring_case(text, of_key));
    });
  }

  void match_name() {
    const auto hit =
        match_names(input_.chain.front(), input_.expected, version_, input_.multi_label_wildcards)
            .hit;
    out_.matched = hit.has_value();
    if (hit) out_.peername = hit->name;
  }

  void give_up() {
    out_.error = out_.chain_error = X509_V_ERR_UNSPECIFIED;
    out_.trusted = false;
  }

  const PeerInput& input_;
  const Version& version_;
  Level level_;
  OwnTlsa records_;
  PeerVerdict out_;
};

}  // namespace

PeerVerdict verify_by_postfix(const PeerInput& input, const Version& version) {
  return OwnJudge(input, version).judge();
}

}  // namespace dane::postfix
