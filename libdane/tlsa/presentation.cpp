#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "dane/core/text.hpp"
#include "dane/tlsa/record.hpp"

#include "libdane/tlsa/acronyms.hpp"
#include "libdane/tlsa/master_file.hpp"

namespace dane::tlsa {
namespace {

constexpr std::size_t max_rdata = 65535;
// Two hex digits an octet, and room for generous white space and comments.
constexpr std::size_t max_text = 8 * max_rdata;
constexpr const char* example = "write it as \"3 1 1 HEX\"";

/// An unsigned decimal of at most `limit`, which is below 100,000; nothing when it is larger.
std::optional<std::uint32_t> decimal(std::string_view digits, std::uint32_t limit) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
    if (value > limit) return std::nullopt;
  }
  return value;
}

Result<std::uint8_t> parse_field(std::string_view word, std::string_view field,
                                 std::span<const Acronym> names) {
  if (all_digits(word)) {
    const auto value = decimal(word, 255);
    if (!value)
      return fail("tlsa-field-range", fmt::format("{} {} is over 255", field, printable(word, 20)));
    return static_cast<std::uint8_t>(*value);
  }
  std::string known;
  for (const Acronym& a : names) {
    if (same_word(word, a.name)) return a.value;
    known += (known.empty() ? "" : ", ") + std::string(a.name);
  }
  return fail("tlsa-field-invalid",
              fmt::format("\"{}\" is not a TLSA {}", printable(word, 40), field), {},
              fmt::format("use a number from 0 to 255 or one of {}", known));
}

tl::unexpected<Error> not_hex(std::string_view word) {
  // Reports for people show "3 1 1 8d02536c...c8bd".
  const bool is_cut = word.find("...") != std::string_view::npos ||
                      word.find("\xE2\x80\xA6") != std::string_view::npos;
  return fail("tlsa-bad-hex",
              fmt::format("\"{}\" in the association data is {}", printable(word, 40),
                          is_cut ? "cut short" : "not hexadecimal"),
              {},
              is_cut ? "give all of its digits; reports show them with --verbose"
              : word.find(':') != std::string_view::npos
                  ? "write the association data without colons"
                  : "give the association data as hexadecimal digits");
}

/// "3 1 1 DIGEST 3 1 1 DIGEST": white space is allowed within the data, so that a second record
/// would pass for more of it.
bool is_next_record(std::string_view hex, std::span<const std::string_view> words) {
  constexpr std::size_t sha256_digits = 64, sha512_digits = 128;
  if (hex.size() != sha256_digits && hex.size() != sha512_digits) return false;
  const auto is_parameter = [](std::string_view word) { return word.size() == 1 && word < "4"; };
  return words.size() > 3 && std::all_of(words.begin(), words.begin() + 3, is_parameter) &&
         words[3].size() > 1;
}

tl::unexpected<Error> several_records() {
  return fail("tlsa-several-records", "more than one record", {}, "give one record at a time");
}

Result<Bytes> parse_hex_words(std::span<const std::string_view> words) {
  if (std::any_of(words.begin(), words.end(), is_tlsa_type)) return several_records();
  std::string hex;
  for (; !words.empty(); words = words.subspan(1)) {
    if (is_next_record(hex, words)) return several_records();
    const auto word = words.front();
    if (word.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
      return not_hex(word);
    hex += word;
  }
  if (hex.size() % 2 != 0)
    return fail(
        "tlsa-odd-hex",
        fmt::format("the association data has {} hexadecimal digits, an odd number", hex.size()),
        {}, "two digits make an octet: one is missing or one too many");
  if (hex.size() / 2 > max_rdata)
    return fail("tlsa-too-long", "a TLSA record cannot hold more than 65535 octets");
  return from_hex(hex);
}

/// `\# LENGTH HEX...`, RFC 3597 section 5.
Result<Record> parse_generic(std::span<const std::string_view> words) {
  if (words.size() < 2 || !all_digits(words[1]))
    return fail("tlsa-generic-length", "the generic form lacks its length", {},
                R"(write it as "\# 35 030101...")");
  const auto length = decimal(words[1], max_rdata);
  if (!length) return fail("tlsa-too-long", "a record cannot hold more than 65535 octets");
  auto rdata = parse_hex_words(words.subspan(2));
  if (!rdata) return tl::unexpected(rdata.error());
  if (rdata->size() != *length)
    return fail(
        "tlsa-generic-length",
        fmt::format("the generic form announces {} octets and holds {}", *length, rdata->size()));
  return decode_rdata(*rdata);
}

/// The RDATA of a record.
Result<Record> parse_rdata(std::span<const std::string_view> words) {
  if (!words.empty() && words.front() == "\\#") return parse_generic(words);
  if (words.size() < 4)
    return fail("tlsa-field-missing",
                "a TLSA record needs usage, selector, matching type and association data", {},
                example);
  const auto usage = parse_field(words[0], "certificate usage", usage_acronyms);
  if (!usage) return tl::unexpected(usage.error());
  const auto selector = parse_field(words[1], "selector", selector_acronyms);
  if (!selector) return tl::unexpected(selector.error());
  const auto matching_type = parse_field(words[2], "matching type", matching_type_acronyms);
  if (!matching_type) return tl::unexpected(matching_type.error());
  auto data = parse_hex_words(words.subspan(3));
  if (!data) return tl::unexpected(data.error());
  if (data->size() + 3 > max_rdata)
    return fail("tlsa-too-long", "a TLSA record cannot hold more than 65535 octets");
  return Record{static_cast<CertificateUsage>(*usage), static_cast<Selector>(*selector),
                static_cast<MatchingType>(*matching_type), std::move(*data)};
}

}  // namespace

Result<ZoneRecord> parse_zone_record(std::string_view text) {
  if (text.size() > max_text)
    return fail("tlsa-too-long",
                fmt::format("the text has {} octets, too many for one TLSA record", text.size()));
  const auto words = split_words(text);
  if (!words) return tl::unexpected(words.error());
  auto head = parse_head(*words);
  if (!head) return tl::unexpected(head.error());
  auto record = parse_rdata(std::span(*words).subspan(head->words));
  if (!record) return tl::unexpected(record.error());
  return ZoneRecord{std::move(head->owner), head->owner_ends_with_dot, std::move(*record)};
}

Result<Record> parse_presentation(std::string_view text) {
  return parse_zone_record(text).map([](ZoneRecord read) { return std::move(read.record); });
}

}  // namespace dane::tlsa
