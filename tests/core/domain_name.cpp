#include "dane/core/domain_name.hpp"

#include <random>

#include <catch2/catch.hpp>

using dane::Bytes;
using dane::DomainName;

namespace {

std::string repeated(std::size_t n, std::string_view what) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += what;
  return out;
}

std::string code_of(const dane::Result<DomainName>& result) {
  return result ? "accepted as " + result->to_string() : result.error().code;
}

Bytes wire(std::string_view octets) {
  return dane::to_bytes(octets);
}

}  // namespace

TEST_CASE("typed domain names become absolute names of A-labels", "[core][domain-name]") {
  // The A-labels were computed with Python's idna (UTS 46, non-transitional).
  const auto [typed, expected] = GENERATE(table<std::string, std::string>({
      {"example.com", "example.com"},
      {"Example.COM.", "example.com"},
      {"com", "com"},
      {"_25._tcp.mx-1.example.com", "_25._tcp.mx-1.example.com"},
      {"r3---sn-x.example", "r3---sn-x.example"},
      {"xn--mnchen-3ya.de", "xn--mnchen-3ya.de"},
      {"XN--Mnchen-3ya.de", "xn--mnchen-3ya.de"},
      {"xn--i-7iq.ws", "xn--i-7iq.ws"},
      {"münchen.de", "xn--mnchen-3ya.de"},
      {"mu\u0308nchen.de", "xn--mnchen-3ya.de"},
      {"MÜNCHEN.de.", "xn--mnchen-3ya.de"},
      {"r3---sn.münchen.de", "r3---sn.xn--mnchen-3ya.de"},
      {"faß.de", "xn--fa-hia.de"},
      {"Königsgäßchen.de", "xn--knigsgchen-b4a3dun.de"},
      {"ΣΊΣΥΦΟΣ.gr", "xn--kxa6akbbkh.gr"},
      {"παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp"},
      {"例え。テスト", "xn--r8jz45g.xn--zckzah"},
      {"例え｡テスト．", "xn--r8jz45g.xn--zckzah"},
      {"नेपाल.com", "xn--l2bey1c2b.com"},
      {"שלום.co.il", "xn--9dbne9b.co.il"},
      {"ﾎﾟ.jp", "xn--0dk.jp"},
      {"ｅｘａｍｐｌｅ．com", "example.com"},
      {"4.example", "4.example"},
      {"2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa"},
  }));
  INFO(typed);
  const auto name = DomainName::parse(typed);
  REQUIRE(name.has_value());
  CHECK(name->to_string() == expected);
  CHECK(DomainName::parse(expected) == *name);
}

TEST_CASE("what is no domain name is refused with its own code", "[core][domain-name]") {
  const std::string nul("ex\0ample.com", 12);
  const auto [typed, expected] = GENERATE_COPY(table<std::string, std::string>({
      {"", "domain-empty"},
      {".", "domain-empty"},
      {"。", "domain-empty"},
      {"..", "domain-empty-label"},
      {".example.com", "domain-empty-label"},
      {"a..example.com", "domain-empty-label"},
      {"example.com..", "domain-empty-label"},
      {"\u00AD.example.com", "domain-empty-label"},  // a soft hyphen is mapped to nothing
      {"192.0.2.1", "domain-is-address"},
      {"192.0.2.1.", "domain-is-address"},
      {"[192.0.2.1]", "domain-is-address"},
      {"[2001:db8::1]", "domain-is-address"},
      {"[IPv6:2001:db8::1]", "domain-is-address"},
      {"2001:db8::1", "domain-is-address"},
      {"fe80::1%eth0", "domain-is-address"},
      {"::1", "domain-is-address"},
      {"192.0.2.256", "domain-is-address"},
      {"127.1", "domain-is-address"},
      {"2130706433", "domain-is-address"},
      {"１９２.0.2.1", "domain-is-address"},
      {nul, "domain-bad-character"},
      {"ex ample.com", "domain-bad-character"},
      {" example.com", "domain-bad-character"},
      {"example.com\n", "domain-bad-character"},
      {"exa\x1bmple.com", "domain-bad-character"},
      {"exam\x7fple.com", "domain-bad-character"},
      {"*.example.com", "domain-bad-character"},
      {"user@example.com", "domain-bad-character"},
      {"https://example.com/", "domain-bad-character"},
      {"[mx.example.com]", "domain-bad-character"},
      {"example.com:25", "domain-bad-character"},
      {"a\\046b.example.com", "domain-bad-character"},
      {"m\xFCnchen.de", "domain-bad-character"},  // Latin-1
      {"\u2024.example.com", "domain-bad-idn"},   // UTS 46 maps it to a full stop
      {"a\u200Db.de", "domain-bad-idn"},
      {"\u0301a.de", "domain-bad-idn"},
      {"🙂.de", "domain-bad-idn"},
      {"-ü.de", "domain-bad-idn"},
      {"1أ.com", "domain-bad-idn"},
      {repeated(64, "a") + ".com", "domain-label-too-long"},
      {repeated(70, "ü") + ".com", "domain-label-too-long"},
      {repeated(64, "abc.") + "de", "domain-too-long"},
      {repeated(1000000, "a"), "domain-too-long"},
      {repeated(300000, "a."), "domain-too-long"},
      {repeated(300000, "ü"), "domain-too-long"},
  }));
  INFO(typed.substr(0, 80));
  const auto name = DomainName::parse(typed);
  CHECK(code_of(name) == expected);
  if (!name) CHECK(name.error().what.find('\x1b') == std::string::npos);
}

