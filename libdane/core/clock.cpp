#include "dane/core/clock.hpp"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane {

namespace {

using namespace std::chrono;

/// Reads from the front of a text; every member says whether it could.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool skip_letter(char upper) { return skip(upper) || skip(static_cast<char>(upper + 32)); }

  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool skip_digits() {
    std::size_t n = 0;
    while (n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9') ++n;
    rest_.remove_prefix(n);
    return n > 0;
  }

 private:
  std::string_view rest_;
};

std::optional<year_month_day> read_date(Reader& in) {
  const auto y = in.number(4);
  if (!y || !in.skip('-')) return std::nullopt;
  const auto m = in.number(2);
  if (!m || !in.skip('-')) return std::nullopt;
  const auto d = in.number(2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

/// Seconds since midnight; 23:59:60 gives 86400.
std::optional<seconds> read_time(Reader& in, bool& leap_second) {
  const auto h = in.number(2);
  if (!h || !in.skip(':')) return std::nullopt;
  const auto m = in.number(2);
  if (!m || !in.skip(':')) return std::nullopt;
  const auto s = in.number(2);
  if (!s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  if (in.skip('.') && !in.skip_digits()) return std::nullopt;
  leap_second = *s == 60;
  return hours{*h} + minutes{*m} + seconds{*s};
}

std::optional<seconds> read_offset(Reader& in) {
  if (in.skip_letter('Z')) return seconds{0};
  const bool minus = in.skip('-');
  if (!minus && !in.skip('+')) return std::nullopt;
  const auto h = in.number(2);
  if (!h || !in.skip(':')) return std::nullopt;
  const auto m = in.number(2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  const seconds offset = hours{*h} + minutes{*m};
  return minus ? -offset : offset;
}

/// Leap seconds come at the end of a month in UTC (RFC 3339 appendix D), so the second after one
/// begins a month.
bool follows_a_leap_second(TimePoint t) {
  const auto today = floor<days>(t);
  return t == today && year_month_day{today}.day() == day{1};
}

std::optional<TimePoint> read_rfc3339(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  if (!date || !in.skip_letter('T')) return std::nullopt;
  bool leap_second = false;
  const auto time = read_time(in, leap_second);
  if (!time) return std::nullopt;
  const auto offset = read_offset(in);
  if (!offset || !in.at_end()) return std::nullopt;
  const TimePoint t = sys_days{*date} + *time - *offset;
  if (!leap_second) return t;
  if (!follows_a_leap_second(t)) return std::nullopt;
  return t - seconds{1};  // UTC without leap seconds repeats the second before
}

}  // namespace

TimePoint SystemClock::now() const {
  return floor<seconds>(system_clock::now());
}

milliseconds time_left(Deadline deadline) {
  const auto now = steady_clock::now();
  if (deadline <= now) return milliseconds{0};
  return floor<milliseconds>(deadline - now);
}

Result<TimePoint> parse_rfc3339(std::string_view text) {
  if (const auto t = read_rfc3339(text)) return *t;
  return fail("time-invalid", "\"" + printable(text, 64) + "\" is not an RFC 3339 date and time",
              {}, "write it like 2026-11-21T22:00:00Z or 2026-11-21T23:00:00+01:00");
}

std::string format_rfc3339(TimePoint t) {
  const auto today = floor<days>(t);
  const year_month_day date{today};
  const hh_mm_ss time{t - today};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string format_duration(seconds d) {
  // Unsigned, since the most negative count has no positive counterpart.
  const auto count = static_cast<std::uint64_t>(d.count());
  const std::uint64_t s = d.count() < 0 ? 0 - count : count;
  constexpr std::uint64_t minute = 60, hour = 3600, day = 86400;
  if (s < 2 * minute) return fmt::format("{} s", s);
  if (s < 2 * hour) return fmt::format("{} minutes", s / minute);
  if (s < 2 * day) return fmt::format("{} hours", s / hour);
  return fmt::format("{} days", s / day);
}

}  // namespace dane
