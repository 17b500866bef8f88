#include "libdane/core/finding_words.hpp"

#include <utility>

#include <fmt/format.h>

namespace dane {

Finding make_finding(Severity severity, std::string id, Rules rules, std::string subject,
                     std::string text, std::string advice) {
  return {.id = std::move(id),
          .severity = severity,
          .rules = std::move(rules),
          .subject = std::move(subject),
          .text = std::move(text),
          .advice = std::move(advice)};
}

std::string list(const std::vector<std::string>& items, std::size_t limit) {
  const std::size_t shown = items.size() > limit ? limit - 1 : items.size();
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  if (shown < items.size()) out += fmt::format(" and {} more", items.size() - shown);
  return out;
}

std::string count(std::size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace dane
