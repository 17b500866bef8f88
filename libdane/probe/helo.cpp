#include "libdane/probe/helo.hpp"

#include <algorithm>
#include <array>

#include <unistd.h>

#include "dane/probe/prober.hpp"

namespace dane::probe {
namespace {

bool is_let_dig(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// sub-domain of RFC 5321 section 4.1.2: letters, digits, inner hyphens.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && is_let_dig(label.front()) &&
         is_let_dig(label.back()) &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_let_dig(c) || c == '-'; });
}

bool is_address_literal(std::string_view inside) {
  constexpr std::string_view v6_tag = "IPv6:";
  const bool v6 = inside.substr(0, v6_tag.size()) == v6_tag;
  const auto address = IpAddress::parse(v6 ? inside.substr(v6_tag.size()) : inside);
  return address && address->is_v6() == v6;
}

}  // namespace

bool is_valid_helo(std::string_view name) {
  if (name.size() > 2 && name.front() == '[' && name.back() == ']')
    return is_address_literal(name.substr(1, name.size() - 2));
  if (name.size() > 253) return false;
  for (;;) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

std::string address_literal(const IpAddress& address) {
  return (address.is_v6() ? "[IPv6:" : "[") + address.to_string() + "]";
}

std::string qualified_host_name() {
  std::array<char, 256> text{};
  if (::gethostname(text.data(), text.size() - 1) != 0) return {};
  std::string name(text.data());
  if (name.find('.') == std::string::npos || !is_valid_helo(name)) return {};
  return name;
}

}  // namespace dane::probe
