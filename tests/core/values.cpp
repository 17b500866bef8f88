#include <atomic>
#include <random>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "dane/core/bytes.hpp"
#include "dane/core/finding.hpp"
#include "dane/core/ip_address.hpp"
#include "dane/core/outcome.hpp"
#include "dane/core/parallel.hpp"

using dane::Bytes;
using dane::IpAddress;
using dane::Severity;
using dane::Status;

TEST_CASE("hexadecimal text and octets", "[core][bytes]") {
  CHECK(dane::to_hex(dane::to_bytes(std::string("\0\x7f\x80\xff", 4))) == "007f80ff");
  CHECK(dane::to_octets(*dane::from_hex("00DeadBEEFff")) ==
        std::string("\0\xde\xad\xbe\xef\xff", 6));
  CHECK(dane::from_hex("")->empty());
  const auto [text, code] = GENERATE(table<std::string, std::string>({
      {"0", "hex-odd-length"},
      {"abc", "hex-odd-length"},
      {"0g", "hex-bad-digit"},
      {"00 11", "hex-bad-digit"},
      {"0x00", "hex-bad-digit"},
      {std::string("00\0", 3), "hex-bad-digit"},
      {"\xC3\xBC", "hex-bad-digit"},
  }));
  INFO(text);
  REQUIRE_FALSE(dane::from_hex(text).has_value());
  CHECK(dane::from_hex(text).error().code == code);
}

TEST_CASE("base64 of RFC 4648 section 10", "[core][bytes]") {
  const auto [plain, encoded] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xfb\xff\xfe", "+//+"},
  }));
  CHECK(dane::to_base64(dane::to_bytes(plain)) == encoded);
  CHECK(dane::from_base64(encoded) == dane::to_bytes(plain));
}

TEST_CASE("other base64 is refused", "[core][bytes]") {
  const auto* text = GENERATE("Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm9v\n", "Zm 9",
                              "Zh==", "Zm9=", "Zg==Zg==", "Z=g=", "_-_-", "Zm9vY\xC3==");
  INFO(text);
  const auto got = dane::from_base64(text);
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == "base64-invalid");
}

TEST_CASE("octets survive both texts", "[core][bytes]") {
  std::mt19937 random(1);
  for (std::size_t length = 0; length < 300; ++length) {
    Bytes bytes(length);
    for (auto& b : bytes) b = static_cast<std::byte>(random());
    REQUIRE(dane::from_hex(dane::to_hex(bytes)) == bytes);
    REQUIRE(dane::from_base64(dane::to_base64(bytes)) == bytes);
  }
}

TEST_CASE("IPv6 addresses are written by RFC 5952", "[core][ip]") {
  // Section 4's own examples; the others computed with Python's ipaddress.
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:0db8::0001", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"0:0:0:0:0:0:1:0", "::1:0"},
      {"fe80:0:0:0:0:0:0:0", "fe80::"},
      {"1:0:0:2:0:0:0:0", "1:0:0:2::"},
      {"0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1"},
      {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
      {"0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"},
      {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
      {"::1.2.3.4", "::102:304"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"::FFFF:c000:0201", "::ffff:192.0.2.1"},
      {"192.0.2.1", "192.0.2.1"},
      {"255.255.255.255", "255.255.255.255"},
      {"0.0.0.0", "0.0.0.0"},
  }));
  INFO(text);
  const auto address = IpAddress::parse(text);
  REQUIRE(address.has_value());
  CHECK(address->to_string() == expected);
  CHECK(IpAddress::parse(expected) == *address);
  CHECK(IpAddress::decode(address->octets()) == *address);
  CHECK(address->octets().size() == (address->is_v6() ? 16U : 4U));
}

TEST_CASE("what is no address is refused", "[core][ip]") {
  const auto text = GENERATE(values<std::string>({"",
                                                  "192.0.2",
                                                  "192.0.2.256",
                                                  "192.0.2.01",
                                                  "192.0.2.1.",
                                                  "192.0.2.1 ",
                                                  " 192.0.2.1",
                                                  "0x7f.1",
                                                  "127.1",
                                                  "[::1]",
                                                  "fe80::1%eth0",
                                                  ":::",
                                                  "1::2::3",
                                                  "1:2:3:4:5:6:7",
                                                  "1:2:3:4:5:6:7:8:9",
                                                  "12345::",
                                                  "::g",
                                                  "::1/64",
                                                  "example.com",
                                                  std::string("192.0.2.1\0", 10),
                                                  std::string(1000000, ':')}));
  const auto address = IpAddress::parse(text);
  REQUIRE_FALSE(address.has_value());
  CHECK(address.error().code == "address-invalid");
}

TEST_CASE("addresses from octets, loopback", "[core][ip]") {
  CHECK(IpAddress::decode(dane::to_bytes("\x7f\x01\x02\x03"))->to_string() == "127.1.2.3");
  CHECK_FALSE(IpAddress::decode(Bytes(5)).has_value());
  CHECK_FALSE(IpAddress::decode({}).has_value());
  for (const auto* text : {"127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"}) {
    INFO(text);
    CHECK(IpAddress::parse(text)->is_loopback());
  }
  for (const auto* text : {"128.0.0.1", "::", "::2", "1::1", "::ffff:128.0.0.1", "7f00::1"}) {
    INFO(text);
    CHECK_FALSE(IpAddress::parse(text)->is_loopback());
  }
  CHECK(IpAddress::parse("127.0.0.1") != IpAddress::parse("7f00:1::"));
}

