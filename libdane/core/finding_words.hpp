/// \file  How findings are made and worded, whatever they are about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/core/finding.hpp"

namespace dane {

using Rules = std::vector<std::string>;

[[nodiscard]] Finding make_finding(Severity severity, std::string id, Rules rules,
                                   std::string subject, std::string text, std::string advice = {});

/// "a", "a and b", "a, b and c"; beyond `limit` items "a, b and 7 more".
[[nodiscard]] std::string list(const std::vector<std::string>& items, std::size_t limit = 8);

/// "1 server", "2 servers".
[[nodiscard]] std::string count(std::size_t n, std::string_view noun);

}  // namespace dane