TEST_CASE("names may have 253 characters and labels 63", "[core][domain-name]") {
  const std::string label63(63, 'a');
  const std::string name253 = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b');
  REQUIRE(name253.size() == 253);
  const auto name = DomainName::parse(name253);
  REQUIRE(name.has_value());
  CHECK(name->to_wire().size() == 255);
  CHECK(DomainName::parse(name253 + ".") == *name);
  CHECK(code_of(DomainName::parse(name253 + "b")) == "domain-too-long");
  CHECK(code_of(name->prepend("x")) == "domain-too-long");
  CHECK(DomainName::decode_wire(name->to_wire()) == *name);
}

TEST_CASE("presentation form carries any octet", "[core][domain-name]") {
  // RFC 1035 section 5.1.
  const auto root = DomainName::parse_presentation(".");
  REQUIRE(root.has_value());
  CHECK(root->is_root());
  CHECK(root->to_string() == ".");
  const auto odd = DomainName::parse_presentation(R"(a\.b\\\"\032\000\255\@.EXAMPLE.)");
  REQUIRE(odd.has_value());
  REQUIRE(odd->labels().size() == 2);
  CHECK(odd->labels()[0] == std::string("a.b\\\" \0\xFF@", 9));
  CHECK(odd->labels()[1] == "example");
  CHECK(odd->to_string() == R"(a\.b\\\"\032\000\255\@.example)");
  CHECK(DomainName::parse_presentation("*.b c.d") ==
        DomainName::parse_presentation(R"(\*.b\032c.d)"));

  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"", "domain-empty"},
      {"..", "domain-empty-label"},
      {".a", "domain-empty-label"},
      {"a..b", "domain-empty-label"},
      {"a..", "domain-empty-label"},
      {"a\\", "domain-bad-escape"},
      {"a\\25", "domain-bad-escape"},
      {"a\\256", "domain-bad-escape"},
      {"a\\1x2", "domain-bad-escape"},
  }));
  INFO(text);
  CHECK(code_of(DomainName::parse_presentation(text)) == expected);
  CHECK(code_of(DomainName::parse_presentation(repeated(1000000, "a."))) == "domain-too-long");
  CHECK(code_of(DomainName::parse_presentation(repeated(64, "\\097"))) == "domain-label-too-long");
}

TEST_CASE("wire form is decoded strictly", "[core][domain-name]") {
  const auto name = DomainName::decode_wire(wire({"\3mx1\7EXAMPLE\3com\0", 17}));
  REQUIRE(name.has_value());
  CHECK(name->to_string() == "mx1.example.com");
  CHECK(dane::to_octets(name->to_wire()) == std::string("\3mx1\7example\3com\0", 17));
  CHECK(DomainName::decode_wire(wire({"\0", 1}))->is_root());
  CHECK(dane::to_octets(DomainName().to_wire()) == std::string(1, '\0'));

  const std::string longest = repeated(4, "\x3f" + std::string(63, 'a'));
  const auto bad = GENERATE_COPY(values<std::string>({
      "",                               // nothing
      "\3mx1",                          // no root label
      std::string("\4mx1\0", 5),        // the root label is eaten, no end
      std::string("\3mx1\0x", 6),       // trailing octet
      std::string("\3mx1\xC0\x00", 6),  // compression pointer
      std::string("\x40") + std::string(64, 'a') + std::string(1, '\0'),
      longest + std::string(1, '\0'),  // 257 octets
      std::string(1000000, '\1'),
  }));
  CHECK(code_of(DomainName::decode_wire(wire(bad))) == "domain-wire-invalid");
}

TEST_CASE("names relate as in the tree", "[core][domain-name]") {
  const auto name = *DomainName::parse("mx1.example.com");
  const auto example = *DomainName::parse("example.com");
  CHECK(name.parent() == example);
  CHECK(DomainName().parent().is_root());
  CHECK(name.is_within(example));
  CHECK(name.is_within(name));
  CHECK(name.is_within(DomainName()));
  CHECK_FALSE(example.is_within(name));
  CHECK_FALSE(DomainName::parse("notexample.com")->is_within(example));
  CHECK_FALSE(DomainName::parse("example.com.net")->is_within(example));
  CHECK(example.prepend("MX1") == name);
  CHECK(code_of(example.prepend("")) == "domain-empty-label");
  CHECK(code_of(example.prepend(std::string(64, 'a'))) == "domain-label-too-long");
  CHECK(DomainName::parse("EXAMPLE.com") == example);
  CHECK(name > example);
}

TEST_CASE("every name survives its presentation and wire forms", "[core][domain-name]") {
  std::mt19937 random(7672);
  for (int round = 0; round < 2000; ++round) {
    std::string octets;
    std::size_t room = 254;
    while (room > 1 && random() % 6 != 0) {
      const std::size_t length = 1 + random() % std::min<std::size_t>(room - 1, 63);
      octets += static_cast<char>(length);
      for (std::size_t i = 0; i < length; ++i) octets += static_cast<char>(random() % 256);
      room -= length + 1;
    }
    octets += '\0';
    const auto name = DomainName::decode_wire(wire(octets));
    REQUIRE(name.has_value());
    const std::string text = name->to_string();
    for (const char c : text) REQUIRE((c > 0x20 && c < 0x7F));
    REQUIRE(DomainName::parse_presentation(text) == *name);
    REQUIRE(DomainName::decode_wire(name->to_wire()) == *name);
  }
}
