#include "dane/x509/names.hpp"

#include <algorithm>
#include <span>

#include "dane/core/ip_address.hpp"

#include "libdane/x509/openssl_access.hpp"

namespace dane::x509 {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter_digit_hyphen(char c) {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_host_label(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), is_letter_digit_hyphen);
}

/// What follows the "*" of a well-formed wildcard: a dot and at least two host labels.  Empty when
/// `presented` is no such wildcard and therefore plain text.  S54, S55, I3.
std::string_view wildcard_suffix(std::string_view presented) {
  if (!presented.starts_with("*.")) return {};
  std::size_t labels = 0;
  std::string_view rest = presented.substr(2);
  while (true) {
    const auto dot = rest.find('.');
    if (!is_host_label(rest.substr(0, dot))) return {};
    ++labels;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return labels >= 2 ? presented.substr(1) : std::string_view();
}

/// The wildcard stands for one label of letters, digits and hyphens, or for itself.
bool matches_wildcard(std::string_view suffix, std::string_view reference) {
  if (reference.size() <= suffix.size()) return false;
  const auto first = reference.substr(0, reference.size() - suffix.size());
  const auto rest = reference.substr(first.size());
  if (!equal_ignoring_case(rest, suffix)) return false;
  return first == "*" || std::all_of(first.begin(), first.end(), is_letter_digit_hyphen);
}

/// Equal-length tail, at any depth; nothing hides behind a NUL.
bool matches_subdomain(std::string_view presented, std::string_view reference) {
  if (presented.size() < reference.size()) return false;
  const auto prefix = presented.substr(0, presented.size() - reference.size());
  return prefix.find('\0') == std::string_view::npos &&
         equal_ignoring_case(presented.substr(prefix.size()), reference);
}

/// I5, I6, I7: an IP address, or text that no lookup was made for, is no DNS-ID.
bool is_dns_reference(std::string_view reference) {
  const bool plain = std::all_of(reference.begin(), reference.end(), [](char c) {
    return c > '\0' && static_cast<unsigned char>(c) < 0x80;
  });
  return !reference.empty() && plain && !IpAddress::parse(reference);
}

std::optional<NameMatch> first_match(std::span<const std::string> presented,
                                     const std::vector<std::string>& references) {
  for (const auto& reference : references) {
    for (const auto& name : presented) {
      if (dns_id_matches(name, reference)) return NameMatch{name, reference};
    }
  }
  return std::nullopt;
}

}  // namespace

bool dns_id_matches(std::string_view presented, std::string_view reference) {
  if (presented.empty() || !is_dns_reference(reference)) return false;
  if (reference.size() > 1 && reference.front() == '.') {
    return matches_subdomain(presented, reference);
  }
  const auto suffix = wildcard_suffix(presented);
  if (!suffix.empty()) return matches_wildcard(suffix, reference);
  return equal_ignoring_case(presented, reference);
}

std::optional<NameMatch> match_names(const Certificate& leaf,
                                     const std::vector<std::string>& references,
                                     bool allow_common_name) {
  if (!leaf.dns_names().empty()) return first_match(leaf.dns_names(), references);  // S53, I2
  if (!allow_common_name) return std::nullopt;
  const std::span names(leaf.common_names());
  return first_match(names.first(leaf.impl().comparable_common_names), references);
}

}  // namespace dane::x509
