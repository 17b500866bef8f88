#include "libdane/core/domain_text.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <idn2.h>

#include "dane/core/ip_address.hpp"
#include "dane/core/text.hpp"

namespace dane {

namespace {

/// A name of 253 octets may come from a longer text: U-labels take up to four octets a
/// character, and UTS 46 drops some characters.
constexpr std::size_t max_text = 2048;

constexpr std::string_view stops[] = {".", "\xE3\x80\x82", "\xEF\xBC\x8E", "\xEF\xBD\xA1"};

/// UTS 46 section 2.3: the ideographic and full-width full stops separate labels as "." does.
std::vector<std::string> split_labels(std::string_view text) {
  std::vector<std::string> labels(1);
  while (!text.empty()) {
    const auto* const stop = std::find_if(std::begin(stops), std::end(stops),
                                          [&](auto s) { return text.starts_with(s); });
    if (stop != std::end(stops)) {
      labels.emplace_back();
      text.remove_prefix(stop->size());
    } else {
      labels.back() += text.front();
      text.remove_prefix(1);
    }
  }
  return labels;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_';
}

/// A U-label becomes an A-label.  What is ASCII already is left alone: "xn--" labels of the old
/// IDNA are looked up as they are published.
Result<std::string> to_a_label(const std::string& label) {
  if (is_ascii(label)) return label;
  std::uint8_t* raw = nullptr;
  const int rc = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(label.c_str()), &raw,
                                IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<void, decltype(&idn2_free)> owner(raw, &idn2_free);
  if (rc == IDN2_OK) return std::string(reinterpret_cast<const char*>(raw));
  if (rc == IDN2_MALLOC) throw std::bad_alloc();
  if (rc == IDN2_TOO_BIG_LABEL || rc == IDN2_TOO_BIG_DOMAIN || rc == IDN2_PUNYCODE_BIG_OUTPUT) {
    return fail("domain-label-too-long",
                fmt::format("the label \"{}\" has more than 63 octets as an A-label",
                            printable(label, 40)));
  }
  return fail("domain-bad-idn", fmt::format("\"{}\" is not a valid internationalized label: {}",
                                            printable(label, 64), idn2_strerror(rc)));
}

tl::unexpected<Error> bad_character(std::string_view text, std::string_view character) {
  return fail("domain-bad-character",
              fmt::format("\"{}\" is not a domain name: \"{}\" cannot be part of one",
                          printable(text, 64), printable(character, 16)));
}

tl::unexpected<Error> is_address_error(std::string_view text) {
  return fail("domain-is-address",
              fmt::format("\"{}\" is an IP address, not a domain name", printable(text, 64)), {},
              "give the name of the mail domain or of the host");
}

/// Brackets, a zone ("%eth0") and a final dot are looked through.
bool is_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
    if (text.starts_with("IPv6:") || text.starts_with("ipv6:")) text.remove_prefix(5);
  }
  text = text.substr(0, text.find('%'));
  if (text.ends_with('.')) text.remove_suffix(1);
  return IpAddress::parse(text).has_value();
}

/// "192.0.2.256", "127.1": nobody means a name by that, and resolvers may read an address.
bool is_all_numeric(const std::vector<std::string>& labels) {
  return std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
    return !label.empty() && std::all_of(label.begin(), label.end(), is_digit);
  });
}

Result<std::vector<std::string>> to_a_labels(std::vector<std::string> labels,
                                             std::string_view text) {
  for (auto& label : labels) {
    auto converted = to_a_label(label);
    if (!converted) return tl::unexpected(converted.error());
    label = std::move(*converted);
    const auto bad = std::find_if_not(label.begin(), label.end(), is_allowed);
    if (bad != label.end()) return bad_character(text, {&*bad, 1});
  }
  return labels;
}

}  // namespace

Result<std::vector<std::string>> parse_typed_domain(std::string_view text) {
  if (text.size() > max_text) {
    return fail("domain-too-long", "the domain name has more than 253 characters");
  }
  if (text.find('\0') != std::string_view::npos) return bad_character(text, {"\0", 1});
  if (!is_utf8(text)) {
    return fail("domain-bad-character",
                fmt::format("\"{}\" is not a domain name: it is not UTF-8", printable(text, 64)));
  }
  if (is_address(text)) return is_address_error(text);
  auto labels = split_labels(text);
  if (labels.size() > 1 && labels.back().empty()) labels.pop_back();
  if (labels.size() == 1 && labels.front().empty()) {
    return fail("domain-empty", "the domain name is empty");
  }
  auto converted = to_a_labels(std::move(labels), text);
  if (converted && is_all_numeric(*converted)) return is_address_error(text);
  return converted;
}

}  // namespace dane
