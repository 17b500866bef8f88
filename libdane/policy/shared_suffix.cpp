#include "libdane/policy/shared_suffix.hpp"

#include <algorithm>

#include <libpsl.h>

#include "libdane/policy/words.hpp"

namespace dane::policy {

namespace {

constexpr std::size_t longest_name = 253, longest_label = 63;

std::vector<std::string> labels_of(std::string_view name) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto dot = std::min(name.find('.', begin), name.size());
    out.emplace_back(name.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return out;
}

bool is_label(std::string_view label) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= longest_label && std::ranges::all_of(label, allowed) &&
         label.front() != '-' && label.back() != '-';
}

bool ends_below(std::string_view name, std::string_view dot_suffix) {
  return name.size() > dot_suffix.size() && name.ends_with(dot_suffix);
}

/// "static.192-0-2-1.provider.example": a rented machine, and its neighbours are strangers.
bool has_address_in_name(std::string_view host) {
  constexpr std::size_t parts = 4, longest_number = 3;
  std::size_t numbers = 0, digits = 0;
  for (const char c : host) {
    if (c >= '0' && c <= '9') {
      if (++digits == 1) ++numbers;
      if (digits > longest_number) numbers = 0;
      if (numbers == parts) return true;
    } else {
      if (digits == 0 || (c != '-' && c != '.')) numbers = 0;
      digits = 0;
    }
  }
  return false;
}

}  // namespace

bool is_public_suffix(std::string_view domain) {
  // The list that is built in: a file of this machine would make reports differ.
  const auto* const rules = psl_builtin();
  const auto folded = lower(domain);
  return rules == nullptr || psl_is_public_suffix2(rules, folded.c_str(), PSL_TYPE_ANY) != 0;
}

bool is_plain_name(std::string_view name) {
  const auto folded = lower(name);
  const auto labels = labels_of(folded);
  if (labels.size() < 2 || folded.size() > longest_name) return false;
  if (!std::ranges::all_of(labels, is_label)) return false;
  // All digits at the end: an IP address, or nothing.
  return !std::ranges::all_of(labels.back(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> shared_suffix(
    const std::vector<std::string>& hosts,
    const std::vector<std::vector<std::string>>& certificate_names) {
  if (hosts.empty() || !is_plain_name(hosts.front())) return {};
  if (std::ranges::any_of(hosts, has_address_in_name)) return {};
  const auto first = lower(hosts.front());
  for (auto dot = first.find('.'); dot != std::string::npos; dot = first.find('.', dot + 1)) {
    const auto suffix = first.substr(dot);
    if (is_public_suffix(std::string_view(suffix).substr(1))) break;  // as is all above it
    const auto below = [&](const std::string& name) { return ends_below(lower(name), suffix); };
    const bool all_certificates = std::ranges::all_of(
        certificate_names,
        [&](const std::vector<std::string>& names) { return std::ranges::any_of(names, below); });
    if (std::ranges::all_of(hosts, below) && all_certificates) return suffix;
  }
  return {};
}

}  // namespace dane::policy
