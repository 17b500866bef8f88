/// \file  Usage errors: one clear line, a hint, exit status 3.  And what all options have in
/// common.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "dane/core/error.hpp"

namespace dane::tools {

[[nodiscard]] inline tl::unexpected<Error> usage_error(std::string what, std::string remedy) {
  return fail("usage", std::move(what), {}, std::move(remedy));
}

/// What the user typed, for a sentence: printable(), but backslashes stay as they were typed.
[[nodiscard]] std::string shown(std::string_view typed, std::size_t limit = 100);

struct Given {
  bool given = false;
  std::string_view option;
};
/// Refuses the first option that is given: "OPTION contradicts WITH".
[[nodiscard]] Result<void> refuse_beside(std::string_view with,
                                         std::initializer_list<Given> options,
                                         const std::string& remedy);

struct FileOption {
  const std::optional<std::string>& value;
  std::string_view option;
};
/// Refuses an empty file name, which is most often a variable without a value in a script.
[[nodiscard]] Result<void> refuse_empty(std::initializer_list<FileOption> options);

/// A whole number from `least` to `most`.  \param unit  what it counts, e.g. "days"; may be empty.
[[nodiscard]] Result<int> parse_number(std::string_view text, std::string_view option, int least,
                                       int most, std::string_view unit = {});
[[nodiscard]] Result<std::uint16_t> parse_port(std::string_view text, std::string_view option);

}  // namespace dane::tools
