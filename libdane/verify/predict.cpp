#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "dane/core/text.hpp"

#include "libdane/verify/explain.hpp"
#include "libdane/verify/path.hpp"

namespace dane::verify {
namespace {

using tlsa::CertificateUsage;

/// OpenSSL's default verification depth, and one more before a path counts as too long.
constexpr std::size_t max_path_length = 101;

Prediction refused(Refusal why, std::string because) {
  Prediction prediction;
  prediction.because = std::move(because);
  prediction.refusal = why;
  return prediction;
}

/// Follows one request to its end: first the leaf alone, then a path grown one issuer at a time
/// until a record, or a record and a trusted root, vouch for it.
class Walk {
 public:
  Walk(const Request& request, const std::vector<RecordFate>& fates,
       std::vector<std::string>* steps)
      : request_(request), fates_(fates), steps_(steps) {}

  Prediction run() {
    auto prediction = follow();
    for (const Link& link : path_)
      prediction.path.push_back({link.certificate, link.origin == Origin::presented
                                                       ? std::optional(link.index)
                                                       : std::nullopt});
    return prediction;
  }

 private:
  Prediction follow();
  bool counts(std::size_t record) const {
    return !fates_[record].unusable && !fates_[record].set_aside_by_agility;
  }
  bool has_usage(CertificateUsage usage) const {
    for (std::size_t i = 0; i < fates_.size(); ++i)
      if (counts(i) && request_.records[i].usage == usage) return true;
    return false;
  }
  bool wants_pkix() const {
    return has_usage(CertificateUsage::pkix_ta) || has_usage(CertificateUsage::pkix_ee);
  }
  bool wants_path() const {
    return has_usage(CertificateUsage::dane_ta) || has_usage(CertificateUsage::pkix_ta) ||
           (matched_ && !settled_);
  }

  std::optional<std::size_t> matching_record(const Link& link, CertificateUsage usage) const;
  bool settle(std::size_t depth, CertificateUsage usage);
  void note_pkix_match(std::size_t depth, CertificateUsage usage);

  void start_path();
  bool grow_path();
  bool grow_from_peer();
  enum class Store { nothing, grown, complete, vouched };
  Store grow_from_store();
  bool bare_key_signs_top();

  std::optional<std::string> name_fault() const;
  Prediction conclude_leaf() const;
  Prediction conclude_path() const;
  Prediction refuse(Refusal why, std::string because) const {
    auto prediction = refused(why, std::move(because));
    if (matched_) prediction.vouching = matched_->record;
    return prediction;
  }
  Prediction accept() const;
  void step(std::string sentence) const {
    if (steps_ != nullptr) steps_->push_back(std::move(sentence));
  }

