/// \file  Values with which smtp(8) ends at its start.  Internal to postfix.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dane::postfix {

enum class ValueKind { boolean, number, time, text };

/// A parameter of smtp(8) that changes nothing here, but has to be well formed.
struct CheckedParameter {
  std::string_view name;
  ValueKind kind;
  int least = 0;  ///< of a text: its length; 0: any
  std::string_view since = "2.6";
};
[[nodiscard]] std::span<const CheckedParameter> checked_parameters();

/// As strtol() does.  \return nothing where there is more than a number, or none that fits.
[[nodiscard]] std::optional<int> whole_number(std::string_view text);
/// \return what smtp(8) logs as "fatal:"; nothing where it takes the value
[[nodiscard]] std::optional<std::string> value_fault(const CheckedParameter& parameter,
                                                     std::string_view value);

}  // namespace dane::postfix
