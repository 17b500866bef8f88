/// \file  Master files (RFC 1035 section 5.1) as far as one TLSA record needs them.  Internal to
/// tlsa.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dane/core/domain_name.hpp"
#include "dane/core/error.hpp"

namespace dane::tlsa {

/// The words of one record: parentheses carry it over line ends, a semicolon starts a comment.
/// \return `tlsa-field-invalid` for unbalanced parentheses, `tlsa-several-records` when the text
/// goes on after the end of the record's line.
[[nodiscard]] Result<std::vector<std::string_view>> split_words(std::string_view text);

/// What stands before the RDATA: `[OWNER] [TTL] [CLASS] TYPE`.
struct RecordHead {
  std::optional<DomainName> owner;
  bool owner_ends_with_dot = false;
  std::size_t words = 0;  ///< how many; 0 when the text is RDATA alone
};

/// \return `tlsa-other-type`, `tlsa-owner-invalid`, or `tlsa-field-invalid` for another class and
/// for words that are neither of the three.
[[nodiscard]] Result<RecordHead> parse_head(std::span<const std::string_view> words);

[[nodiscard]] bool same_word(std::string_view a,
                             std::string_view b);        ///< in ASCII letters' any case
[[nodiscard]] bool all_digits(std::string_view word);    ///< at least one
[[nodiscard]] bool is_tlsa_type(std::string_view word);  ///< "TLSA", "TYPE52"

}  // namespace dane::tlsa
