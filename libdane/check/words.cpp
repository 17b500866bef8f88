#include "libdane/check/words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::check {

namespace {

constexpr int suggested_ttl = 3600;  // an hour: short enough to correct a mistake the same day
constexpr std::size_t shown_hex_digits = 128;  // a SHA-512 digest fits

}  // namespace

Finding make_critical(std::string id, Rules rules, std::string text, std::string advice) {
  return make_finding(Severity::critical, std::move(id), std::move(rules), {}, std::move(text),
                      std::move(advice));
}

std::string place_of(const Endpoint& endpoint) {
  return fmt::format("[{}]:{}", endpoint.address.to_string(), endpoint.port);
}

std::string show(const tlsa::Record& record) {
  auto hex = to_hex(record.association_data);
  if (hex.size() > shown_hex_digits) {
    hex.resize(shown_hex_digits / 4);
    hex += fmt::format("... ({} octets)", record.association_data.size());
  }
  return tlsa::format_parameters(record) + " " + (hex.empty() ? "(no data)" : hex);
}

std::string show(const std::vector<tlsa::Record>& records) {
  std::vector<std::string> items;
  items.reserve(records.size());
  for (const auto& record : records) items.push_back(show(record));
  return list(items, 4);
}

std::string zone_line(const std::string& owner, const tlsa::Record& record) {
  if (owner.empty()) return tlsa::format_presentation(record);
  return fmt::format("{}. {} IN TLSA {}", owner, suggested_ttl, tlsa::format_presentation(record));
}

std::string quoted(const std::string& distinguished_name) {
  if (distinguished_name.empty()) return "(no subject)";
  return "\"" + printable(distinguished_name, 160) + "\"";
}

std::string describe(const x509::Chain& chain, std::size_t position) {
  if (position == 0) return "the server's certificate";
  return "the CA certificate " + quoted(chain.at(position).subject());
}

std::vector<Finding> merge_places(const std::string& name, const std::vector<Placed>& placed) {
  std::vector<Finding> merged;
  std::vector<std::vector<std::string>> places;
  for (const auto& [place, finding] : placed) {
    const auto same = std::ranges::find(merged, finding);
    const auto index = static_cast<std::size_t>(same - merged.begin());
    if (same == merged.end()) {
      merged.push_back(finding);
      places.emplace_back();
    }
    if (!place.empty() && std::ranges::find(places[index], place) == places[index].end())
      places[index].push_back(place);
  }
  for (std::size_t i = 0; i < merged.size(); ++i) {
    merged[i].subject = name;
    if (places[i].empty()) continue;
    constexpr std::size_t shown = 6;
    for (std::size_t p = 0; p < places[i].size() && p < shown; ++p)
      merged[i].subject += (p == 0 ? " " : ", ") + places[i][p];
    if (places[i].size() > shown)
      merged[i].subject += fmt::format(" and {} more", places[i].size() - shown);
  }
  return merged;
}

}  // namespace dane::check
