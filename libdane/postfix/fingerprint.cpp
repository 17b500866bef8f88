#include <algorithm>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "dane/core/text.hpp"
#include "dane/postfix/trust.hpp"

#include "libdane/postfix/digests.hpp"

namespace dane::postfix {

namespace {

constexpr std::size_t longest_value = std::size_t{3} * EVP_MAX_MD_SIZE;
constexpr std::size_t shown_of_long_value = 100;

/// Hexadecimal digits in pairs, at most one colon between two pairs.
std::optional<Bytes> decode_value(std::string_view text) {
  std::string hex;
  while (!text.empty()) {
    if (!hex.empty() && text.front() == ':') text.remove_prefix(1);
    if (text.size() < 2) return std::nullopt;
    hex += text.substr(0, 2);
    text.remove_prefix(2);
  }
  auto octets = from_hex(hex);
  if (!octets) return std::nullopt;
  return std::move(*octets);
}

std::string with_colons(ByteView octets) {
  std::string out;
  for (const auto octet : octets) {
    out += fmt::format("{}{:02X}", out.empty() ? "" : ":", std::to_integer<unsigned>(octet));
  }
  return out;
}

std::string malformed(std::string_view value) {
  if (value.size() <= longest_value) {
    return fmt::format("malformed fingerprint value: {}", printable(value));
  }
  return fmt::format("malformed fingerprint value: {}...",
                     printable(value.substr(0, shown_of_long_value)));
}

}  // namespace

const EVP_MD* digest_named(std::string_view name) {
  return EVP_get_digestbyname(std::string(name).c_str());
}

Fingerprints parse_fingerprints(const std::vector<std::string>& patterns,
                                std::string_view algorithm) {
  Fingerprints out;
  out.algorithm = algorithm;
  out.written = patterns;
  const EVP_MD* const digest = digest_named(algorithm);
  const auto length = digest != nullptr ? static_cast<std::size_t>(EVP_MD_get_size(digest)) : 0;
  for (const auto& pattern : patterns) {
    const auto octets = pattern.size() <= longest_value ? decode_value(pattern) : std::nullopt;
    if (!octets) {
      out.warnings.push_back(malformed(pattern));
    } else {
      auto& list = octets->size() == length ? out.digests : out.wrong_length;
      list.push_back(with_colons(*octets));
      out.values.push_back(*octets);
    }
  }
  return out;
}

std::string fingerprint(ByteView octets, std::string_view algorithm) {
  const EVP_MD* const digest = digest_named(algorithm);
  if (digest == nullptr) return {};
  std::array<std::byte, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  if (EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(out.data()),
                 &length, digest, nullptr) != 1) {
    return {};
  }
  return with_colons(ByteView(out).first(length));
}

std::vector<tlsa::Record> fingerprint_records(const Fingerprints& fingerprints) {
  std::vector<tlsa::Record> records;
  for (const auto& value : fingerprints.values) {
    for (const auto selector : {tlsa::Selector::cert, tlsa::Selector::spki}) {
      records.push_back(
          {tlsa::CertificateUsage::dane_ee, selector, tlsa::MatchingType::priv_match, value});
    }
  }
  return records;
}

}  // namespace dane::postfix
