#include "libdane/postfix/own_tlsa.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/x509.h>

#include "dane/postfix/peer.hpp"

#include "libdane/postfix/digests.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {

namespace {

using tlsa::CertificateUsage;
using tlsa::Record;
using tlsa::Selector;

unsigned matching_type(const Record& record) {
  return static_cast<unsigned>(record.matching_type);
}

/// Where the matching type stands among the digests; their number for one that is not there.
std::size_t preference(const Record& record, const std::vector<DaneDigest>& digests) {
  const auto found = std::find_if(digests.begin(), digests.end(), [&](const DaneDigest& d) {
    return d.matching_type == matching_type(record);
  });
  return static_cast<std::size_t>(found - digests.begin());
}

std::optional<std::string> certificate_fault(const Bytes& data) {
  const auto* const begin = reinterpret_cast<const unsigned char*>(data.data());
  const auto* end = begin;
  const x509::X509Ptr x509(data.empty() ? nullptr
                                        : d2i_X509(nullptr, &end, static_cast<long>(data.size())));
  if (!x509 || end != begin + data.size()) return "malformed certificate in";
  if (X509_get0_pubkey(x509.get()) != nullptr) return std::nullopt;
  return "malformed or unsupported certificate public key in";
}

std::optional<std::string> key_fault(const Bytes& data) {
  const auto* const begin = reinterpret_cast<const unsigned char*>(data.data());
  const auto* end = begin;
  const x509::PkeyPtr key(data.empty() ? nullptr
                                       : d2i_PUBKEY(nullptr, &end, static_cast<long>(data.size())));
  if (key && end == begin + data.size()) return std::nullopt;
  return "malformed public key in";
}

std::optional<std::string> digest_fault(const Record& record,
                                        const std::vector<DaneDigest>& digests) {
  const auto at = preference(record, digests);
  if (at == digests.size()) {
    return fmt::format("unsupported matching type {} in", matching_type(record));
  }
  const auto length = record.association_data.size();
  if (length == static_cast<std::size_t>(EVP_MD_get_size(digests[at].digest))) return std::nullopt;
  return fmt::format("malformed {} digest, length {}, in", digests[at].name, length);
}

std::optional<std::string> fault_of(const Record& record, const std::vector<DaneDigest>& digests) {
  const x509::ErrorMark quiet;
  if (record.usage != CertificateUsage::dane_ta && record.usage != CertificateUsage::dane_ee) {
    return fmt::format("unsupported certificate usage {} in", static_cast<unsigned>(record.usage));
  }
  if (record.selector != Selector::cert && record.selector != Selector::spki) {
    return fmt::format("unsupported selector {} in", static_cast<unsigned>(record.selector));
  }
  if (matching_type(record) != 0) return digest_fault(record, digests);
  return record.selector == Selector::cert ? certificate_fault(record.association_data)
                                           : key_fault(record.association_data);
}

}  // namespace

std::optional<std::string> own_tlsa_fault(const Record& record, std::string_view dane_digests) {
  return fault_of(record, parse_dane_digests(dane_digests));
}

OwnTlsa sort_tlsa(const std::vector<Record>& records, std::string_view dane_digests) {
  const auto digests = parse_dane_digests(dane_digests);
  OwnTlsa out;
  std::vector<std::size_t> usable;
  for (std::size_t i = 0; i < records.size(); ++i) {
    (fault_of(records[i], digests) ? out.unusable : usable).push_back(i);
  }
  const auto set_aside = [&](std::size_t i) {
    return matching_type(records[i]) != 0 &&
           std::any_of(usable.begin(), usable.end(), [&](std::size_t other) {
             return records[other].usage == records[i].usage &&
                    records[other].selector == records[i].selector &&
                    matching_type(records[other]) != 0 &&
                    preference(records[other], digests) < preference(records[i], digests);
           });
  };
  for (const auto i : usable) {
    if (set_aside(i)) continue;
    (records[i].usage == CertificateUsage::dane_ta ? out.anchors : out.entities).push_back(i);
  }
  return out;
}

}  // namespace dane::postfix
