#include <limits>
#include <random>

#include <catch2/catch.hpp>

#include "dane/core/clock.hpp"
#include "dane/core/text.hpp"

using namespace std::chrono_literals;
using dane::TimePoint;

namespace {

TimePoint at(long long seconds) {
  return TimePoint{std::chrono::seconds{seconds}};
}

}  // namespace

TEST_CASE("hostile text is made harmless", "[core][text]") {
  const auto [hostile, expected] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"220 mx1.example.com ESMTP", "220 mx1.example.com ESMTP"},
      {"Grüße, 日本, 🙂", "Grüße, 日本, 🙂"},
      {"a\\b", "a\\\\b"},
      {std::string("mx1\0.evil", 9), "mx1\\x00.evil"},
      {"\x1b]0;title\x07\x1b[31m", "\\x1b]0;title\\x07\\x1b[31m"},
      {"two\r\nlines\t", "two\\x0d\\x0alines\\x09"},
      {"\x7f", "\\x7f"},
      {"\u009b31m", "\\xc2\\x9b31m"},               // C1 control sequence introducer
      {"\u202Egnp.exe", "\\xe2\\x80\\xaegnp.exe"},  // right-to-left override
      {"\u2066x\u2069", "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9"},
      {"a\u200Eb\u200Fc\u061Cd", "a\\xe2\\x80\\x8eb\\xe2\\x80\\x8fc\\xd8\\x9cd"},
      {"a\u2028b\u2029", "a\\xe2\\x80\\xa8b\\xe2\\x80\\xa9"},
      {"pay\u200Bpal\uFEFF", "pay\\xe2\\x80\\x8bpal\\xef\\xbb\\xbf"},
      {"a\u00ADb", "a\\xc2\\xadb"},
      {"\xFF\xFE", "\\xff\\xfe"},
      {"\xC3", "\\xc3"},  // cut short
      {"\xC3(", "\\xc3("},
      {"\xC0\xAF", "\\xc0\\xaf"},  // overlong "/"
      {"\xE0\x80\xAF", "\\xe0\\x80\\xaf"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},           // surrogate
      {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond U+10FFFF
      {"M\xFCnchen", "M\\xfcnchen"},
  }));
  CHECK(dane::printable(hostile) == expected);
}

TEST_CASE("long text is cut between characters and escapes", "[core][text]") {
  CHECK(dane::printable("abcdefgh", 8) == "abcdefgh");
  CHECK(dane::printable("abcdefghi", 8) == "abcde...");
  CHECK(dane::printable("abcd\x01", 8) == "abcd\\x01");
  CHECK(dane::printable("abcde\x01", 8) == "abcde...");
  CHECK(dane::printable("abc\x01zz", 8) == "abc...");
  CHECK(dane::printable("abcd\u00FCxyz", 8) == "abcd...");
  CHECK(dane::printable("abc\u00FCxyz", 8) == "abc\u00FCxyz");
  CHECK(dane::printable("abc\u00FCxyzw", 8) == "abc\u00FC...");
  CHECK(dane::printable("abcdef", 2) == "..");
  CHECK(dane::printable("abcdef", 0).empty());
  CHECK(dane::printable(std::string(10'000'000, '\x01')).size() <= 512);
}

TEST_CASE("whatever comes in, printable text is one line of UTF-8", "[core][text]") {
  std::mt19937 random(6698);
  for (int round = 0; round < 5000; ++round) {
    std::string hostile(random() % 40, '\0');
    for (auto& c : hostile)
      c = static_cast<char>(random() % 4 == 0 ? random() % 128 : random() % 256);
    const std::string shown = dane::printable(hostile, 60);
    REQUIRE(dane::is_utf8(shown));
    REQUIRE(shown.size() <= 60);
    for (const char c : shown) REQUIRE(((c & 0x80) != 0 || (c >= 0x20 && c != 0x7F)));
    // Nothing is lost: what fits tells different inputs apart.
    if (hostile.size() > 0 && shown.size() < 57)
      REQUIRE(dane::printable(hostile + "x", 60) != shown);
  }
}

