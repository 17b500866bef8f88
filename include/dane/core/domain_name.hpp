/// \file  A fully qualified domain name as a value.  RFC 1035 section 3.1, RFC 5890.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/bytes.hpp"
#include "dane/core/error.hpp"

namespace dane {

/// Always absolute; ASCII letters are lower case; at most 255 octets in wire form, labels at
/// most 63.  Labels may hold any octet (DNS data is hostile): to_string() escapes.
class DomainName {
 public:
  DomainName() = default;  ///< the root

  /// What a user typed: IDN U-labels become A-labels (IDNA2008 with UTS 46 mapping, libidn2), a
  /// trailing dot is accepted.  \return `domain-empty`, `domain-empty-label`, `domain-too-long`,
  /// `domain-label-too-long`, `domain-is-address` (IP addresses, with or without brackets,
  /// and names of digits alone),
  /// `domain-bad-character` (control, space, anything not a letter, digit, '-', '_'),
  /// `domain-bad-idn`.
  [[nodiscard]] static Result<DomainName> parse(std::string_view text);

  /// DNS presentation form, RFC 1035 section 5.1: `\.` and `\DDD` escapes, any octet, "." is the
  /// root. \return `domain-empty`, `domain-empty-label`, `domain-too-long`,
  /// `domain-label-too-long`, `domain-bad-escape`.
  [[nodiscard]] static Result<DomainName> parse_presentation(std::string_view text);

  /// Uncompressed wire form from the front of `wire`; all of `wire` must be used.
  /// \return `domain-wire-invalid` otherwise.
  [[nodiscard]] static Result<DomainName> decode_wire(ByteView wire);

  [[nodiscard]] bool is_root() const { return labels_.empty(); }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }

  /// Presentation form without the trailing dot ("." for the root); octets outside printable ASCII
  /// and the specials are escaped, so the result is safe for a terminal.
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] Bytes to_wire() const;  ///< canonical (lower case), uncompressed

  /// The name without its first label; the root's parent is the root.
  [[nodiscard]] DomainName parent() const;
  /// True when `this` is `ancestor` or below it.
  [[nodiscard]] bool is_within(const DomainName& ancestor) const;
  /// `label` in front of the name, e.g. "_tcp".  \return `domain-too-long` or
  /// `domain-label-too-long`.
  [[nodiscard]] Result<DomainName> prepend(std::string_view label) const;

  auto operator<=>(const DomainName&) const = default;
  bool operator==(const DomainName&) const = default;

 private:
  explicit DomainName(std::vector<std::string> labels) : labels_(std::move(labels)) {}
  std::vector<std::string> labels_;
};

}  // namespace dane
