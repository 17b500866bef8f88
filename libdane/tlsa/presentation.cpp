#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "dane/core/text.hpp"
#include "dane/tlsa/record.hpp"

#include "libdane/tlsa/acronyms.hpp"

namespace dane::tlsa {
namespace {

constexpr std::size_t max_rdata = 65535;
// Two hex digits an octet, and room for generous white space and comments.
constexpr std::size_t max_text = 8 * max_rdata;
constexpr const char* example = "write it as \"3 1 1 HEX\"";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

/// Splits RDATA text into words by the rules of master files (RFC 1035 section 5.1): parentheses
/// carry a record over line ends, a semicolon starts a comment.
Result<std::vector<std::string_view>> split_words(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  const auto is_line_end = [](char c) { return c == '\n' || c == '\r'; };
  std::vector<std::string_view> words;
  bool in_parentheses = false;
  bool line_ended = false;  // outside parentheses nothing may follow the end of the line
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (is_space(c)) {
      ++i;
    } else if (is_line_end(c)) {
      line_ended = line_ended || (!in_parentheses && !words.empty());
      ++i;
    } else if (c == ';') {
      while (i < text.size() && !is_line_end(text[i])) ++i;
    } else if (line_ended) {
      return fail("tlsa-field-invalid", "the record goes on after the end of its line", {},
                  "give one record, on one line or in parentheses");
    } else if (c == '(' || c == ')') {
      if (in_parentheses == (c == '('))
        return fail("tlsa-field-invalid", "unbalanced parenthesis in the TLSA record");
      in_parentheses = c == '(';
      ++i;
    } else {
      const std::size_t end = text.find_first_of(" \t\r\n();", i);
      words.push_back(text.substr(i, end == std::string_view::npos ? end : end - i));
      i = end == std::string_view::npos ? text.size() : end;
    }
  }
  if (in_parentheses) return fail("tlsa-field-invalid", "a parenthesis is not closed");
  return words;
}

bool all_digits(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

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

Result<Bytes> parse_hex_words(std::span<const std::string_view> words) {
  std::string hex;
  for (const std::string_view word : words) {
    if (word.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
      return fail(
          "tlsa-bad-hex",
          fmt::format("\"{}\" in the association data is not hexadecimal", printable(word, 40)), {},
          "give the association data as hexadecimal digits");
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

}  // namespace

Result<Record> parse_presentation(std::string_view text) {
  if (text.size() > max_text)
    return fail("tlsa-too-long",
                fmt::format("the text has {} octets, too many for one TLSA record", text.size()));
  const auto words = split_words(text);
  if (!words) return tl::unexpected(words.error());
  if (!words->empty() && words->front() == "\\#") return parse_generic(*words);
  if (words->size() < 4)
    return fail("tlsa-field-missing",
                "a TLSA record needs usage, selector, matching type and association data", {},
                example);
  const auto usage = parse_field((*words)[0], "certificate usage", usage_acronyms);
  if (!usage) return tl::unexpected(usage.error());
  const auto selector = parse_field((*words)[1], "selector", selector_acronyms);
  if (!selector) return tl::unexpected(selector.error());
  const auto matching_type = parse_field((*words)[2], "matching type", matching_type_acronyms);
  if (!matching_type) return tl::unexpected(matching_type.error());
  auto data = parse_hex_words(std::span(*words).subspan(3));
  if (!data) return tl::unexpected(data.error());
  if (data->size() + 3 > max_rdata)
    return fail("tlsa-too-long", "a TLSA record cannot hold more than 65535 octets");
  return Record{static_cast<CertificateUsage>(*usage), static_cast<Selector>(*selector),
                static_cast<MatchingType>(*matching_type), std::move(*data)};
}

}  // namespace dane::tlsa
