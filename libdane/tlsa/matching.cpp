#include <fmt/core.h>

#include "dane/tlsa/record.hpp"

namespace dane::tlsa {
namespace {

bool equals_hex(const Bytes& data, const std::string& hex) {
  return data.size() * 2 == hex.size() && to_hex(data) == hex;
}

}  // namespace

bool matches(const Record& record, const x509::Certificate& certificate) {
  const Bytes& data = record.association_data;
  const bool whole = record.selector == Selector::cert;
  if (!whole && record.selector != Selector::spki) return false;
  const Bytes& selected = whole ? certificate.der() : certificate.spki_der();
  switch (record.matching_type) {
    case MatchingType::full:
      return data == selected;
    case MatchingType::sha2_256:
      return equals_hex(data, whole ? certificate.cert_sha256() : certificate.spki_sha256());
    case MatchingType::sha2_512:
      return data.size() == 64 && data == x509::sha512(selected);
    default:
      return false;
  }
}

Result<Record> make_record(CertificateUsage usage, Selector selector, MatchingType matching_type,
                           const x509::Certificate& certificate) {
  Record record{usage, selector, matching_type, {}};
  if (usage > CertificateUsage::dane_ee || selector > Selector::spki ||
      matching_type > MatchingType::sha2_512)
    return fail("tlsa-cannot-generate",
                fmt::format("a \"{}\" record has no defined content", format_parameters(record)),
                {}, "use usage 0 to 3, selector 0 or 1, matching type 0 to 2");
  const Bytes& selected = selector == Selector::cert ? certificate.der() : certificate.spki_der();
  switch (matching_type) {
    case MatchingType::sha2_256:
      record.association_data = x509::sha256(selected);
      break;
    case MatchingType::sha2_512:
      record.association_data = x509::sha512(selected);
      break;
    default:
      record.association_data = selected;
      break;
  }
  return record;
}

}  // namespace dane::tlsa