TEST_CASE("UTF-8 is judged by RFC 3629", "[core][text]") {
  for (const auto* good : {"", "abc", "ü", "日本", "🙂", "\u007f", "\u0080", "\u07ff", "\u0800",
                           "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    INFO(good);
    CHECK(dane::is_utf8(good));
  }
  for (const auto* bad :
       {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF8\x88\x80\x80\x80", "a\xE2\x82", "\xE2\x28\xA1"}) {
    CHECK_FALSE(dane::is_utf8(bad));
  }
}

TEST_CASE("RFC 3339 times are read", "[core][time]") {
  // Counted with Python's datetime; leap second examples of RFC 3339 section 5.8.
  const auto [text, expected] = GENERATE(table<std::string, long long>({
      {"2026-11-21T22:00:00Z", 1795298400},
      {"2026-11-21t22:00:00z", 1795298400},
      {"2026-11-21T22:00:00.999999999Z", 1795298400},
      {"2026-11-21T23:00:00+01:00", 1795298400},
      {"2026-11-21T22:00:00-00:00", 1795298400},
      {"1970-01-01T00:00:00Z", 0},
      {"1969-12-31T23:59:59Z", -1},
      {"2000-02-29T12:34:56-07:30", 951854696},
      {"1996-12-19T16:39:57-08:00", 851042397},
      {"1600-02-29T00:00:00Z", -11670998400},
      {"2038-01-19T03:14:08Z", 2147483648},
      {"0001-01-01T00:00:00Z", -62135596800},
      {"9999-12-31T23:59:59Z", 253402300799},
      {"2016-12-31T23:59:60Z", 1483228799},
      {"1990-12-31T15:59:60-08:00", 662687999},
  }));
  INFO(text);
  const auto t = dane::parse_rfc3339(text);
  REQUIRE(t.has_value());
  CHECK(t->time_since_epoch().count() == expected);
  CHECK(dane::parse_rfc3339(dane::format_rfc3339(*t)) == *t);
}

TEST_CASE("other times are refused", "[core][time]") {
  const auto* text = GENERATE(
      "", "now", "2026-11-21", "2026-11-21T22:00:00", "2026-11-21 22:00:00Z", "2026-11-21T22:00Z",
      "2026-11-21T22:00:00.Z", "2026-11-21T22:00:00ZZ", " 2026-11-21T22:00:00Z",
      "2026-11-21T22:00:00Z\n", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-11-21T24:00:00Z",
      "2026-11-21T22:60:00Z", "2026-11-21T22:00:61Z", "2026-11-21T22:00:60Z",
      "2026-11-21T23:59:60Z", "2016-12-31T23:59:60+01:00", "2026-11-21T22:00:00+24:00",
      "2026-11-21T22:00:00+01:60", "2026-11-21T22:00:00+0100", "2026-11-21T22:00:00+1:00",
      "26-11-21T22:00:00Z", "+2026-11-21T22:00:00Z", "-026-11-21T22:00:00Z",
      "12026-11-21T22:00:00Z", "2026-1-21T22:00:00Z", "1795298400");
  INFO(text);
  const auto t = dane::parse_rfc3339(text);
  REQUIRE_FALSE(t.has_value());
  CHECK(t.error().code == "time-invalid");
}

TEST_CASE("times are written in UTC", "[core][time]") {
  CHECK(dane::format_rfc3339(at(1795298400)) == "2026-11-21T22:00:00Z");
  CHECK(dane::format_rfc3339(at(-1)) == "1969-12-31T23:59:59Z");
  CHECK(dane::format_rfc3339(at(-62135596800)) == "0001-01-01T00:00:00Z");
  CHECK(dane::format_rfc3339(at(253402300799)) == "9999-12-31T23:59:59Z");
}

TEST_CASE("durations are told to people", "[core][time]") {
  using std::chrono::hours;
  CHECK(dane::format_duration(0s) == "0 s");
  CHECK(dane::format_duration(90s) == "90 s");
  CHECK(dane::format_duration(119s) == "119 s");
  CHECK(dane::format_duration(120s) == "2 minutes");
  CHECK(dane::format_duration(2h - 1s) == "119 minutes");
  CHECK(dane::format_duration(7h) == "7 hours");
  CHECK(dane::format_duration(48h - 1s) == "47 hours");
  CHECK(dane::format_duration(72h) == "3 days");
  CHECK(dane::format_duration(-72h) == "3 days");
  CHECK(dane::format_duration(hours{24 * 365}) == "365 days");
  CHECK(dane::format_duration(std::chrono::seconds{std::numeric_limits<std::int64_t>::min()}) ==
        "106751991167300 days");
}

TEST_CASE("clocks and deadlines", "[core][time]") {
  const dane::FixedClock fixed(at(1795298400));
  CHECK(fixed.now() == at(1795298400));
  const auto before = std::chrono::system_clock::now();
  const auto now = dane::SystemClock().now();
  CHECK(now <= std::chrono::system_clock::now());
  CHECK(now > before - 2s);

  using Steady = std::chrono::steady_clock;
  CHECK(dane::time_left(Steady::now() - 1h) == 0ms);
  CHECK(dane::time_left(dane::Deadline::min()) == 0ms);
  const auto left = dane::time_left(Steady::now() + 1h);
  CHECK(left <= 1h);
  CHECK(left > 30min);
  CHECK(dane::time_left(dane::Deadline::max()) > 24h);
}
