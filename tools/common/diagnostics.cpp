#include "tools/common/diagnostics.hpp"

#include <cstdio>

#include <fmt/core.h>

#include "dane/core/text.hpp"

namespace dane::tools {

namespace {
constexpr std::size_t longest = 1024;
}

void print_error(std::string_view tool, const Error& error) {
  const auto where = error.where.empty() ? std::string{} : printable(error.where, longest) + ": ";
  fmt::print(stderr, "{}: error: {}{}\n", tool, where, printable(error.what, longest));
  if (!error.remedy.empty()) {
    fmt::print(stderr, "{}: hint: {}\n", tool, printable(error.remedy, longest));
  }
}

void print_warning(std::string_view tool, std::string_view text) {
  fmt::print(stderr, "{}: warning: {}\n", tool, printable(text, longest));
}

}  // namespace dane::tools
