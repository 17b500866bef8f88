#include "tools/common/usage.hpp"

#include <charconv>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::tools {

std::string shown(std::string_view typed, std::size_t limit) {
  std::string out;
  while (true) {
    const auto backslash = typed.find('\\');
    out += printable(typed.substr(0, backslash), limit);
    if (backslash == std::string_view::npos) return out;
    if (out.size() >= limit) return out + "...";
    out += '\\';
    typed.remove_prefix(backslash + 1);
  }
}

Result<void> refuse_beside(std::string_view with, std::initializer_list<Given> options,
                           const std::string& remedy) {
  for (const auto& [given, option] : options) {
    if (given) return usage_error(fmt::format("{} contradicts {}", option, with), remedy);
  }
  return {};
}

Result<void> refuse_empty(std::initializer_list<FileOption> options) {
  for (const auto& [value, option] : options) {
    if (value && value->empty())
      return usage_error(fmt::format("{}: the value is empty", option),
                         "give a value, or leave the option out");
  }
  return {};
}

Result<int> parse_number(std::string_view text, std::string_view option, int least, int most,
                         std::string_view unit) {
  int value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  const bool is_number = fault != std::errc::invalid_argument && stop == end;
  if (is_number && fault == std::errc{} && value >= least && value <= most) return value;
  return usage_error(
      fmt::format("{}: '{}' is {}", option, shown(text, 64),
                  is_number ? "out of range" : "no whole number"),
      fmt::format("give {} from {} to {}", unit.empty() ? "a number" : unit, least, most));
}

Result<std::uint16_t> parse_port(std::string_view text, std::string_view option) {
  return parse_number(text, option, 1, 65535, "a port number").map([](int port) {
    return static_cast<std::uint16_t>(port);
  });
}

}  // namespace dane::tools
