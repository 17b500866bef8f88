/// \file  Making resolvers: options, trust anchors, resolv.conf, comparing.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "dane/dns/resolvers.hpp"

#include "libdane/dns/makes.hpp"
#include "tests/dns/fake_server.hpp"
#include "tests/support/deadline.hpp"

using namespace dane;
using namespace std::chrono_literals;
using dns::Question;
using dns::RecordType;
using dns::Validator;
using test::in;
namespace fs = std::filesystem;

namespace {

struct TemporaryFile {
  explicit TemporaryFile(const std::string& text) {
    std::string name = (fs::temp_directory_path() / "dane-dns-XXXXXX").string();
    const int fd = mkstemp(name.data());
    REQUIRE(fd >= 0);
    close(fd);
    path = name;
    std::ofstream(path, std::ios::binary) << text;
  }
  ~TemporaryFile() { fs::remove(path); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  fs::path path;
};

// The root's key-signing key of 2017 as a DS record, published by IANA.
const std::string kDs =
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
const std::string kKey =
    "test. IN DNSKEY 257 3 13 "
    "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n";

std::string anchor_error(const std::string& text) {
  const TemporaryFile file(text);
  const auto got = dns::read_trust_anchors(file.path);
  return got ? "none" : got.error().code;
}

class FixedResolver final : public dns::Resolver {
 public:
  explicit FixedResolver(dns::LookupOutcome outcome) : outcome_(std::move(outcome)) {}
  dns::LookupOutcome lookup(const Question&, Deadline) override { return outcome_; }

 private:
  dns::LookupOutcome outcome_;
};

Question question(const char* name) {
  return {DomainName::parse(name).value(), RecordType::tlsa};
}

}  // namespace

TEST_CASE("validators have names", "[setup]") {
  for (const auto v : {Validator::unbound, Validator::getdns, Validator::both, Validator::ad})
    CHECK(dns::parse_validator(to_string(v)) == v);
  for (const auto* bad : {"", "Unbound", "none", "ad "}) {
    const auto got = dns::parse_validator(bad);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == "validator-unknown");
  }
}

TEST_CASE("trust anchor files", "[setup]") {
  SECTION("DS and DNSKEY, comments, empty lines, lower case") {
    const TemporaryFile file("; a comment\n\n" + kDs + "  \n" + kKey + "test. 60 in ds " +
                             "12345 13 2 " + std::string(64, 'a') + " ; trailing\n");
    const auto got = dns::read_trust_anchors(file.path);
    REQUIRE(got.has_value());
    CHECK(got->size() == 3);
  }
  SECTION("over several lines, with $TTL") {
    const TemporaryFile file(
        "$TTL 300\n. IN DS 20326 8 2 (\n  E06D44B80B8F1D39A95C0B0D7C65D084\n"
        "  58E880409BBC683457104237C7F8EC8D )\n");
    CHECK(dns::read_trust_anchors(file.path).value().size() == 1);
  }
  SECTION("what cannot anchor") {
    CHECK(anchor_error("") == "trust-anchor-invalid");
    CHECK(anchor_error("; nothing\n") == "trust-anchor-invalid");
    CHECK(anchor_error("test. IN A 192.0.2.1\n") == "trust-anchor-invalid");
    CHECK(anchor_error("<?xml version=\"1.0\"?>\n") == "trust-anchor-invalid");
    CHECK(anchor_error(kDs + "test. IN DNSKEY 257 3 13 !!!\n") == "trust-anchor-invalid");
    CHECK(anchor_error(std::string("\0\1\2", 3)) == "trust-anchor-invalid");
    CHECK(anchor_error(std::string((1 << 20) + 1, ';')) == "trust-anchor-invalid");
    // Revoked, and without the Zone Key flag.
    std::string key = kKey;
    CHECK(anchor_error(key.replace(key.find("257"), 3, "385")) == "trust-anchor-invalid");
    key = kKey;
    CHECK(anchor_error(key.replace(key.find("257"), 3, "001")) == "trust-anchor-invalid");
  }
  SECTION("the place of an error is named") {
    const TemporaryFile file(kDs + "\nnonsense here\n");
    const auto got = dns::read_trust_anchors(file.path);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().where == file.path.string() + ":3");
  }
  SECTION("unreadable") {
    for (const auto* path : {"/nonexistent/root.key", "/tmp"}) {
      const auto got = dns::read_trust_anchors(path);
      REQUIRE_FALSE(got.has_value());
      CHECK(got.error().code == "trust-anchor-unreadable");
    }
  }
}

TEST_CASE("resolvers are made, or it is said why not", "[setup]") {
  const TemporaryFile good(kDs);
  const TemporaryFile bad("nothing\n");
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::both);
  INFO(to_string(v));
  CHECK(
      dns::make_resolver(v, {.upstreams = {test::nobody}, .trust_anchor = good.path}).has_value());
  const Endpoint v6{IpAddress::parse("::1").value(), 9};
  CHECK(dns::make_resolver(v, {.upstreams = {v6, test::nobody}, .trust_anchor = good.path})
            .has_value());
  CHECK(
      dns::make_resolver(v, {.upstreams = {test::nobody}, .trust_anchor = bad.path}).error().code ==
      "trust-anchor-invalid");
  CHECK(dns::make_resolver(v, {.upstreams = {test::nobody}, .trust_anchor = "/nonexistent"})
            .error()
            .code == "trust-anchor-unreadable");
  CHECK(dns::make_resolver(v, {.upstreams = {}, .trust_anchor = good.path}).error().code ==
        "resolver-setup-failed");
}

