/// \file  Time of evaluation, and deadlines.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "dane/core/error.hpp"

namespace dane {

/// Wall-clock time, UTC, whole seconds: certificate dates, RRSIG dates, "evaluated at".
using TimePoint = std::chrono::sys_seconds;

/// When an operation has to have ended, on the monotonic clock.
using Deadline = std::chrono::steady_clock::time_point;

/// Source of the evaluation time.  Judging code is handed a TimePoint and never asks a clock.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

class FixedClock final : public Clock {
 public:
  explicit FixedClock(TimePoint at) : at_(at) {}
  [[nodiscard]] TimePoint now() const override { return at_; }

 private:
  TimePoint at_;
};

/// Time left until `deadline`; zero when it has passed.
[[nodiscard]] std::chrono::milliseconds time_left(Deadline deadline);

/// Parses RFC 3339 section 5.6 date-time ("2026-11-21T22:00:00Z", offsets accepted, fractions
/// dropped; a leap second is the second before it).  \return `time-invalid` for anything else,
/// impossible dates included.
[[nodiscard]] Result<TimePoint> parse_rfc3339(std::string_view text);
[[nodiscard]] std::string format_rfc3339(TimePoint t);  ///< "2026-11-21T22:00:00Z"

/// "3 days", "7 hours", "90 s": for people, rounded down, never fewer than two of a unit but
/// seconds; negative values read like positive ones.
[[nodiscard]] std::string format_duration(std::chrono::seconds d);

}  // namespace dane
