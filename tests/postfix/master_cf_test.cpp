/// \file  master.cf, as `postconf -M` and `postconf -P` of Postfix 3.7.11 read it.
#include "dane/postfix/master_cf.hpp"

#include <tuple>

#include <catch2/catch.hpp>

using namespace dane::postfix;

namespace {

const auto* const text = R"(smtp unix - - n - - smtp
  -o { smtp_tls_security_level = ${q?{secure}:{may}} }
  -o smtp_tls_policy_maps=inline:{a=${service_name}}
# a comment within
  -o x=y
relay unix - - y - - smtp -o smtp_tls_security_level=dane
other unix - - n - - smtp
   -o {smtp_tls_CAfile = /a b c}
   -osmtp_tls_CApath=/x
   -v -o syslog_name=postfix/$service_name
lm unix - - - - - lmtp
24 inet n - n - - smtpd
)";

std::string value(const Service& service, const char* parameter) {
  const auto found = service.overrides.find(parameter);
  return found == service.overrides.end() ? "(none)" : found->second.value;
}

}  // namespace

TEST_CASE("services and what they override", "[postfix][master]") {
  const auto read = parse_master_cf(text, "master.cf");
  CHECK(read.problems.empty());
  REQUIRE(read.services.size() == 5);
  const auto& [smtp, relay, other, lm, server] = std::tie(
      read.services[0], read.services[1], read.services[2], read.services[3], read.services[4]);
  CHECK(value(smtp, "smtp_tls_security_level") == "${q?{secure}:{may}}");
  CHECK(value(smtp, "smtp_tls_policy_maps") == "inline:{a=${service_name}}");
  CHECK(value(smtp, "x") == "y");
  CHECK(smtp.overrides.at("x").line == 1);
  CHECK(relay.chroot == "y");
  CHECK(value(relay, "smtp_tls_security_level") == "dane");
  CHECK(value(other, "smtp_tls_CAfile") == "/a b c");
  CHECK(value(other, "smtp_tls_CApath") == "/x");
  CHECK(value(other, "syslog_name") == "postfix/$service_name");
  CHECK((smtp.delivers() && relay.delivers() && other.delivers()));
  CHECK_FALSE((lm.delivers() || server.delivers()));
}

TEST_CASE("an option that sets nothing ends smtp(8)", "[postfix][master]") {
  const auto read =
      parse_master_cf("smtp unix - - n - - smtp -o smtp_tls_security_level\n", "master.cf");
  REQUIRE(read.problems.size() == 1);
  CHECK(read.problems[0].fatal);
  CHECK(read.problems[0].last_words ==
        "invalid \"-o smtp_tls_security_level\" option value: missing '=' after attribute name");
}