TEST_CASE("a resolver that is not running is told soon", "[setup]") {
  const TemporaryFile anchors(kDs);
  const auto v = GENERATE(Validator::unbound, Validator::getdns, Validator::both);
  INFO(to_string(v));
  const auto resolver =
      dns::make_resolver(v, {.upstreams = {test::nobody}, .trust_anchor = anchors.path}).value();
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = resolver->lookup(question("a.example"), in(60s));
  REQUIRE(std::holds_alternative<Failed>(outcome));
  CHECK(std::get<Failed>(outcome).kind == FailureKind::local);
  CHECK_THAT(std::get<Failed>(outcome).what, Catch::Contains("127.0.0.1:9"));
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
}

TEST_CASE("resolv.conf", "[setup]") {
  const auto servers = [](const std::string& text) {
    const TemporaryFile file(text);
    std::string out;
    const auto got = dns::read_resolv_conf(file.path);
    if (!got) return got.error().code;
    for (const auto& e : *got) out += (out.empty() ? "" : " ") + e.to_string();
    return out;
  };
  CHECK(servers("nameserver 192.0.2.1\n") == "192.0.2.1:53");
  CHECK(servers("# nameserver 192.0.2.9\n; c\nsearch example.com\n\tnameserver\t2001:db8::1 # x\n"
                "options edns0 trust-ad\nnameserver 127.0.0.53") ==
        "[2001:db8::1]:53 127.0.0.53:53");
  CHECK(servers("nameserver fe80::1%eth0\nnameserver bad\nnameserver\nnameserver 192.0.2.1\n"
                "nameserver 192.0.2.1\n") == "192.0.2.1:53");
  CHECK(servers("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
                "nameserver 192.0.2.4\n") == "192.0.2.1:53 192.0.2.2:53 192.0.2.3:53");
  CHECK(servers("nameserver 192.0.2.1\r\n") == "192.0.2.1:53");
  CHECK(servers("") == "resolv-conf-empty");
  CHECK(servers("nameservers 192.0.2.1\nNAMESERVER 192.0.2.1\n") == "resolv-conf-empty");
  CHECK(servers(std::string(1 << 20, 'x') + "\nnameserver 192.0.2.1\n") == "resolv-conf-empty");
  CHECK(dns::read_resolv_conf("/nonexistent").error().code == "resolv-conf-unreadable");
  CHECK(dns::read_resolv_conf("/tmp").error().code == "resolv-conf-unreadable");
}

TEST_CASE("what counts as a disagreement", "[both]") {
  using dns::Answer;
  const auto says = [](const dns::LookupOutcome& one, const dns::LookupOutcome& other) {
    const auto resolver = dns::make_comparing_resolver(std::make_unique<FixedResolver>(one),
                                                       std::make_unique<FixedResolver>(other));
    return resolver->lookup(question("a.example"), in(60s));
  };
  const auto differ = [&](const dns::LookupOutcome& one, const dns::LookupOutcome& other) {
    const auto outcome = says(one, other);
    const auto* failed = std::get_if<Failed>(&outcome);
    return failed != nullptr && failed->kind == FailureKind::disagreement;
  };
  Found<Answer> found{{}, 60s, Security::secure};
  found.value.canonical_name = DomainName::parse("a.example").value();
  found.value.rdata = {from_hex("c0000201").value()};
  found.value.message_size = 100;

  auto other = found;
  CHECK_FALSE(differ(found, other));
  other.ttl = 50s;  // the caches' matter
  other.value.message_size = 90;
  CHECK(says(found, other) == dns::LookupOutcome(found));
  other.security = Security::insecure;
  CHECK(differ(found, other));
  other = found;
  other.value.rdata.push_back(from_hex("c0000202").value());
  CHECK(differ(found, other));
  other = found;
  other.value.canonical_name = DomainName::parse("b.example").value();
  CHECK(differ(found, other));

  const Absent absent{60s, Security::secure, true};
  CHECK(differ(found, absent));
  CHECK(differ(absent, found));
  CHECK_FALSE(differ(absent, Absent{5s, Security::secure, true}));
  CHECK(differ(absent, Absent{60s, Security::insecure, true}));
  CHECK(differ(absent, Absent{60s, Security::secure, false}));

  const Failed bogus{FailureKind::bogus, "bad signature", "", ""};
  const Failed timeout{FailureKind::timeout, "no answer", "", ""};
  CHECK(differ(found, timeout));
  CHECK(differ(bogus, absent));
  const auto both_failed = says(bogus, timeout);
  CHECK(std::get<Failed>(both_failed).kind == FailureKind::bogus);
  CHECK_THAT(std::get<Failed>(both_failed).what,
             Catch::Contains("bad signature") && Catch::Contains("no answer"));
}
