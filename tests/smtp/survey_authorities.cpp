// Which authoritative servers a rehearsal asks, and what it makes of their answers.
#include <catch2/catch.hpp>

#include "tests/smtp/support.hpp"

using namespace test;
using namespace dane::smtp;
using Names = std::vector<std::string>;

namespace {

const std::string owner = "_25._tcp.mx.example.com";

/// "server address owner outcome"
Names views(const DomainFacts& facts) {
  Names all;
  for (const auto& a : facts.authorities) {
    const auto outcome = std::visit(
        dane::overloaded{[](const dane::Found<dane::dns::Answer>&) { return std::string("found"); },
                         [](const dane::Absent&) { return std::string("absent"); },
                         [](const dane::Failed& f) { return to_string(f.kind); }},
        a.outcome);
    all.push_back(a.server.to_string() + " " +
                  (a.endpoint.port == 0 ? "-" : a.endpoint.to_string()) + " " +
                  a.owner.to_string() + " " + outcome);
  }
  return all;
}

LookupOutcome signed_tlsa(const Names& names, const std::string& signer) {
  auto outcome = tlsa(secure, names, {{3, "rsa"}, {3, "ecdsa"}});
  dane::dns::Signature signature;
  signature.owner = name(names.back());
  signature.covered = RecordType::tlsa;
  signature.signer = name(signer);
  std::get<dane::Found<dane::dns::Answer>>(outcome).value.signatures.push_back(signature);
  return outcome;
}

/// Two servers for example.com, one of them lagging.
void two_servers(World& world) {
  world.options.authorities = true;
  world.options.probe = false;
  world.dns.set("example.com", RecordType::ns,
                targets(secure, "example.com", {"ns2.example.com", "ns1.example.com"}));
  world.dns.set("ns1.example.com", RecordType::a,
                addresses(secure, {"ns1.example.com"}, {"192.0.2.11"}));
  world.dns.set("ns1.example.com", RecordType::aaaa,
                addresses(secure, {"ns1.example.com"}, {"2001:db8::11"}));
  world.dns.set("ns2.example.com", RecordType::a,
                addresses(secure, {"ns2.example.com"}, {"192.0.2.12"}));
  world.dns.set("ns2.example.com", RecordType::aaaa, no_data(secure));
  world.authorities.set("192.0.2.11", owner, RecordType::tlsa,
                        tlsa(insecure, {owner}, {{3, "rsa"}}));
  world.authorities.set("192.0.2.12", owner, RecordType::tlsa, no_name(insecure));
}

}  // namespace

TEST_CASE("The signer of the records is the zone", "[smtp][authorities]") {
  World world;
  world.good_domain();
  two_servers(world);
  world.dns.set(owner, RecordType::tlsa, signed_tlsa({owner}, "example.com"));
  CHECK(views(world.survey()) == Names{"ns1.example.com 192.0.2.11:53 " + owner + " found",
                                       "ns1.example.com [2001:db8::11]:53 " + owner + " timeout",
                                       "ns2.example.com 192.0.2.12:53 " + owner + " absent"});
  CHECK_FALSE(world.dns.was_asked("mx.example.com NS"));
}

TEST_CASE("Without a signature the zone is the closest name with NS records",
          "[smtp][authorities]") {
  World world;
  world.good_domain();
  two_servers(world);
  SECTION("no records at all") {
    world.dns.set(owner, RecordType::tlsa, no_name(secure));
    world.dns.set("_25._tcp.example.com", RecordType::tlsa, no_name(secure));
  }
  SECTION("records, signature not seen") {}
  for (const auto* above : {"_25._tcp.mx.example.com", "_tcp.mx.example.com", "mx.example.com"}) {
    world.dns.set(above, RecordType::ns, no_name(secure));
  }
  const auto seen = views(world.survey());
  CHECK(seen.size() == 3);
  CHECK(seen.front() == "ns1.example.com 192.0.2.11:53 " + owner + " found");
}

