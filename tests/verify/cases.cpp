#include "tests/verify/cases.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace dane::test {
namespace {

using tlsa::CertificateUsage;
using tlsa::MatchingType;
using tlsa::Record;
using tlsa::Selector;

class Maker {
 public:
  Maker(const World& world, const World& other, std::uint64_t seed, std::uint64_t index)
      : world_(world), other_(other), random_(seed * 1'000'003 + index) {}

  Case make() {
    theme_ = static_cast<Theme>(below(8));
    choose_chain();
    choose_profile();
    choose_records();
    choose_names();
    choose_trusted();
    choose_time();
    case_.tls13 = case_.description.find("alone-ca") != std::string::npos || !chance(30);
    return std::move(case_);
  }

 private:
  /// Most cases are anything; the themes make combinations likely that chance would rarely hit.
  enum class Theme { trusted_pkix, bare_key };  // any other value: none

  bool chance(unsigned percent) { return below(100) < percent; }
  std::size_t below(std::size_t n) { return random_() % n; }
  template <class T>
  const T& any_of(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  void say(const std::string& text) { case_.description += text + "; "; }

  void choose_chain();
  void disturb_chain();
  void choose_profile();
  void choose_records();
  Record honest_record();
  void spoil(Record& record);
  void make_unusable(Record& record);
  void add_agility_trap();
  void use_bare_key();
  void choose_names();
  void choose_trusted();
  void choose_time();
  x509::Certificate some_target();

  const World& world_;
  const World& other_;
  std::mt19937_64 random_;
  Theme theme_{};
  Case case_;
  std::vector<x509::Certificate> tidy_;  // the chain before it was disturbed
};

void Maker::choose_chain() {
  const auto leaves = world_.leaves();
  const Member& leaf = chance(30) ? world_.at("leaf") : *any_of(leaves);
  case_.leaf_key = leaf.issued.key;
  auto& chain = case_.request.chain;
  chain.push_back(leaf.issued.certificate);
  std::string labels = leaf.label;
  // Relatives carry the same name and mostly the same key as the issuer they stand in for.
  const std::vector<std::string> ca_relatives{
      "ca-expired", "ca-future",       "ca-by-other",    "ca-pathlen-0",
      "ca-not-ca",  "ca-clients-only", "ca-no-certsign", "ca-keyusage-only",
      "ca-permits", "ca-excludes",     "ca-namesake",    "ca-sha1"};
  const std::vector<std::string> root_relatives{"root-expired", "root-cross", "root-cross-expired",
                                                "root-namesake"};
  for (const std::string& issuer : leaf.issuers) {
    std::string chosen = issuer;
    if (issuer == "ca" && chance(35))
      chosen = leaf.issuers.size() > 2 && chance(50)     ? "ca-pathlen-0"
               : leaf.label == "leaf-many" && chance(50) ? "ca-permits"
                                                         : any_of(ca_relatives);
    if (issuer == "root" && chance(25)) chosen = any_of(root_relatives);
    const Member& member = world_.at(chosen);
    chain.push_back(member.issued.certificate);
    labels += " " + chosen;
    // A relative leads elsewhere; its own issuer comes along sometimes.
    if (chosen != issuer && !member.issuers.empty() && chance(50)) {
      chain.push_back(world_.at(member.issuers.front()).issued.certificate);
      labels += " " + member.issuers.front();
    }
  }
  tidy_ = chain;
  say("chain " + labels);
  if (theme_ != Theme::trusted_pkix || chance(40)) disturb_chain();
}

void Maker::disturb_chain() {
  auto& chain = case_.request.chain;
  if (chain.size() > 1 && chance(30)) {
    const auto at = 1 + below(chain.size() - 1);
    chain.erase(chain.begin() + static_cast<std::ptrdiff_t>(at));
    say(fmt::format("without position {}", at));
  }
  if (chance(25)) {
    const Member& extra = *any_of(world_.authorities());
    const auto at = 1 + below(chain.size());
    chain.insert(chain.begin() + static_cast<std::ptrdiff_t>(at), extra.issued.certificate);
    say(fmt::format("extra {} at {}", extra.label, at));
  }
  if (chance(8)) {
    chain.push_back(any_of(other_.members()).issued.certificate);
    say("extra of the other key type");
  }
  if (chance(8)) {
    chain.push_back(any_of(std::vector<x509::Certificate>(chain)));
    say("one twice");
  }
  if (chance(20)) {
    std::shuffle(chain.begin() + 1, chain.end(), random_);
    say("shuffled");
  }
}

void Maker::choose_profile() {
  const bool smtp = theme_ != Theme::trusted_pkix && chance(60);
  case_.request.profile = smtp ? tlsa::Profile::smtp : tlsa::Profile::any;
  case_.request.check_ee_names = chance(20);
  say(case_.request.profile == tlsa::Profile::smtp ? "smtp" : "any");
  if (case_.request.check_ee_names) say("names for EE");
}

x509::Certificate Maker::some_target() {
  if (chance(75)) return any_of(case_.request.chain);
  if (chance(60)) return any_of(tidy_);
  return any_of(world_.members()).issued.certificate;
}

/// A record for a certificate with a usage that fits its place, mostly.
Record Maker::honest_record() {
  const x509::Certificate target = some_target();
  const bool is_leaf = target == case_.request.chain.front();
  const bool pkix = theme_ == Theme::trusted_pkix ||
                    chance(case_.request.profile == tlsa::Profile::any ? 45 : 12);
  CertificateUsage usage = is_leaf ? (pkix ? CertificateUsage::pkix_ee : CertificateUsage::dane_ee)
                                   : (pkix ? CertificateUsage::pkix_ta : CertificateUsage::dane_ta);
  if (chance(8)) usage = static_cast<CertificateUsage>(below(4));
  const auto selector = static_cast<Selector>(below(2));
  const auto type = static_cast<MatchingType>(
      std::min<std::size_t>(below(4), 2) == 2 && chance(50) ? 1 : below(3));
  return tlsa::make_record(usage, selector, type, target).value();
}

/// One bit wrong.  Of whole certificates and keys this spoils the signature or the key itself.
void Maker::spoil(Record& record) {
  auto& octet = record.association_data.back();
  octet ^= std::byte{static_cast<unsigned char>(1U << below(8))};
}

void Maker::make_unusable(Record& record) {
  switch (below(7)) {
    case 0:
      record.usage = static_cast<CertificateUsage>(4 + below(252));
      break;
    case 1:
      record.selector = static_cast<Selector>(2 + below(254));
      break;
    case 2:
      record.matching_type = static_cast<MatchingType>(3 + below(253));
      break;
    case 3:
      record.association_data.pop_back();
      break;
    case 4:
      record.association_data.push_back(std::byte{0});
      break;
    case 5:
      record.association_data.clear();
      break;
    default:
      record.matching_type = MatchingType::full;
      break;  // a digest is no DER, mostly
  }
}

/// SHA2-256 right, SHA2-512 wrong or of something else.  O46.
void Maker::add_agility_trap() {
  Record weak = honest_record();
  const auto target = some_target();
  weak.matching_type = MatchingType::sha2_256;
  weak.association_data =
      x509::sha256(weak.selector == Selector::cert ? target.der() : target.spki_der());
  Record strong = weak;
  strong.matching_type = MatchingType::sha2_512;
  const auto elsewhere = chance(50) ? any_of(world_.members()).issued.certificate : some_target();
  strong.association_data =
      x509::sha512(strong.selector == Selector::cert ? elsewhere.der() : elsewhere.spki_der());
  case_.request.records.push_back(weak);
  case_.request.records.push_back(strong);
}

/// "2 1 0" for an issuer that is then taken out of the chain, mostly.
void Maker::use_bare_key() {
  auto& chain = case_.request.chain;
  const std::size_t at = chain.size() > 1 ? 1 + below(chain.size() - 1) : 0;
  case_.request.records.push_back(
      tlsa::make_record(CertificateUsage::dane_ta, Selector::spki, MatchingType::full, chain[at])
          .value());
  if (at > 0 && chance(80))
    chain.erase(chain.begin() + static_cast<std::ptrdiff_t>(at), chain.end());
  say(fmt::format("bare key of position {}", at));
}

void Maker::choose_records() {
  if (theme_ == Theme::bare_key) use_bare_key();
  auto& records = case_.request.records;
  const std::size_t wanted = theme_ == Theme::bare_key || chance(35) ? 1 : 1 + below(5);
  while (records.size() < wanted) {
    Record record = honest_record();
    if (chance(22)) spoil(record);
    if (chance(10)) make_unusable(record);
    records.push_back(std::move(record));
  }
  if (chance(12)) add_agility_trap();
  if (chance(10)) records.push_back(Record(any_of(records)));
  std::shuffle(records.begin(), records.end(), random_);
  for (const Record& record : records) {
    const std::string text = tlsa::format_presentation(record);
    say(text.substr(0, 24));
  }
}

void Maker::choose_names() {
  const std::vector<std::string> fitting{"mx.example.com", "mx.example.com", "mx.example.com",
                                         "MX.Example.COM"};
  const std::vector<std::string> others{
      "example.com",      ".example.com", ".com",  "a.mx.example.com",
      "mail.example.org", "example.net",  "m.com", "mxa.example.com"};
  auto& names = case_.request.names;
  names.push_back(chance(80) ? any_of(fitting) : any_of(others));
  for (std::size_t more = chance(70) ? 0 : 1 + below(2); more > 0; --more)
    names.push_back(chance(30) ? any_of(fitting) : any_of(others));
  for (const auto& name : names) say(name);
}

void Maker::choose_trusted() {
  auto& trusted = case_.request.trusted;
  if (theme_ == Theme::trusted_pkix && chance(80))
    trusted.push_back(world_.at("root").issued.certificate);
  if (chance(case_.request.profile == tlsa::Profile::any ? 15 : 60)) return;
  static const std::vector<std::string> labels{
      "root",       "root",          "root", "root",    "other-root", "root-expired",
      "root-cross", "root-namesake", "ca",   "v1-root", "ring-a",     "ring-b"};
  for (std::size_t count = 1 + below(2); count > 0; --count) {
    const std::string& label = any_of(labels);
    trusted.push_back(world_.at(label).issued.certificate);
    say("trusts " + label);
  }
  if (chance(15)) {
    trusted.push_back(case_.request.chain.front());
    say("trusts the leaf");
  }
}

void Maker::choose_time() {
  TimePoint at = world_now;
  if (chance(10)) at = world_expiry - std::chrono::days(100);
  if (chance(10)) at = world_future + std::chrono::days(100);
  if (chance(5)) {
    const std::vector<TimePoint> edges{world_expiry, world_future, at_date(2020, 1, 1),
                                       at_date(2040, 1, 1)};
    at = any_of(edges) + std::chrono::seconds(static_cast<int>(below(3)) - 1);
  }
  case_.request.at = at;
  say(format_rfc3339(at));
}

}  // namespace

Case make_case(const World& world, const World& other_world, std::uint64_t seed,
               std::uint64_t index) {
  return Maker(world, other_world, seed, index).make();
}

}  // namespace dane::test
