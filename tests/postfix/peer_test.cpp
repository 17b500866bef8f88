#include <catch2/catch.hpp>

#include "tests/postfix/peer_world.hpp"

using namespace dane;
using namespace dane::postfix;
using namespace dane::postfix::test_world;

TEST_CASE("a good chain and a good name", "[postfix][peer]") {
  CHECK(Peer{}.words() == "Verified, Verified, Verified");
  CHECK(Peer{.trust_root = false}.words() == "Untrusted 20, Untrusted 20, Untrusted 20");
  const auto verdict = Peer{}.verdict(v37);
  CHECK(verdict.peername == mx);
  REQUIRE(verdict.name);
  CHECK(*verdict.name == NameHit{"hostname", mx, mx});
  CHECK(verdict.error_name.empty());
}

TEST_CASE("only the name is wrong: each era has its word", "[postfix][peer]") {
  const Peer peer{.chain = {leaf(leaf_spec({"other.test"}))}};
  CHECK(peer.words() == "Trusted, Untrusted 62, Trusted 62");
  const auto verdict = peer.verdict(v310);
  CHECK(verdict.chain_error == 0);
  CHECK(verdict.error_name == "X509_V_ERR_HOSTNAME_MISMATCH");
  CHECK_FALSE(verdict.name);
  CHECK(verdict.peername.empty());
}

TEST_CASE("a wrong name and an expired certificate: from 3.10.4 the date wins", "[postfix][peer]") {
  auto spec = leaf_spec({"other.test"});
  spec.not_after = now - std::chrono::hours(1);
  const Peer peer{.chain = {leaf(spec)}};
  CHECK(peer.words() == "Untrusted 10, Untrusted 62, Untrusted 10");
  CHECK(peer.verdict(v37).chain_error == 10);
}

TEST_CASE("a wrong name and an unknown root: up to 3.10.3 the error nearest the leaf wins",
          "[postfix][peer]") {
  const Peer peer{
      .chain = {leaf(leaf_spec({"other.test"}), other_root()), other_root().certificate}};
  CHECK(peer.words() == "Untrusted 19, Untrusted 62, Untrusted 19");
  CHECK(peer.verdict(v37).chain_error == 19);
  CHECK(peer.verdict(v37).chain_depth == 1);
}

TEST_CASE("a short key is refused above encrypt", "[postfix][peer]") {
  auto spec = leaf_spec();
  spec.key = test::generate_key(x509::KeyType::rsa, 768);
  Peer peer{.chain = {leaf(spec)}};
  CHECK(peer.words() == "Untrusted 66, Untrusted 66, Untrusted 66");
  peer.level = Level::encrypt;
  CHECK(peer.words() == "Trusted, Trusted, Trusted");
}

TEST_CASE("the time is the one given", "[postfix][peer]") {
  auto spec = leaf_spec();
  spec.not_before = now + std::chrono::hours(1);
  CHECK(Peer{.chain = {leaf(spec)}}.words() == "Untrusted 9, Untrusted 9, Untrusted 9");
}

TEST_CASE("up to encrypt no name counts and nothing is matched", "[postfix][peer]") {
  for (const auto level : {Level::may, Level::encrypt}) {
    CHECK(Peer{.chain = {leaf(leaf_spec({"other.test"}))}, .level = level}.words() ==
          "Trusted, Trusted, Trusted");
  }
}

TEST_CASE("no pattern is left, or the policy asks for a failure", "[postfix][peer]") {
  CHECK(Peer{.match = {"."}}.words() == "Trusted, Untrusted 1, Untrusted 1");
  CHECK(Peer{.forced_failure = true}.word(v310) == "Untrusted 1");
  CHECK(Peer{.level = Level::encrypt, .forced_failure = true}.word(v310) == "Untrusted 1");
  const Peer hopeless{.match = {"."}, .trust_root = false};
  CHECK(hopeless.word(v310) == "Untrusted 1");
  CHECK(hopeless.verdict(v310).chain_error == 20);
}

TEST_CASE("an address and a host are two checks", "[postfix][peer]") {
  CHECK(Peer{.match = {"192.0.2.1", "hostname"}}.words() == "Verified, Untrusted 64, Untrusted 64");
  CHECK(Peer{.match = {"192.0.2.1", "other.test"}}.words() ==
        "Trusted, Untrusted 62, Untrusted 64");
}

TEST_CASE("the depth limit", "[postfix][peer]") {
  const auto sub = test::issue({.common_name = "Sub", .is_ca = true}, &root());
  const auto sub_sub = test::issue({.common_name = "SubSub", .is_ca = true}, &sub);
  const x509::Chain chain{leaf(leaf_spec(), sub_sub), sub_sub.certificate, sub.certificate};
  CHECK(Peer{.chain = chain, .verify_depth = 3}.words() == "Verified, Verified, Verified");
  CHECK(Peer{.chain = chain, .verify_depth = 2}.words() == "Untrusted 22, Verified, Verified");
  CHECK(Peer{.chain = chain, .verify_depth = 0}.word(v37) == "Untrusted 22");
}

