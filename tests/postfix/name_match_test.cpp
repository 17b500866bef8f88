#include <catch2/catch.hpp>

#include "tests/postfix/peer_world.hpp"

using namespace dane;
using namespace dane::postfix;
using namespace dane::postfix::test_world;

namespace {

std::vector<std::string> references(const std::vector<std::string>& patterns,
                                    const Version& version,
                                    std::string_view nexthop = "example.test") {
  std::vector<std::string> out;
  for (const auto& name : expand_match(patterns, nexthop, mx, version).names) {
    out.push_back(name.reference);
  }
  return out;
}
using Strings = std::vector<std::string>;

std::string found(const x509::Certificate& certificate, const Strings& patterns,
                  const Version& version, bool multi_label = true) {
  const auto expected = expand_match(patterns, "example.test", mx, version);
  const auto verdict = match_names(certificate, expected, version, multi_label);
  return verdict.hit ? verdict.hit->name : std::to_string(verdict.error);
}

}  // namespace

TEST_CASE("patterns and what they stand for", "[postfix][names]") {
  for (const auto& version : {v35, v37, v310}) {
    CHECK(references({"nexthop", "dot-nexthop", "hostname"}, version) ==
          Strings{"example.test", ".example.test", mx});
    CHECK(references({"NextHop", "HOSTNAME"}, version) == Strings{"example.test", mx});
    CHECK(references({".b.test", "b.test", "*.b.test"}, version) ==
          Strings{".b.test", "b.test", "*.b.test"});
    CHECK(references({"m\xC3\xBCnchen.test", ".m\xC3\xBCnchen.test"}, version) ==
          Strings{"xn--mnchen-3ya.test", ".xn--mnchen-3ya.test"});
    CHECK(references({"\xE3\x80\x82m\xC3\xBCnchen.test",
                      "\xEF\xBC\x8E"
                      "b.test"},
                     version) == Strings{".xn--mnchen-3ya.test", ".b.test"});
    CHECK(references({"nexthop"}, version, "M\xC3\x9CNCHEN.test") ==
          Strings{"xn--mnchen-3ya.test"});
    CHECK(references({"*.m\xC3\xBCnchen.test"}, version) == Strings{"*.m\xC3\xBCnchen.test"});
  }
}

TEST_CASE("patterns that OpenSSL is not given", "[postfix][names]") {
  const auto alone = expand_match({"."}, "example.test", mx, v37);
  CHECK(alone.warnings ==
        Strings{"ignoring invalid match name: \".\"", "could not configure peer name checks"});
  CHECK(alone.cannot_match);
  const auto beside = expand_match({".", "hostname"}, "example.test", mx, v37);
  CHECK(beside.warnings == Strings{"ignoring invalid match name: \".\""});
  CHECK_FALSE(beside.cannot_match);
  const auto two = expand_match({"192.0.2.1", "2001:db8::1"}, "example.test", mx, v37);
  CHECK(two.warnings == Strings{"error loading match name: \"2001:db8::1\""});
  CHECK(two.names[0].is_address);
  CHECK(two.names[1].reference.empty());
  const auto own = expand_match({".", "192.0.2.1", "192.0.2.1"}, "example.test", mx, v35);
  CHECK(own.warnings.empty());
  CHECK_FALSE(own.cannot_match);
  CHECK_FALSE(own.names[1].is_address);
  CHECK(expand_match({}, "example.test", mx, v37).cannot_match);
}

TEST_CASE("up to 3.5 wildcards stand for several labels, on request", "[postfix][names]") {
  const auto wild = leaf(leaf_spec({"*.example.test"}));
  CHECK(found(wild, {"a.b.example.test"}, v35) == "*.example.test");
  CHECK(found(wild, {"a.b.example.test"}, v35, false) == "62");
  CHECK(found(wild, {"a.example.test"}, v35, false) == "*.example.test");
  CHECK(found(wild, {"aexample.test"}, v35) == "62");
  CHECK(found(wild, {"example.test"}, v35) == "62");
  CHECK(found(wild, {"a.b.example.test"}, {2, 10, 0}) == "62");
  CHECK(found(wild, {"a_b.example.test"}, v35) == "*.example.test");
  CHECK(found(wild, {"a_b.example.test"}, v37) == "62");
}

TEST_CASE("a name that is equal to a pattern with a leading dot", "[postfix][names]") {
  const auto dotted = leaf(leaf_spec({".example.test"}));
  CHECK(found(dotted, {"dot-nexthop"}, v35) == "62");
  CHECK(found(dotted, {"dot-nexthop"}, v37) == ".example.test");
}

TEST_CASE("hostile names in certificates", "[postfix][names]") {
  const auto with = [](const std::string& name) { return leaf(leaf_spec({name})); };
  const std::string nul("mx1.example.test\0", 17), inner("mx1.example.test\0.evil", 22);
  CHECK(found(with(nul), {"hostname"}, v35) == nul);  // NULs at the end do not count there
  CHECK(found(with(nul), {"hostname"}, v37) == "62");
  for (const auto& version : {v35, v37}) {
    CHECK(found(with(inner), {"hostname"}, version) == "62");
    CHECK(found(with("mx1.example.test\n"), {"hostname"}, version) == "62");
    CHECK(found(with("*"), {"hostname"}, version) == "62");
    CHECK(found(with("*."), {"hostname"}, version) == "62");
    CHECK(found(with("mx1.example.test."), {"hostname"}, version) == "62");
  }
  // A malformed dNSName hides the common name all the same.
  auto spec = leaf_spec({"\x01"});
  spec.common_name = mx;
  CHECK(found(leaf(spec), {"hostname"}, v35) == "62");
  spec.dns_names.clear();
  CHECK(found(leaf(spec), {"hostname"}, v35) == mx);
}

TEST_CASE("names that there are to find", "[postfix][names]") {
  CHECK(names_considered(leaf(), v37) == Strings{mx});
  auto spec = leaf_spec({});
  CHECK(names_considered(leaf(spec), v35) == Strings{"leaf"});
  spec.common_name = "";
  CHECK(names_considered(leaf(spec), v37).empty());
}
