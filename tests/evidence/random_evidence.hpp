/// \file  Random evidence for property tests.
#pragma once

#include <random>

#include "dane/evidence/evidence.hpp"

namespace dane::test {

/// Any value that encode() can write: every outcome, odd names, empty and long texts.
[[nodiscard]] evidence::Evidence random_evidence(std::mt19937& random);

[[nodiscard]] x509::Certificate certificate(std::string_view base64);
[[nodiscard]] DomainName name(std::string_view text);
[[nodiscard]] IpAddress address(std::string_view text);
[[nodiscard]] TimePoint time_of(std::string_view rfc3339);

}  // namespace dane::test
