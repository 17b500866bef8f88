#include <random>

#include <catch2/catch.hpp>

#include "tests/postfix/peer_world.hpp"

using namespace dane;
using namespace dane::postfix;
using namespace dane::postfix::test_world;

namespace {

using Strings = std::vector<std::string>;

const Strings labels{"mx1", "mx2", "MX1", "a", "b-c", "x_y",
                     "*",   "m*",  "-a",  "",  "1",   "xn--mnchen-3ya"};
const Strings whole_names{"mx1.example.test",
                          "example.test",
                          ".example.test",
                          "*.example.test",
                          "*.test",
                          "mx1.example.test.",
                          "192.0.2.1",
                          "2001:db8::1",
                          "*",
                          "m\xC3\xBCnchen.test",
                          "*.m\xC3\xBC.test",
                          std::string("mx1.example.test\0.x", 19),
                          std::string("\0.example.test", 14)};
const Strings addresses{"\xC0\x00\x02\x01", "\x7F\x00\x00\x01", "\xC0\x00\x02"};
const Strings only_patterns{"nexthop",    "dot-nexthop", "hostname",        ".", "..", "192.0.2.1",
                            "192.0.2.01", "127.0.0.1",   "::ffff:192.0.2.1"};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_);
  }
  const std::string& one_of(const Strings& all) { return all[below(all.size())]; }
  std::string name() {
    if (below(2) == 0) return one_of(whole_names);
    std::string out = one_of(labels);
    for (std::size_t n = below(3); n > 0; --n) out += "." + one_of(labels);
    return out + (below(2) == 0 ? ".example.test" : ".test");
  }
  Strings several(std::size_t most) {
    Strings out(below(most + 1));
    for (auto& name : out) name = this->name();
    return out;
  }

 private:
  std::mt19937 engine_;
};

test::CertificateSpec random_spec(Dice& dice) {
  auto spec = leaf_spec(dice.below(3) == 0 ? Strings{} : dice.several(3));
  const auto bounded = [&] {  // a common name has at most 64 characters, and no NUL here
    const auto name = dice.name();
    return name.find('\0') == std::string::npos && name.size() < 64 ? name : std::string("cn");
  };
  spec.common_name = bounded();
  if (dice.below(3) == 0) spec.more_common_names = {bounded()};
  if (dice.below(3) == 0) spec.ip_addresses = {dice.one_of(addresses)};
  return spec;
}

Strings random_patterns(Dice& dice) {
  Strings out(1 + dice.below(3));
  for (auto& pattern : out) {
    pattern = dice.below(3) == 0 ? dice.one_of(only_patterns) : dice.name();
    pattern = pattern.substr(0, pattern.find('\0'));  // configuration is text
    if (pattern.empty()) pattern = "hostname";
  }
  return out;
}

std::string show(const test::CertificateSpec& spec, const Strings& patterns) {
  std::string out;
  for (const auto& name : spec.dns_names) out += " DNS:" + name;
  out += " CN=" + spec.common_name;
  for (const auto& name : spec.more_common_names) out += " CN=" + name;
  for (const auto& address : spec.ip_addresses) out += " IP:" + to_hex(to_bytes(address));
  for (const auto& pattern : patterns) out += " | " + pattern;
  return out;
}

/// OpenSSL's verdict on the chain beside our own reading of the names.
void compare(const x509::Certificate& certificate, const Strings& patterns, const Version& version,
             std::size_t& hits) {
  const Peer peer{.chain = {certificate}, .match = patterns};
  const auto judged = peer.verdict(version);
  const auto expected = expand_match(patterns, peer.nexthop, mx, version);
  const auto own = match_names(certificate, expected, version);
  CHECK(own.hit.has_value() == judged.matched);
  CHECK(own.error == judged.error);
  CHECK(own.hit == judged.name);
  if (!own.hit) return;
  ++hits;
  const bool by_address =
      std::none_of(expected.names.begin(), expected.names.end(),
                   [](const ExpectedName& n) { return !n.is_address && !n.reference.empty(); });
  CHECK(judged.peername == (by_address ? "" : own.hit->name.c_str()));
}

}  // namespace

TEST_CASE("our reading of names and OpenSSL's agree", "[postfix][names]") {
  Dice dice(20261121);
  std::size_t hits = 0;
  for (int i = 0; i < 1500; ++i) {
    const auto spec = random_spec(dice);
    const auto certificate = leaf(spec);
    for (int j = 0; j < 4; ++j) {
      const auto patterns = random_patterns(dice);
      INFO(show(spec, patterns));
      compare(certificate, patterns, i % 2 == 0 ? v37 : v310, hits);
    }
  }
  CHECK(hits > 500);
}
