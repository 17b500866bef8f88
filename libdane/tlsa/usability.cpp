#include <set>
#include <utility>

#include <openssl/x509.h>

#include "dane/tlsa/record.hpp"

#include "libdane/x509/openssl_access.hpp"

namespace dane::tlsa {
namespace {

/// Exactly one certificate, with a key that this OpenSSL knows: what its own TLSA code demands.
bool is_certificate(const Bytes& der) {
  const x509::ErrorMark quiet;
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = begin;
  const x509::X509Ptr certificate(d2i_X509(nullptr, &end, static_cast<long>(der.size())));
  return certificate && end == begin + der.size() && X509_get0_pubkey(certificate.get()) != nullptr;
}

bool is_public_key(const Bytes& der) {
  const x509::ErrorMark quiet;
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = begin;
  const x509::PkeyPtr key(d2i_PUBKEY(nullptr, &end, static_cast<long>(der.size())));
  return key && end == begin + der.size();
}

bool is_pkix(CertificateUsage usage) {
  return usage == CertificateUsage::pkix_ta || usage == CertificateUsage::pkix_ee;
}

std::optional<Unusable> data_fault(const Record& record) {
  const Bytes& data = record.association_data;
  if (data.empty()) return Unusable::empty_data;
  switch (record.matching_type) {
    case MatchingType::sha2_256:
      return data.size() == 32 ? std::nullopt : std::optional(Unusable::digest_length);
    case MatchingType::sha2_512:
      return data.size() == 64 ? std::nullopt : std::optional(Unusable::digest_length);
    default:
      break;
  }
  if (record.selector == Selector::cert)
    return is_certificate(data) ? std::nullopt : std::optional(Unusable::malformed_certificate);
  return is_public_key(data) ? std::nullopt : std::optional(Unusable::malformed_key);
}

}  // namespace

std::string to_string(Unusable why) {
  switch (why) {
    case Unusable::unknown_usage:
      return "unknown-usage";
    case Unusable::unknown_selector:
      return "unknown-selector";
    case Unusable::unknown_matching_type:
      return "unknown-matching-type";
    case Unusable::digest_length:
      return "digest-length";
    case Unusable::empty_data:
      return "empty-data";
    case Unusable::malformed_certificate:
      return "malformed-certificate";
    case Unusable::malformed_key:
      return "malformed-key";
    case Unusable::pkix_usage_for_smtp:
      return "pkix-usage-for-smtp";
  }
  return "unknown";
}

std::string rule_of(Unusable why) {
  switch (why) {
    case Unusable::unknown_usage:
    case Unusable::unknown_selector:
    case Unusable::unknown_matching_type:
      return "D19";
    case Unusable::pkix_usage_for_smtp:
      return "S45";
    default:
      return "D20";
  }
}

std::optional<Unusable> usability(const Record& record, Profile profile) {
  if (record.usage > CertificateUsage::dane_ee) return Unusable::unknown_usage;
  // Said before any fault of the data: no repair of the data would make the record count.
  if (profile == Profile::smtp && is_pkix(record.usage)) return Unusable::pkix_usage_for_smtp;
  if (record.selector > Selector::spki) return Unusable::unknown_selector;
  if (record.matching_type > MatchingType::sha2_512) return Unusable::unknown_matching_type;
  return data_fault(record);
}

std::vector<bool> set_aside_by_agility(const std::vector<Record>& records,
                                       const std::vector<bool>& usable) {
  const auto counts = [&](std::size_t i) { return i < usable.size() && usable[i]; };
  std::set<std::pair<CertificateUsage, Selector>> with_sha2_512;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (counts(i) && records[i].matching_type == MatchingType::sha2_512)
      with_sha2_512.emplace(records[i].usage, records[i].selector);
  std::vector<bool> aside(records.size(), false);
  for (std::size_t i = 0; i < records.size(); ++i)
    aside[i] = counts(i) && records[i].matching_type == MatchingType::sha2_256 &&
               with_sha2_512.contains({records[i].usage, records[i].selector});
  return aside;
}

}  // namespace dane::tlsa
