#include "dane/core/domain_name.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/core/domain_text.hpp"

namespace dane {

namespace {

constexpr std::size_t max_wire = 255;
constexpr std::size_t max_label = 63;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t wire_length(const std::vector<std::string>& labels) {
  std::size_t length = 1;
  for (const auto& label : labels) length += 1 + label.size();
  return length;
}

/// Checks and canonicalises labels that came in by whatever door.
Result<std::vector<std::string>> accept_labels(std::vector<std::string> labels) {
  for (auto& label : labels) {
    if (label.empty()) return fail("domain-empty-label", "the domain name has an empty label");
    if (label.size() > max_label) {
      return fail("domain-label-too-long",
                  fmt::format("the label \"{}\" has {} octets; at most {} are allowed",
                              printable(label, 40), label.size(), max_label));
    }
    std::transform(label.begin(), label.end(), label.begin(), lower);
  }
  if (wire_length(labels) > max_wire) {
    return fail("domain-too-long", "the domain name has more than 253 characters");
  }
  return labels;
}

bool is_special(char c) {
  return std::string_view("\"$().;@\\").find(c) != std::string_view::npos;
}

void append_presentation(std::string& out, std::string_view label) {
  for (const char c : label) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= 0x20 || octet >= 0x7F) {
      out += fmt::format("\\{:03}", octet);
    } else {
      if (is_special(c)) out += '\\';
      out += c;
    }
  }
}

/// One character or escape at the front of `text`; RFC 1035 section 5.1.
Result<char> take_escape(std::string_view& text) {
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  auto bad = [] {
    return fail("domain-bad-escape",
                "a backslash must be followed by a character or by three digits up to 255");
  };
  text.remove_prefix(1);
  if (text.empty()) return bad();
  if (!is_digit(text[0])) {
    const char c = text[0];
    text.remove_prefix(1);
    return c;
  }
  if (text.size() < 3 || !is_digit(text[1]) || !is_digit(text[2])) return bad();
  const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  if (value > 255) return bad();
  text.remove_prefix(3);
  return static_cast<char>(value);
}

}  // namespace

Result<DomainName> DomainName::parse(std::string_view text) {
  return parse_typed_domain(text).and_then(accept_labels).map([](std::vector<std::string> labels) {
    return DomainName(std::move(labels));
  });
}

Result<DomainName> DomainName::parse_presentation(std::string_view text) {
  if (text.empty()) return fail("domain-empty", "the domain name is empty");
  if (text == ".") return DomainName();
  std::vector<std::string> labels(1);
  std::size_t length = 1;
  while (!text.empty()) {
    if (text.front() == '.') {
      text.remove_prefix(1);
      if (labels.back().empty() || text.empty()) break;
      labels.emplace_back();
    } else if (text.front() == '\\') {
      const auto octet = take_escape(text);
      if (!octet) return tl::unexpected(octet.error());
      labels.back() += *octet;
    } else {
      labels.back() += text.front();
      text.remove_prefix(1);
    }
    if (++length > 2 * max_wire)
      return fail("domain-too-long", "the domain name has more than 253 characters");
  }
  return accept_labels(std::move(labels)).map([](std::vector<std::string> accepted) {
    return DomainName(std::move(accepted));
  });
}

Result<DomainName> DomainName::decode_wire(ByteView wire) {
  auto invalid = [](std::string what) { return fail("domain-wire-invalid", std::move(what)); };
  if (wire.size() > max_wire) return invalid("the name has more than 255 octets");
  std::vector<std::string> labels;
  while (!wire.empty()) {
    const auto length = std::to_integer<std::size_t>(wire.front());
    wire = wire.subspan(1);
    if (length == 0) {
      if (!wire.empty()) return invalid("octets follow the end of the name");
      auto accepted = accept_labels(std::move(labels));
      if (!accepted) return invalid(accepted.error().what);
      return DomainName(std::move(*accepted));
    }
    if (length > max_label) return invalid("a label has more than 63 octets or is compressed");
    if (length > wire.size()) return invalid("a label runs past the end of the name");
    labels.push_back(to_octets(wire.first(length)));
    wire = wire.subspan(length);
  }
  return invalid("the name does not end with the root label");
}

std::string DomainName::to_string() const {
  if (labels_.empty()) return ".";
  std::string out;
  for (const auto& label : labels_) {
    if (!out.empty()) out += '.';
    append_presentation(out, label);
  }
  return out;
}

Bytes DomainName::to_wire() const {
  Bytes out;
  out.reserve(wire_length(labels_));
  for (const auto& label : labels_) {
    out.push_back(static_cast<std::byte>(label.size()));
    for (const char c : label) out.push_back(static_cast<std::byte>(c));
  }
  out.push_back(std::byte{0});
  return out;
}

DomainName DomainName::parent() const {
  if (labels_.empty()) return {};
  return DomainName({labels_.begin() + 1, labels_.end()});
}

bool DomainName::is_within(const DomainName& ancestor) const {
  if (ancestor.labels_.size() > labels_.size()) return false;
  return std::equal(ancestor.labels_.rbegin(), ancestor.labels_.rend(), labels_.rbegin());
}

Result<DomainName> DomainName::prepend(std::string_view label) const {
  std::vector<std::string> labels{std::string(label)};
  labels.insert(labels.end(), labels_.begin(), labels_.end());
  return accept_labels(std::move(labels)).map([](std::vector<std::string> accepted) {
    return DomainName(std::move(accepted));
  });
}

}  // namespace dane
