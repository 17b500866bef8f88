#include "dane/postfix/name_match.hpp"

#include <openssl/x509_vfy.h>

#include "dane/core/ip_address.hpp"
#include "dane/core/text.hpp"
#include "dane/x509/names.hpp"

#include "libdane/postfix/name_text.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {

namespace {

constexpr std::size_t longest_common_name = 255;  // up to 3.5, from where a fixed buffer ends

/// What Postfix's own comparison sees of an encoded name: printable ASCII; NULs at the end do not
/// count, one within makes the name worthless.
std::optional<std::string_view> readable(std::string_view name) {
  while (!name.empty() && name.back() == '\0') name.remove_suffix(1);
  const bool printable_ascii =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (name.empty() || !printable_ascii) return std::nullopt;
  return name;
}

/// Up to 3.5 the name in the certificate may be a wildcard for any number of labels, or, without
/// `multi_label`, for one; nothing is asked of the labels behind it.
bool own_wildcard_matches(std::string_view name, std::string_view reference, bool multi_label) {
  if (!name.starts_with("*.") || name.size() < 3) return false;
  const auto suffix = name.substr(1);
  const auto dot = reference.find('.');
  if (dot == std::string_view::npos) return false;
  const auto parent = reference.substr(dot);
  return multi_label ? ends_with_ignoring_case(parent, suffix)
                     : equal_ignoring_case(parent, suffix);
}

bool own_matches(std::string_view name, const ExpectedName& expected, bool multi_label) {
  if (expected.any_subdomain) {
    return name.size() > expected.reference.size() &&
           ends_with_ignoring_case(name, expected.reference);
  }
  return equal_ignoring_case(name, expected.reference) ||
         own_wildcard_matches(name, expected.reference, multi_label);
}

/// dNSNames, or the first common name where there is no dNSName, not even a malformed one.
std::vector<std::string> own_candidates(const x509::Certificate& leaf) {
  if (!leaf.dns_names().empty()) return leaf.dns_names();
  if (leaf.impl().comparable_common_names == 0) return {};
  const auto& first = leaf.common_names().front();
  const auto text = readable(first);
  if (!text || text->size() > longest_common_name) return {};
  return {first};
}

/// In the certificate's order, each name against all references.
NameVerdict match_by_postfix(const x509::Certificate& leaf, const ExpectedNames& expected,
                             bool multi_label) {
  for (const auto& name : own_candidates(leaf)) {
    const auto text = readable(name);
    if (!text) continue;
    for (const auto& wanted : expected.names) {
      if (!own_matches(*text, wanted, multi_label)) continue;
      return {NameHit{wanted.pattern, wanted.reference, name}, 0};
    }
  }
  return {std::nullopt, X509_V_ERR_HOSTNAME_MISMATCH};
}

/// dNSNames, or all common names where there is no dNSName; OpenSSL stops at a common name that is
/// no character string.
std::vector<std::string> openssl_candidates(const x509::Certificate& leaf) {
  if (!leaf.dns_names().empty()) return leaf.dns_names();
  auto names = leaf.common_names();
  names.resize(leaf.impl().comparable_common_names);
  return names;
}

/// A reference that could not be converted to A-labels is compared as octets.
bool host_matches(const std::string& name, const ExpectedName& expected) {
  if (is_ascii(expected.reference)) return x509::dns_id_matches(name, expected.reference);
  if (!expected.any_subdomain) return equal_ignoring_case(name, expected.reference);
  const auto behind = name.size() - std::min(name.size(), expected.reference.size());
  return ends_with_ignoring_case(name, expected.reference) &&
         std::string_view(name).substr(0, behind).find('\0') == std::string_view::npos;
}

bool is_host(const ExpectedName& name) {
  return !name.reference.empty() && !name.is_address;
}

std::optional<NameHit> find_host(const x509::Certificate& leaf, const ExpectedNames& expected) {
  const auto candidates = openssl_candidates(leaf);
  for (const auto& wanted : expected.names) {
    if (!is_host(wanted)) continue;
    for (const auto& name : candidates) {
      if (host_matches(name, wanted)) return NameHit{wanted.pattern, wanted.reference, name};
    }
  }
  return std::nullopt;
}

std::string address_text(const Bytes& octets) {
  const auto address = IpAddress::decode(octets);
  return address ? address->to_string() : to_hex(octets);
}

std::optional<NameHit> find_address(const x509::Certificate& leaf, const ExpectedName& wanted) {
  const auto octets = openssl_address(wanted.reference);
  for (const auto& name : leaf.ip_addresses()) {
    if (name == octets) return NameHit{wanted.pattern, wanted.reference, address_text(name)};
  }
  return std::nullopt;
}

/// Hosts and the address are two checks, and both must pass.  Where both fail, OpenSSL reports the
/// host first; the newest era lets the address's error replace it.
NameVerdict match_by_openssl(const x509::Certificate& leaf, const ExpectedNames& expected,
                             bool any_error_replaces_host) {
  if (expected.cannot_match) return {std::nullopt, X509_V_ERR_UNSPECIFIED};
  const auto& names = expected.names;
  const auto address = std::find_if(names.begin(), names.end(), [](const ExpectedName& n) {
    return !n.reference.empty() && n.is_address;
  });
  const bool wants_host = std::any_of(names.begin(), names.end(), is_host);
  const auto host = find_host(leaf, expected);
  const auto at = address == names.end() ? std::nullopt : find_address(leaf, *address);
  const bool host_fails = wants_host && !host;
  const bool address_fails = address != names.end() && !at;
  if (address_fails && (!host_fails || any_error_replaces_host)) {
    return {std::nullopt, X509_V_ERR_IP_ADDRESS_MISMATCH};
  }
  if (host_fails) return {std::nullopt, X509_V_ERR_HOSTNAME_MISMATCH};
  return {host ? host : at, 0};
}

}  // namespace

NameVerdict match_names(const x509::Certificate& leaf, const ExpectedNames& expected,
                        const Version& version, bool multi_label) {
  const auto features = features_of(version);
  if (features.era == MatchEra::own) {
    return match_by_postfix(leaf, expected, multi_label && features.multi_label_wildcards);
  }
  return match_by_openssl(leaf, expected, features.era == MatchEra::openssl_trusted);
}

std::vector<std::string> names_considered(const x509::Certificate& leaf, const Version& version) {
  auto names =
      features_of(version).era == MatchEra::own ? own_candidates(leaf) : openssl_candidates(leaf);
  if (!names.empty()) return names;
  for (const auto& address : leaf.ip_addresses()) names.push_back(address_text(address));
  return names;
}

bool sts_pattern_matches(std::string_view pattern, std::string_view hostname) {
  if (!pattern.starts_with("*.")) return equal_ignoring_case(pattern, hostname);
  const auto dot = hostname.find('.');
  return dot != std::string_view::npos && dot > 0 &&
         equal_ignoring_case(pattern.substr(1), hostname.substr(dot));
}

}  // namespace dane::postfix
