#include "tools/common/offline.hpp"

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/common/usage.hpp"

namespace dane::tools {

namespace {

constexpr std::size_t most_records = 1000;

/// Without the quotes that came along when the text was copied.
std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() > 1 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

Result<void> refuse_network_options(std::string_view with, const CommonArguments& a) {
  return refuse_beside(with,
                       {{a.save.has_value(), "--save"},
                        {a.replay.has_value(), "--replay"},
                        {!a.resolvers.empty(), "--resolver"},
                        {a.validator.has_value(), "--validator"},
                        {a.trust_anchor.has_value(), "--trust-anchor"}},
                       "leave out one or the other");
}

Result<void> refuse_missing_chain(const std::optional<std::string>& file) {
  if (file) return {};
  return usage_error("--chain is missing",
                     "name the file with the chain, leaf first, or - for standard input");
}

Result<x509::Chain> read_chain(const std::string& file, Deadline deadline) {
  auto chain = x509::read_certificates(file, x509::max_chain_length, deadline);
  if (!chain) return chain;
  if (const auto fine = x509::check_leaf_first(*chain, printable(file, 200)); !fine)
    return tl::unexpected(fine.error());
  return chain;
}

Result<void> refuse_many_records(const std::vector<std::string>& records) {
  if (records.size() <= most_records) return {};
  return usage_error(fmt::format("{} records", records.size()), "give at most 1000 --tlsa");
}

Result<tlsa::ZoneRecord> parse_record_argument(const std::string& text) {
  auto read = tlsa::parse_zone_record(unquoted(text));
  if (read) return read;
  const auto& error = read.error();
  std::string hint = error.remedy.empty() ? "write --tlsa '3 1 1 HEX'" : error.remedy;
  if (error.code == "tlsa-field-missing") hint = "write it in quotes: --tlsa '3 1 1 HEX'";
  if (error.code == "tlsa-several-records")
    hint = "give each record its own --tlsa; one of several lines needs parentheses";
  return usage_error(fmt::format("--tlsa '{}': {}", shown(text), error.what), std::move(hint));
}

}  // namespace dane::tools
