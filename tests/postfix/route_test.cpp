// Which servers are tried.  Expected values: the source of each version; those for 3.7 are seen
// with smtp(8) too, in tests/lab/oracle/routes.py.
#include "dane/postfix/route.hpp"

#include <catch2/catch.hpp>

namespace dane::postfix {
namespace {

using Strings = std::vector<std::string>;
constexpr Version v2_11{2, 11, 11}, v3_7{3, 7, 11};

IpAddress address(const std::string& text) {
  return *IpAddress::parse(text);
}

/// "4" and "6" for the families of hosts of the same preference: the list in short.
std::vector<Candidate> candidates(const std::string& families, std::uint16_t preference = 10) {
  std::vector<Candidate> out;
  for (std::size_t i = 0; i < families.size(); ++i)
    out.push_back({i, address(families[i] == '6' ? "2001:db8::1" : "192.0.2.1"), preference});
  return out;
}

std::string families(const std::vector<Candidate>& list) {
  std::string out;
  for (const auto& one : list) out += one.address.is_v6() ? '6' : '4';
  return out;
}

std::string tried(const std::string& list, int limit, bool balance = true,
                  const std::string& preference = "any") {
  Settings settings;
  settings.mx_address_limit = limit;
  settings.balance_inet_protocols = balance;
  settings.address_preference = preference;
  const auto attempts = order_attempts(candidates(list), settings);
  CHECK(attempts.tried.size() + attempts.never.size() == list.size());
  return families(attempts.tried);
}

}  // namespace

TEST_CASE("MX records as Postfix's DNS client takes them") {
  using State = MxReply::State;
  SECTION("a null MX counts whatever stands beside it") {
    const auto reply = read_mx_reply("x.example", {{0, "."}, {10, "mx.example"}}, v3_7);
    CHECK(reply.state == State::null_mx);
    CHECK(reply.records.empty());
    CHECK(read_mx_reply("x.example", {{10, "mx.example"}, {20, "."}}, v3_7).state ==
          State::null_mx);
  }
  SECTION("before 3.0 it is a name that is none") {
    const auto reply = read_mx_reply("x.example", {{0, "."}, {10, "mx.example"}}, v2_11);
    CHECK(reply.state == State::usable);
    CHECK(reply.records == std::vector<MxRecord>{{10, "mx.example"}});
    CHECK(reply.warnings ==
          Strings{"warning: valid_hostname: empty hostname",
                  "warning: malformed domain name in resource data of MX record for x.example: "});
    CHECK(read_mx_reply("x.example", {{0, "."}}, v2_11).state == State::malformed);
  }
  SECTION("an address stays, with a warning") {
    const auto reply = read_mx_reply("x.example", {{10, "192.0.2.1"}}, v3_7);
    CHECK(reply.state == State::usable);
    CHECK(reply.records.size() == 1);
    CHECK(reply.warnings == Strings{"warning: numeric domain name in resource data of MX record "
                                    "for x.example: 192.0.2.1"});
  }
  SECTION("what is no host name goes") {
    for (const auto& [name, fault] : std::vector<std::pair<std::string, std::string>>{
             {"a!b.example", "invalid character 33(decimal): a!b.example"},
             {"-a.example", "misplaced hyphen: -a.example"},
             {"a-.example", "misplaced hyphen: a-.example"},
             {"a\\032b.example", "invalid character 92(decimal): a\\032b.example"},
             {"x.*.example", "'*' can be the first label only: x.*.example"},
             {"12345", "numeric hostname: 12345"}}) {
      const auto reply = read_mx_reply("x.example", {{10, name}}, v3_7);
      CHECK(reply.state == State::malformed);
      CHECK(reply.left_out == Strings{name});
      REQUIRE(reply.warnings.size() == 2);
      CHECK(reply.warnings.front() == "warning: valid_hostname: " + fault);
    }
    CHECK(read_mx_reply("x.example", {{10, "*.example"}, {10, "a_b.example"}}, v3_7)
              .warnings.empty());
  }
  SECTION("by preference") {
    CHECK(read_mx_reply("x.example", {{20, "b"}, {10, "c"}}, v3_7).records ==
          std::vector<MxRecord>{{10, "c"}, {20, "b"}});
  }
}

TEST_CASE("This machine cuts the list") {
  const auto own = std::vector{address("192.0.2.9")};
  const std::vector<Candidate> list = {{0, address("192.0.2.1"), 10},
                                       {1, address("192.0.2.2"), 20},
                                       {2, address("192.0.2.9"), 20},
                                       {3, address("192.0.2.3"), 30}};
  const auto rest = cut_at_self(list, own);
  CHECK(rest.found);
  CHECK(rest.list == std::vector<Candidate>{list[0]});
  CHECK_FALSE(cut_at_self(list, {}).found);
  CHECK(cut_at_self(list, {}).list == list);
  CHECK(cut_at_self({list[2]}, own).list.empty());
}

TEST_CASE("The address limit is shared between the families") {
  CHECK(tried("4444666", 0) == "4444666");
  CHECK(tried("46", 5) == "46");
  CHECK(tried("444444", 5) == "44444");
  CHECK(tried("4444466", 5) == "44466");   // few of IPv6: all of them
  CHECK(tried("6666644", 5) == "66644");   // few of IPv4: all of them
  CHECK(tried("44444666", 5) == "44466");  // many of both: the first's family gets the odd one
  CHECK(tried("66664444", 5) == "66644");
  CHECK(tried("66664444", 4) == "6644");
  CHECK(tried("44446666", 1) == "4");
  CHECK(tried("66664444", 5, false) == "66664");
  SECTION("a preferred family comes first") {
    CHECK(tried("4646", 0, true, "ipv6") == "6644");
    CHECK(tried("6464", 0, true, "ipv4") == "4466");
    CHECK(tried("4646", 0, true, "") == "6644");
    CHECK(tried("6464", 0) == "6464");
  }
}

TEST_CASE("Preference comes before the family") {
  Settings settings;
  settings.address_preference = "ipv6";
  auto list = candidates("4");
  for (auto& worse : candidates("6", 20)) list.push_back(worse);
  CHECK(families(order_attempts(list, settings).tried) == "46");
}

TEST_CASE("How names are looked up") {
  Settings settings;
  CHECK(host_lookup(settings).mx);
  CHECK_FALSE(host_lookup(settings).native);
  settings.host_lookup = "native, dns";
  CHECK((host_lookup(settings).dns && host_lookup(settings).native));
  settings.disable_dns_lookups = true;
  CHECK_FALSE((host_lookup(settings).mx || host_lookup(settings).dns));
  settings.dns_support_level = "enabled";  // has the last word
  CHECK(host_lookup(settings).mx);
  settings.dns_support_level = "disabled";
  CHECK_FALSE(host_lookup(settings).mx);
}

TEST_CASE("relayhost may be a list from 3.5 on") {
  Settings settings;
  settings.relayhost = "[a.example]:587, [b.example]";
  settings.version = {3, 5, 0};
  CHECK(relay_hosts(settings) == Strings{"[a.example]:587", "[b.example]"});
  settings.version = {3, 4, 29};
  CHECK(relay_hosts(settings) == Strings{settings.relayhost});
  settings.relayhost = "";
  CHECK(relay_hosts(settings).empty());
}

TEST_CASE("Where Postfix listens") {
  Settings settings;
  settings.inet_interfaces = "192.0.2.1, [2001:db8::1] localhost";
  settings.proxy_interfaces = "198.51.100.1";
  const auto all = listening(settings);
  CHECK(all.addresses ==
        std::vector{address("192.0.2.1"), address("2001:db8::1"), address("198.51.100.1")});
  CHECK_FALSE((all.all || all.loopback_only));
  settings.inet_interfaces = "ALL";
  CHECK(listening(settings).all);
  settings.inet_interfaces = "loopback-only";
  CHECK(listening(settings).loopback_only);
}

}  // namespace dane::postfix
