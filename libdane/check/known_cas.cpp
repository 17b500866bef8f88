#include "libdane/check/known_cas.hpp"

namespace dane::check {

namespace {

constexpr KnownCa known_cas[] = {
#include "libdane/check/known_cas_table.inc"
};

}  // namespace

std::optional<std::string_view> known_ca_name(const tlsa::Record& record) {
  if (record.matching_type != tlsa::MatchingType::sha2_256) return std::nullopt;
  const auto digest = to_hex(record.association_data);
  for (const auto& ca : known_cas) {
    if (record.selector == tlsa::Selector::spki && ca.spki_sha256 == digest) return ca.name;
    if (record.selector == tlsa::Selector::cert && ca.cert_sha256 == digest) return ca.name;
  }
  return std::nullopt;
}

}  // namespace dane::check
