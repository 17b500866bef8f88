/// \file  Random verification requests over the world.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "dane/verify/verify.hpp"

#include "tests/verify/world.hpp"

namespace dane::test {

struct Case {
  verify::Request request;
  Key leaf_key;
  bool tls13 = true;
  std::string description;  ///< labels and parameters, for a failing case
};

/// Case number `index` of a seed; the keys in the world differ from run to run, the shapes do not.
[[nodiscard]] Case make_case(const World& world, const World& other_world, std::uint64_t seed,
                             std::uint64_t index);

}  // namespace dane::test
