#include <algorithm>
#include <utility>

#include "dane/postfix/route.hpp"

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

/// Of those with the same preference.
bool comes_first(const Candidate& a, const Candidate& b, const std::string& family) {
  if (a.preference != b.preference) return a.preference < b.preference;
  if (family == "ipv6" || family.empty()) return a.address.is_v6() && !b.address.is_v6();
  if (family == "ipv4") return !a.address.is_v6() && b.address.is_v6();
  return false;
}

struct Share {
  std::size_t v4 = 0, v6 = 0;
};

/// Neither family crowds the other out: each may have half, and what the other leaves.
Share balanced(const std::vector<Candidate>& list, std::size_t limit) {
  const auto v6 = static_cast<std::size_t>(std::count_if(
      list.begin(), list.end(), [](const Candidate& one) { return one.address.is_v6(); }));
  const auto v4 = list.size() - v6;
  if (v4 == 0 || v6 == 0) return {limit, limit};
  if (v6 <= limit / 2) return {limit - v6, v6};
  if (v4 <= limit / 2) return {v4, limit - v4};
  const auto first = (limit + (list.front().address.is_v6() ? 0 : 1)) / 2;
  return {first, limit - first};
}

}  // namespace

Listening listening(const Settings& settings) {
  Listening out;
  for (const auto& list : {settings.inet_interfaces, settings.proxy_interfaces}) {
    for (auto word : split(list, comma_or_space)) {
      out.all |= same_word(word, "all");
      out.loopback_only |= same_word(word, "loopback-only");
      if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
      if (const auto address = IpAddress::parse(word)) out.addresses.push_back(*address);
    }
  }
  return out;
}

WithoutSelf cut_at_self(const std::vector<Candidate>& list, const std::vector<IpAddress>& own) {
  WithoutSelf out;
  const auto self = std::find_if(list.begin(), list.end(), [&](const Candidate& one) {
    return std::find(own.begin(), own.end(), one.address) != own.end();
  });
  if (self == list.end()) {
    out.list = list;
    return out;
  }
  out.found = true;
  for (const auto& one : list) {
    if (one.preference < self->preference) out.list.push_back(one);
  }
  return out;
}

Attempts order_attempts(std::vector<Candidate> list, const Settings& settings) {
  std::stable_sort(list.begin(), list.end(), [&](const Candidate& a, const Candidate& b) {
    return comes_first(a, b, settings.address_preference);
  });
  const auto limit = static_cast<std::size_t>(std::max(settings.mx_address_limit, 0));
  if (limit == 0 || list.size() <= limit) return {std::move(list), {}};
  auto share = settings.balance_inet_protocols ? balanced(list, limit) : Share{limit, limit};
  Attempts out;
  for (auto& one : list) {
    auto& left = one.address.is_v6() ? share.v6 : share.v4;
    const bool is_tried = left > 0 && out.tried.size() < limit;
    if (is_tried) --left;
    (is_tried ? out.tried : out.never).push_back(std::move(one));
  }
  return out;
}

bool uses_family(const Settings& settings, bool v6) {
  return has_word(settings.inet_protocols, "all") ||
         has_word(settings.inet_protocols, v6 ? "ipv6" : "ipv4");
}

HostLookup host_lookup(const Settings& settings) {
  const bool off = settings.dns_support_level.empty()
                       ? settings.disable_dns_lookups
                       : same_word(settings.dns_support_level, "disabled");
  if (off) return {false, false, true};
  return {true, has_word(settings.host_lookup, "dns"), has_word(settings.host_lookup, "native")};
}

}  // namespace dane::postfix