TEST_CASE("A signer that is not above the owner is not believed", "[smtp][authorities]") {
  World world;
  world.good_domain();
  two_servers(world);
  world.dns.set(owner, RecordType::tlsa, signed_tlsa({owner}, "evil.example"));
  CHECK_FALSE(world.dns.was_asked("evil.example NS"));
  CHECK(views(world.survey()) ==
        Names{". - " + owner + " local"});  // the NS walk is not scripted here
  CHECK_FALSE(world.dns.was_asked("evil.example NS"));
}

TEST_CASE("Servers given on the command line take the place of the zone's", "[smtp][authorities]") {
  World world;
  world.good_domain();
  two_servers(world);
  world.options.authority_servers = {{ip("192.0.2.12"), 53}, {ip("192.0.2.11"), 53}};
  CHECK(views(world.survey()) ==
        Names{". 192.0.2.11:53 " + owner + " found", ". 192.0.2.12:53 " + owner + " absent"});
  CHECK_FALSE(world.dns.was_asked("example.com NS"));
}

TEST_CASE("What cannot be asked is a failure, never nothing", "[smtp][authorities]") {
  World world;
  world.good_domain();
  two_servers(world);
  world.dns.set(owner, RecordType::tlsa, signed_tlsa({owner}, "example.com"));
  SECTION("the zone's NS lookup fails") {
    world.dns.set("example.com", RecordType::ns, failed());
    CHECK(views(world.survey()) == Names{". - " + owner + " local"});
  }
  SECTION("the zone shows no NS") {
    world.dns.set("example.com", RecordType::ns, no_data(secure));
    CHECK(views(world.survey()) == Names{". - " + owner + " local"});
  }
  SECTION("a name server's addresses") {
    world.dns.set("ns2.example.com", RecordType::a, failed());
    CHECK(views(world.survey()).back() == "ns2.example.com - " + owner + " local");
  }
  SECTION("a name server without addresses") {
    world.dns.set("ns2.example.com", RecordType::a, no_name(secure));
    CHECK(views(world.survey()).back() == "ns2.example.com - " + owner + " local");
  }
}

TEST_CASE("Behind an alias the target's servers are asked, and the alias is compared",
          "[smtp][authorities]") {
  World world;
  world.good_domain();
  two_servers(world);
  world.dns.set(owner, RecordType::tlsa,
                signed_tlsa({owner, "tlsa.target.example"}, "target.example"));
  for (const auto* above : {"_25._tcp.mx.example.com", "_tcp.mx.example.com", "mx.example.com"}) {
    world.dns.set(above, RecordType::ns, no_data(secure));
  }
  world.dns.set("target.example", RecordType::ns,
                targets(secure, "target.example", {"ns.target.example"}));
  world.dns.set("ns.target.example", RecordType::a,
                addresses(secure, {"ns.target.example"}, {"192.0.2.21"}));
  world.dns.set("ns.target.example", RecordType::aaaa, no_data(secure));
  world.authorities.set("192.0.2.21", "tlsa.target.example", RecordType::tlsa,
                        tlsa(insecure, {"tlsa.target.example"}, {{3, "rsa"}}));
  // One server has the alias, the second has another, the third is silent.
  world.authorities.set("192.0.2.11", owner, RecordType::cname,
                        targets(insecure, owner, {"tlsa.target.example"}));
  world.authorities.set("192.0.2.12", owner, RecordType::cname,
                        targets(insecure, owner, {"old.target.example"}));
  CHECK(views(world.survey()) ==
        Names{"ns1.example.com [2001:db8::11]:53 " + owner + " timeout",
              "ns2.example.com 192.0.2.12:53 " + owner + " disagreement",
              "ns.target.example 192.0.2.21:53 tlsa.target.example found"});
}

TEST_CASE("No rehearsal, no questions to servers", "[smtp][authorities]") {
  World world;
  world.good_domain();
  CHECK(world.survey().authorities.empty());
  CHECK_FALSE(world.dns.was_asked("example.com NS"));
}
