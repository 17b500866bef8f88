#include <catch2/catch.hpp>

#include "dane/postfix/destination.hpp"
#include "dane/postfix/settings.hpp"

#include "libdane/postfix/default_port.hpp"
#include "libdane/postfix/value_check.hpp"

using namespace dane::postfix;

TEST_CASE("a port of main.cf that nobody knows ends smtp(8), where it is needed",
          "[postfix][settings]") {
  Settings settings;
  settings.version = {3, 7, 11};
  settings.smtp_tcp_port = "2525x";
  CHECK(default_port_fault(*parse_destination("example.com"), settings) ==
        "unknown service: 2525x/tcp");
  CHECK(!default_port_fault(*parse_destination("[example.com]:25"), settings));
  settings.smtp_tcp_port = "0";
  CHECK(default_port_fault(*parse_destination("example.com"), settings) ==
        "bad network port: 0 for destination: example.com");
  settings.smtp_tcp_port = "submission";
  CHECK(!default_port_fault(*parse_destination("example.com"), settings));
  settings.version = {3, 6, 0};  // knows no such parameter
  settings.smtp_tcp_port = "";
  CHECK(!default_port_fault(*parse_destination("example.com"), settings));
}

TEST_CASE("values are well formed as smtp(8) has it", "[postfix][settings]") {
  const CheckedParameter time{"t", ValueKind::time, 1}, number{"n", ValueKind::number, 1};
  for (const char* good : {"1", "5s", "1m30s", "1000w"}) CHECK(!value_fault(time, good));
  for (const char* bad : {"", "x", "1H", "-1", "99999w", "99999999999"})
    CHECK(value_fault(time, bad) == std::string("parameter t: bad time value or unit: ") + bad);
  CHECK(value_fault(time, "0") == "invalid t: 0 (min 1)");
  CHECK(!value_fault(number, "+2"));
  CHECK(value_fault(number, "0") == "invalid n parameter value 0 < 1");
  for (const char* bad : {"", "2x", "99999999999"})
    CHECK(value_fault(number, bad) == std::string("bad numerical configuration: n = ") + bad);
}
