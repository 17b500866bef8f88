/// \file  Deadlines of tests.
#pragma once

#include <chrono>

#include "dane/core/clock.hpp"

namespace dane::test {

inline Deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

}  // namespace dane::test