  const Request& request_;
  const std::vector<RecordFate>& fates_;
  std::vector<std::string>* steps_;
  std::vector<Link> pool_;  // untrusted certificates not yet used
  Path path_;
  std::size_t untrusted_ = 1;       // how many of path_ came from the peer or from DNS
  std::optional<Matched> matched_;  // for usages 0 and 1 this still needs a trusted root
  bool settled_ = false;            // a DANE-EE or DANE-TA record matched: nothing else is needed
  bool anchored_ = false;           // the path reached a trusted root
  bool bare_key_ = false;
};

/// The record that speaks for this certificate.  When several of one usage match, that with the
/// higher selector, then the stronger digest, is the one OpenSSL names.
std::optional<std::size_t> Walk::matching_record(const Link& link, CertificateUsage usage) const {
  const auto matches = [&](std::size_t record) {
    if (link.origin != Origin::presented)
      return tlsa::matches(request_.records[record], link.certificate);
    const auto& positions = fates_[record].matches;
    return std::find(positions.begin(), positions.end(), link.index) != positions.end();
  };
  const auto rank = [&](std::size_t record) {
    return std::pair(request_.records[record].selector, request_.records[record].matching_type);
  };
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < fates_.size(); ++i)
    if (counts(i) && request_.records[i].usage == usage && matches(i) &&
        (!best || rank(i) > rank(*best)))
      best = i;
  return best;
}

/// A DANE-EE or DANE-TA match ends the search.
bool Walk::settle(std::size_t depth, CertificateUsage usage) {
  const auto record = matching_record(path_[depth], usage);
  if (!record) return false;
  step(fmt::format("{} is what record {} ({}) names [{}]", describe(path_[depth]), *record,
                   brief(request_.records[*record]),
                   usage == CertificateUsage::dane_ee ? "D4" : "D3"));
  matched_ = Matched{*record, static_cast<int>(depth)};
  settled_ = true;
  return true;
}

/// A PKIX-EE or PKIX-TA match is kept, the first one only, until a trusted root is found too.
void Walk::note_pkix_match(std::size_t depth, CertificateUsage usage) {
  if (matched_) return;
  const auto record = matching_record(path_[depth], usage);
  if (!record) return;
  step(fmt::format("{} is what record {} ({}) names; a trusted root is needed as well [{}]",
                   describe(path_[depth]), *record, brief(request_.records[*record]),
                   usage == CertificateUsage::pkix_ee ? "D2" : "D1"));
  matched_ = Matched{*record, static_cast<int>(depth)};
}

/// Whole trust anchors from DNS ("2 0 0", and "0 0 0" as a help) come before what the server sent.
void Walk::start_path() {
  for (std::size_t i = 0; i < fates_.size(); ++i) {
    const tlsa::Record& record = request_.records[i];
    const bool names_ca =
        record.usage == CertificateUsage::dane_ta || record.usage == CertificateUsage::pkix_ta;
    if (fates_[i].unusable || !names_ca || record.selector != tlsa::Selector::cert ||
        record.matching_type != tlsa::MatchingType::full)
      continue;
    if (auto certificate = x509::Certificate::decode_der(record.association_data))
      pool_.push_back({std::move(*certificate), Origin::record, i});
  }
  for (std::size_t i = 0; i < request_.chain.size(); ++i)
    pool_.push_back({request_.chain[i], Origin::presented, i});
}

/// One more issuer out of the pool.
bool Walk::grow_from_peer() {
  if (path_.size() > max_path_length || is_self_signed(path_.back().certificate)) return false;
  const auto chosen = choose_issuer(pool_, path_, request_.at);
  if (!chosen) return false;
  step(fmt::format("{} is issued by {}", describe(path_.back()), describe(pool_[*chosen])));
  path_.push_back(pool_[*chosen]);
  pool_.erase(pool_.begin() + static_cast<std::ptrdiff_t>(*chosen));
  ++untrusted_;
  return true;
}

/// One more issuer, or the top itself, out of the trusted certificates.
Walk::Store Walk::grow_from_store() {
  if (path_.size() > max_path_length) return Store::nothing;
  const x509::Certificate top = path_.back().certificate;
  const auto chosen = choose_trusted_issuer(request_.trusted, top, request_.at);
  if (!chosen) return Store::nothing;
  const Link trusted{request_.trusted[*chosen], Origin::trusted, *chosen};
  bool complete = is_self_signed(top);
  std::size_t depth = path_.size();
  if (!complete) {
    step(fmt::format("{} is issued by {}", describe(path_.back()), describe(trusted)));
    path_.push_back(trusted);
    complete = is_self_signed(trusted.certificate);
  } else if (trusted.certificate == top) {
    // The server sent the trusted root itself; from here on it is no longer the server's.
    step(describe(path_.back()) + " is trusted");
    path_.back() = trusted;
    untrusted_ = --depth;
  } else {
    return Store::nothing;  // another root under the same name
  }
  if (depth > 0 && has_usage(CertificateUsage::pkix_ta))
    note_pkix_match(depth, CertificateUsage::pkix_ta);
  // Only a root is an anchor; a trusted intermediate must lead to one (O24).
  anchored_ = anchored_ || complete;
  if (anchored_ && matched_) return Store::vouched;
  return complete ? Store::complete : Store::grown;
}

/// True when a record vouches for the path, its validity aside.  With PKIX usages the trusted
/// certificates are asked first, at every step, and once they answered only they are.
bool Walk::grow_path() {
  const bool may_use_store = wants_pkix();
  bool from_store = may_use_store;
  bool from_peer = true;
  while (from_store || from_peer) {
    if (from_store) {
      const Store result = grow_from_store();
      if (result == Store::vouched) return true;
      if (result != Store::nothing) from_peer = false;
      if (result == Store::grown) continue;
      if (!from_peer) break;
    }
    if (!grow_from_peer()) {
      from_peer = false;
      from_store = may_use_store;
      continue;
    }
    const std::size_t depth = untrusted_ - 1;
    if (settle(depth, CertificateUsage::dane_ta)) return true;
    note_pkix_match(depth, CertificateUsage::pkix_ta);
  }
  return path_.size() <= max_path_length && bare_key_signs_top();
}

/// "2 1 0": the key itself is in DNS and may have signed the topmost certificate.  O21.
bool Walk::bare_key_signs_top() {
  if (untrusted_ == 0) return false;
  const Link& top = path_[untrusted_ - 1];
  // OpenSSL tries the record that it was given last first; only equal keys can both succeed.
  for (std::size_t i = 0; i < fates_.size(); ++i) {
    const tlsa::Record& record = request_.records[i];
    if (!counts(i) || record.usage != CertificateUsage::dane_ta ||
        record.selector != tlsa::Selector::spki ||
        record.matching_type != tlsa::MatchingType::full ||
        !is_signed_by_key(top.certificate, record.association_data))
      continue;
    step(fmt::format("{} is signed by the key in record {} ({}) [O21]", describe(top), i,
                     brief(record)));
    matched_ = Matched{i, static_cast<int>(untrusted_ - 1)};
    path_.erase(path_.begin() + static_cast<std::ptrdiff_t>(untrusted_), path_.end());
    settled_ = bare_key_ = true;
    return true;
  }
  return false;
}

std::optional<std::string> Walk::name_fault() const {
  if (x509::match_names(request_.chain.front(), request_.names, true)) return std::nullopt;
  return fmt::format("no name of certificate 0 matches {}{}",
                     printable(request_.names.front(), 255),
                     request_.names.size() > 1 ? " or the other reference names" : "");
}

Prediction Walk::accept() const {
  const tlsa::Record& record = request_.records[matched_->record];
  Prediction prediction;
  prediction.authenticated = true;
  prediction.because = fmt::format("record {} ({}) authenticates the chain at depth {}",
                                   matched_->record, brief(record), matched_->depth);
  prediction.matched = matched_;
  return prediction;
}

Prediction Walk::conclude_leaf() const {
  if (request_.check_ee_names) {
    if (auto fault = name_fault()) return refuse(Refusal::name, std::move(*fault));
  } else {
    step("names and dates do not count for DANE-EE [O9 O10]");
  }
  return accept();
}

Prediction Walk::conclude_path() const {
  if (auto fault = name_fault()) return refuse(Refusal::name, std::move(*fault));
  if (auto weak = path_weakness(path_)) return refuse(Refusal::strength, std::move(*weak));
  if (auto fault = path_fault(path_, request_.at, bare_key_))
    return refuse(fault->kind, std::move(fault->text));
  step("the name matches, the path is valid [O13 O22]");
  return accept();
}

Prediction Walk::follow() {
  path_.push_back({request_.chain.front(), Origin::presented, 0});
  if (auto weak = key_weakness(path_.front())) return refuse(Refusal::strength, std::move(*weak));
  if (settle(0, CertificateUsage::dane_ee)) return conclude_leaf();
  note_pkix_match(0, CertificateUsage::pkix_ee);
  if (!wants_path()) return refuse(Refusal::no_match, "no usable record matches certificate 0");
  start_path();
  if (grow_path()) return conclude_path();
  if (path_.size() > max_path_length) return refuse(Refusal::too_long, "the path is too long");
  if (matched_)
    return refuse(Refusal::no_trusted_root,
                  fmt::format("record {} matches, but {} does not lead to a trusted root",
                              matched_->record, describe(path_.back())));
  return refuse(
      Refusal::no_match,
      fmt::format("no usable record matches the path, which ends at {}", describe(path_.back())));
}

}  // namespace

Prediction predict_stepwise(const Request& request, const std::vector<RecordFate>& fates,
                            std::vector<std::string>* steps) {
  if (auto fault = request_fault(request); !fault.empty())
    return refused(Refusal::cannot_judge, std::move(fault));
  if (std::all_of(fates.begin(), fates.end(),
                  [](const RecordFate& fate) { return fate.unusable.has_value(); }))
    return refused(Refusal::none_usable, "no record is usable");
  return Walk(request, fates, steps).run();
}

Prediction predict(const Request& request, const std::vector<RecordFate>& fates) {
  return predict_stepwise(request, fates, nullptr);
}

}  // namespace dane::verify