TEST_CASE("fingerprints of the certificate or of its key", "[postfix][peer]") {
  const auto certificate = leaf();
  const auto peer = [&](const std::vector<std::string>& values, const std::string& algorithm) {
    return Peer{.chain = {certificate},
                .level = Level::fingerprint,
                .fingerprints = parse_fingerprints(values, algorithm),
                .trust_root = false};
  };
  const auto of_certificate = fingerprint(certificate.der(), "sha256");
  const auto of_key = fingerprint(certificate.spki_der(), "sha256");
  CHECK(peer({of_certificate}, "sha256").words() == "Verified, Verified, Verified");
  CHECK(peer({"00", of_key}, "sha256").words() == "Verified, Verified, Verified");
  CHECK(peer({of_key}, "sha256").word({2, 8, 0}) == "Untrusted 20");
  CHECK(peer({fingerprint(certificate.der(), "md5")}, "md5").word(v37) == "Verified");
  // Up to 3.5 the text is compared: colons belong to it.
  CHECK(peer({certificate.cert_sha256()}, "sha256").words() == "Untrusted 20, Verified, Verified");
  CHECK(peer({std::string(64, '0')}, "sha256").words() ==
        "Untrusted 20, Untrusted 65, Untrusted 65");
}

TEST_CASE("fingerprints that cannot match", "[postfix][peer]") {
  const Peer peer{.level = Level::fingerprint, .fingerprints = parse_fingerprints({"0A0B"}, "md5")};
  const auto verdict = peer.verdict(v37);
  CHECK(peer.words() == "Trusted, Untrusted 1, Untrusted 1");
  CHECK(verdict.notes == std::vector<std::string>{"unusable TLSA RR: 3 1 255 0A0B",
                                                  "unusable TLSA RR: 3 0 255 0A0B",
                                                  "all fingerprints unusable"});
}

TEST_CASE("a trust anchor file replaces the CAs", "[postfix][peer]") {
  const auto with = [](const x509::Certificate& anchor, int selector, x509::Chain chain) {
    return Peer{.chain = std::move(chain),
                .tlsa = {record(2, selector, 0, anchor), record(3, selector, 0, anchor)},
                .anchors_replace_cas = true};
  };
  const auto other = leaf(leaf_spec(), other_root());
  CHECK(with(other_root().certificate, 0, {other}).words() == "Verified, Verified, Verified");
  CHECK(with(other_root().certificate, 1, {other}).words() == "Verified, Verified, Verified");
  CHECK(with(other_root().certificate, 0, {leaf()}).words() ==
        "Untrusted 20, Untrusted 65, Untrusted 65");
  const auto wrong_name = leaf(leaf_spec({"other.test"}), other_root());
  CHECK(with(other_root().certificate, 0, {wrong_name}).words() ==
        "Trusted, Untrusted 62, Trusted 62");
  // The leaf itself as its anchor: from 3.6 only, and its name still counts.
  CHECK(with(other, 0, {other}).words() == "Untrusted 20, Verified, Verified");
  CHECK(with(wrong_name, 0, {wrong_name}).words() == "Untrusted 20, Untrusted 62, Trusted 62");
  // A file of other PEM blocks alone brings no anchor: the CAs decide.
  CHECK(Peer{.anchors_replace_cas = true}.words() == "Verified, Verified, Verified");
  const Peer broken{.tlsa = {parsed("2 0 0 000000"), parsed("3 0 0 000000")},
                    .anchors_replace_cas = true};
  CHECK(broken.word(v37) == "Untrusted 1");
  CHECK(broken.verdict(v37).notes.back() == "all trust anchors unusable");
}

TEST_CASE("what the log says of an error", "[postfix][peer]") {
  const auto words = [](const Peer& peer, const Version& version) {
    const auto said = verification_words(peer.verdict(version), version);
    return said ? said->who + "|" + said->what : "nothing";
  };
  CHECK(words(Peer{}, v37) == "nothing");
  CHECK(words({.trust_root = false}, v37) == "|untrusted issuer /O=Test/CN=Root");
  CHECK(words({.match = {"other.test"}}, v37) == "server |num=62:hostname mismatch");
  CHECK(words({.match = {"."}}, v37) == "server |num=1:unspecified certificate verification error");
  auto spec = leaf_spec();
  spec.not_after = now - std::chrono::hours(1);
  CHECK(words({.chain = {leaf(spec)}}, v35) == "server |certificate has expired");
  spec = leaf_spec();
  spec.extended_key_usage = "clientAuth";
  CHECK(words({.chain = {leaf(spec)}}, v35) == "|not designated for use as a server certificate");
  const auto self = test::issue(leaf_spec()).certificate;
  CHECK(words({.chain = {self}}, v35) == "|self-signed certificate");
  const auto hostile = test::issue({.common_name = "R\x1b\xC3\xBC", .is_ca = true});
  CHECK(words({.chain = {leaf(leaf_spec(), hostile)}}, v37) ==
        "|untrusted issuer /O=Test/CN=R\\x1B\\xC3\\xBC");
}