TEST_CASE("endpoints", "[core][ip]") {
  CHECK(dane::parse_endpoint("192.0.2.1", 53)->to_string() == "192.0.2.1:53");
  CHECK(dane::parse_endpoint("192.0.2.1@5353", 53)->to_string() == "192.0.2.1:5353");
  CHECK(dane::parse_endpoint("2001:db8::1@65535", 53)->to_string() == "[2001:db8::1]:65535");
  CHECK(dane::parse_endpoint("::1", 25)->to_string() == "[::1]:25");
  const auto [text, code] = GENERATE(table<std::string, std::string>({
      {"", "address-invalid"},
      {"@53", "address-invalid"},
      {"example.com@53", "address-invalid"},
      {"192.0.2.1:53", "address-invalid"},
      {"[::1]:53", "address-invalid"},
      {"192.0.2.1@", "port-invalid"},
      {"192.0.2.1@0", "port-invalid"},
      {"192.0.2.1@65536", "port-invalid"},
      {"192.0.2.1@-1", "port-invalid"},
      {"192.0.2.1@+1", "port-invalid"},
      {"192.0.2.1@53 ", "port-invalid"},
      {"192.0.2.1@5a", "port-invalid"},
      {"192.0.2.1@53@53", "port-invalid"},
      {"192.0.2.1@99999999999999999999", "port-invalid"},
  }));
  INFO(text);
  const auto endpoint = dane::parse_endpoint(text, 53);
  REQUIRE_FALSE(endpoint.has_value());
  CHECK(endpoint.error().code == code);
}

TEST_CASE("the worst finding decides", "[core][finding]") {
  auto status = [](const std::vector<Severity>& severities) {
    std::vector<dane::Finding> findings(severities.size());
    for (std::size_t i = 0; i < severities.size(); ++i) findings[i].severity = severities[i];
    return dane::overall_status(findings);
  };
  CHECK(status({}) == Status::ok);
  CHECK(status({Severity::note}) == Status::ok);
  CHECK(status({Severity::note, Severity::warning}) == Status::warning);
  CHECK(status({Severity::warning, Severity::unknown}) == Status::unknown);
  CHECK(status({Severity::unknown, Severity::critical, Severity::note}) == Status::critical);
  CHECK(static_cast<int>(Status::ok) == 0);
  CHECK(static_cast<int>(Status::warning) == 1);
  CHECK(static_cast<int>(Status::critical) == 2);
  CHECK(static_cast<int>(Status::unknown) == 3);
  CHECK(dane::to_string(Severity::note) == "note");
  CHECK(dane::to_string(Severity::warning) == "warning");
  CHECK(dane::to_string(Severity::unknown) == "unknown");
  CHECK(dane::to_string(Severity::critical) == "critical");
  CHECK(dane::to_string(Status::ok) == "ok");
  CHECK(dane::to_string(Status::warning) == "warning");
  CHECK(dane::to_string(Status::critical) == "critical");
  CHECK(dane::to_string(Status::unknown) == "unknown");
}

TEST_CASE("the shapes of an outcome have names", "[core][outcome]") {
  using dane::FailureKind;
  CHECK(dane::to_string(dane::Security::secure) == "secure");
  CHECK(dane::to_string(dane::Security::insecure) == "insecure");
  CHECK(dane::to_string(FailureKind::bogus) == "bogus");
  CHECK(dane::to_string(FailureKind::servfail) == "servfail");
  CHECK(dane::to_string(FailureKind::refused) == "refused");
  CHECK(dane::to_string(FailureKind::timeout) == "timeout");
  CHECK(dane::to_string(FailureKind::malformed) == "malformed");
  CHECK(dane::to_string(FailureKind::other_rcode) == "other-rcode");
  CHECK(dane::to_string(FailureKind::disagreement) == "disagreement");
  CHECK(dane::to_string(FailureKind::local) == "local");
  CHECK(dane::to_string(FailureKind::not_recorded) == "not-recorded");
}

TEST_CASE("work done at once comes back in order", "[core][parallel]") {
  std::vector<int> items(500);
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = static_cast<int>(i);
  std::atomic<int> running{0}, most{0};
  const auto squares = dane::map_concurrently(items, 7, [&](int i) {
    const int now = ++running;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::yield();
    --running;
    return i * i;
  });
  REQUIRE(squares.size() == items.size());
  for (const int i : items) CHECK(squares[static_cast<std::size_t>(i)] == i * i);
  CHECK(most <= 7);

  const auto here = std::this_thread::get_id();
  const auto ids = dane::map_concurrently(std::vector<int>{1}, 8,
                                          [](int) { return std::this_thread::get_id(); });
  CHECK(ids.at(0) == here);
  CHECK(dane::map_concurrently(std::vector<int>{}, 8, [](int i) { return i; }).empty());

  auto throws_at_3 = [](int i) { return i == 3 ? throw std::runtime_error("three") : i; };
  CHECK_THROWS_WITH(dane::map_concurrently(items, 4, throws_at_3), "three");
}
