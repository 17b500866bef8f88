#include "libdane/tlsa/master_file.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "dane/core/text.hpp"

#include "libdane/tlsa/acronyms.hpp"

namespace dane::tlsa {
namespace {

constexpr std::size_t longest_head = 4;
constexpr std::size_t shown = 64;

// Types that people have in hand when they mean TLSA.  Where a class stands, any word in the place
// of the type is noticed.
constexpr std::string_view other_types[] = {
    "A",      "AAAA", "CAA", "CERT", "CNAME", "DNAME",      "DNSKEY", "DS",
    "HTTPS",  "MX",   "NS",  "NSEC", "NSEC3", "OPENPGPKEY", "PTR",    "RRSIG",
    "SMIMEA", "SOA",  "SPF", "SRV",  "SSHFP", "SVCB",       "TXT"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_numbered(std::string_view word, std::string_view prefix) {
  return word.size() > prefix.size() && same_word(word.substr(0, prefix.size()), prefix) &&
         all_digits(word.substr(prefix.size()));
}

bool is_class(std::string_view word) {
  const auto is_word = [&](std::string_view known) { return same_word(word, known); };
  return is_word("IN") || is_word("CH") || is_word("HS") || is_word("CS") ||
         is_numbered(word, "CLASS");
}

/// Seconds, or what BIND takes: "1h30m".
bool is_ttl(std::string_view word) {
  return all_digits(word.substr(0, 1)) &&
         word.find_first_not_of("0123456789wdhmsWDHMS") == std::string_view::npos;
}

bool is_type(std::string_view word) {
  return is_numbered(word, "TYPE") ||
         std::any_of(std::begin(other_types), std::end(other_types),
                     [&](std::string_view type) { return same_word(word, type); });
}

/// The words before a type, sorted out.
struct Prefix {
  std::optional<std::string_view> owner;
  std::string_view class_word;
  std::string_view stray;  ///< neither of the three
};

Prefix sort_out(std::span<const std::string_view> words) {
  Prefix prefix;
  bool has_ttl = false;
  // From the right: a lone "3600" is a TTL, not an owner.
  while (!words.empty()) {
    const auto word = words.back();
    if (prefix.class_word.empty() && is_class(word))
      prefix.class_word = word;
    else if (!has_ttl && is_ttl(word))
      has_ttl = true;
    else
      break;
    words = words.first(words.size() - 1);
  }
  if (!words.empty()) prefix.owner = words.front();
  if (words.size() > 1) prefix.stray = words.back();
  return prefix;
}

Result<DomainName> parse_owner(std::string_view word) {
  constexpr auto whole = "give the whole name, for example _25._tcp.mx.example.com.";
  if (word == "@")
    return fail("tlsa-owner-invalid", "\"@\" stands for a name that is not given", {}, whole);
  // Plain names may be typed with U-labels; escapes and wildcards only stand in zones.
  const bool plain = word.find_first_of("\\*") == std::string_view::npos;
  auto name = plain ? DomainName::parse(word) : DomainName::parse_presentation(word);
  if (name) return name;
  return fail("tlsa-owner-invalid",
              fmt::format("the owner \"{}\" is no domain name: {}", printable(word, shown),
                          name.error().what),
              {}, whole);
}

tl::unexpected<Error> wrong_type(std::string_view type) {
  return fail("tlsa-other-type",
              fmt::format("the record's type is {}, not TLSA", printable(type, shown)), {},
              "give a TLSA record, for example _25._tcp.mx.example.com. IN TLSA 3 1 1 HEX");
}

Result<RecordHead> read_head(std::span<const std::string_view> words) {
  const auto prefix = sort_out(words);
  if (!prefix.stray.empty())
    return fail("tlsa-field-invalid",
                fmt::format("\"{}\" before the type is neither a TTL nor a class",
                            printable(prefix.stray, shown)),
                {}, "write OWNER TTL IN TLSA and the data, or the data alone");
  if (!prefix.class_word.empty() && !same_word(prefix.class_word, "IN") &&
      !same_word(prefix.class_word, "CLASS1"))
    return fail("tlsa-field-invalid",
                fmt::format("class {}: TLSA records have class IN", prefix.class_word));
  RecordHead head;
  if (prefix.owner) {
    auto owner = parse_owner(*prefix.owner);
    if (!owner) return tl::unexpected(owner.error());
    head.owner = std::move(*owner);
    head.owner_ends_with_dot = prefix.owner->ends_with('.') && !prefix.owner->ends_with("\\.");
  }
  head.words = words.size() + 1;
  return head;
}

/// RDATA begins with a usage or with the generic form.
bool may_be_rdata(std::string_view first) {
  return all_digits(first) || first == "\\#" ||
         std::any_of(std::begin(usage_acronyms), std::end(usage_acronyms),
                     [&](const Acronym& usage) { return same_word(first, usage.name); });
}

/// The word in the place of the type, when the words are a record of another one.
std::optional<std::string_view> find_other_type(std::span<const std::string_view> words) {
  for (std::size_t i = 0; i < std::min(words.size(), longest_head); ++i) {
    const auto prefix = sort_out(words.first(i));
    if (!prefix.stray.empty()) return std::nullopt;
    if (is_class(words[i]) || is_ttl(words[i])) continue;
    if (!prefix.class_word.empty() || (is_type(words[i]) && !may_be_rdata(words[0])))
      return words[i];
  }
  return std::nullopt;
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool all_digits(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_tlsa_type(std::string_view word) {
  return same_word(word, "TLSA") || same_word(word, "TYPE52");
}

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
      return fail("tlsa-several-records", "the text goes on after the end of the record's line", {},
                  "give one record at a time; one of several lines needs parentheses");
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

Result<RecordHead> parse_head(std::span<const std::string_view> words) {
  const auto first = words.first(std::min(words.size(), longest_head));
  const auto type = std::find_if(first.begin(), first.end(), is_tlsa_type);
  if (type != first.end())
    return read_head(first.first(static_cast<std::size_t>(type - first.begin())));
  if (const auto other = find_other_type(words)) return wrong_type(*other);
  return RecordHead{};
}

}  // namespace dane::tlsa
