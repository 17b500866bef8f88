#include <catch2/catch.hpp>

#include "tests/postfix/peer_world.hpp"

using namespace dane;
using namespace dane::postfix;
using namespace dane::postfix::test_world;

namespace {

Peer dane_peer(std::vector<tlsa::Record> records,
               x509::Chain chain = {leaf(), root().certificate}) {
  return {.chain = std::move(chain),
          .level = Level::dane,
          .tlsa = std::move(records),
          .trust_root = false};
}
const std::string zeros(64, '0');

}  // namespace

TEST_CASE("DANE-EE: neither name nor date nor issuer counts", "[postfix][dane]") {
  auto spec = leaf_spec({"other.test"});
  spec.not_after = now - std::chrono::hours(1);
  const auto odd = test::issue(spec).certificate;
  for (const int selector : {0, 1}) {
    for (const int type : {0, 1, 2}) {
      const auto peer = dane_peer(
          {parsed("3 1 1 " + zeros.substr(0, 62)), record(3, selector, type, odd)}, {odd});
      CHECK(peer.words() == "Verified, Verified, Verified");
      CHECK(peer.verdict(v37).tlsa_match == 1);
      CHECK(peer.verdict(v35).tlsa_match == 1);
    }
  }
}

TEST_CASE("DANE-EE that does not match", "[postfix][dane]") {
  auto peer = dane_peer({parsed("3 1 1 " + zeros)});
  CHECK(peer.words() == "Untrusted 19, Untrusted 65, Untrusted 65");
  peer.trust_root = true;  // up to 3.5 the CAs decide about the word, and about that alone
  CHECK(peer.words() == "Trusted, Untrusted 65, Untrusted 65");
}

TEST_CASE("DANE-TA: the chain and the name count", "[postfix][dane]") {
  for (const int selector : {0, 1}) {
    for (const int type : {0, 1, 2}) {
      const auto good = dane_peer({record(2, selector, type, root().certificate)});
      CHECK(good.words() == "Verified, Verified, Verified");
      CHECK(good.verdict(v35).tlsa_match == 0);
      CHECK(good.verdict(v37).tlsa_match == 0);
      CHECK(good.verdict(v35).tlsa_depth == 1);
      CHECK(good.verdict(v37).tlsa_depth == 1);
    }
  }
  const auto other = leaf(leaf_spec({"other.test"}));
  const auto wrong_name =
      dane_peer({record(2, 0, 1, root().certificate)}, {other, root().certificate});
  CHECK(wrong_name.words() == "Trusted, Untrusted 62, Trusted 62");
  auto spec = leaf_spec();
  spec.not_after = now - std::chrono::hours(1);
  const auto late =
      dane_peer({record(2, 1, 1, root().certificate)}, {leaf(spec), root().certificate});
  CHECK(late.words() == "Untrusted 10, Untrusted 10, Untrusted 10");
}

TEST_CASE("DANE-TA of a root that is not sent", "[postfix][dane]") {
  const x509::Chain alone{leaf()};
  CHECK(dane_peer({record(2, 0, 0, root().certificate)}, alone).words() ==
        "Verified, Verified, Verified");
  CHECK(dane_peer({record(2, 1, 0, root().certificate)}, alone).words() ==
        "Verified, Verified, Verified");
  CHECK(dane_peer({record(2, 0, 1, root().certificate)}, alone).words() ==
        "Untrusted 20, Untrusted 65, Untrusted 65");
  CHECK(dane_peer({record(2, 1, 0, other_root().certificate)}, alone).words() ==
        "Untrusted 20, Untrusted 65, Untrusted 65");
}

TEST_CASE("a self-signed leaf as its own DANE-TA: up to 3.5 only", "[postfix][dane]") {
  const auto self = test::issue(leaf_spec()).certificate;
  CHECK(dane_peer({record(2, 1, 1, self)}, {self}).words() ==
        "Verified, Untrusted 65, Untrusted 65");
}

TEST_CASE("half-dane is trusted and matched", "[postfix][dane]") {
  auto peer = dane_peer({record(3, 1, 1, leaf())}, {leaf()});
  peer.level = Level::half_dane;
  const auto verdict = peer.verdict(v37);
  CHECK(verdict.trusted);
  CHECK(verdict.matched);
}

TEST_CASE("unusable records", "[postfix][dane]") {
  auto peer = dane_peer({parsed("3 1 1 0011223344"), parsed("3 1 9 00")}, {leaf()});
  for (const auto level : {Level::dane, Level::half_dane}) {
    peer.level = level;
    const auto verdict = peer.verdict(v37);
    CHECK(verdict.unusable_tlsa == std::vector<std::size_t>{0, 1});
    CHECK(verdict.fell_back_to_encrypt);
    CHECK_FALSE(verdict.matched);
    CHECK(verdict.notes == std::vector<std::string>{
                               "unusable TLSA RR: 3 1 9 00", "unusable TLSA RR: 3 1 1 0011223344",
                               "all TLSA records unusable, fallback to unauthenticated TLS"});
    CHECK(peer.verdict(v35).fell_back_to_encrypt);
  }
  peer.level = Level::dane_only;
  CHECK(peer.word(v37) == "Untrusted 1");
  CHECK(peer.verdict(v37).notes.back() == "all TLSA records unusable");
  CHECK_FALSE(peer.verdict(v37).fell_back_to_encrypt);
  const auto one_good = dane_peer({parsed("3 1 1 00"), record(3, 1, 1, leaf())}, {leaf()});
  CHECK(one_good.words() == "Verified, Verified, Verified");
  CHECK(one_good.verdict(v37).unusable_tlsa == std::vector<std::size_t>{0});
}

TEST_CASE("the fall back to encrypt keeps the names and level 0", "[postfix][dane]") {
  auto peer = dane_peer({parsed("3 1 1 00")}, {leaf(leaf_spec({"other.test"}))});
  peer.trust_root = true;
  CHECK(peer.word(v37) == "Untrusted 62");
  CHECK(peer.word(v310) == "Trusted 62");
  CHECK(peer.word(v35) == "Trusted");
}

TEST_CASE("PKIX usages and fingerprints' matching type are never taken", "[postfix][dane]") {
  for (const auto* text : {"0 0 1 ", "1 1 1 ", "3 1 255 "}) {
    const auto verdict = dane_peer({parsed(text + zeros)}).verdict(v37);
    CHECK(verdict.fell_back_to_encrypt);
    CHECK(verdict.unusable_tlsa.size() == 1);
  }
}

TEST_CASE("of two digests the preferred one counts", "[postfix][dane]") {
  auto peer = dane_peer({record(3, 1, 1, leaf()), parsed("3 1 2 " + zeros + zeros)}, {leaf()});
  CHECK(peer.words() == "Untrusted 20, Untrusted 65, Untrusted 65");
  peer.dane_digests = "sha256 sha512";
  CHECK(peer.words() == "Verified, Verified, Verified");
  peer.dane_digests = "sha512";
  peer.tlsa.resize(1);
  CHECK(peer.verdict(v37).fell_back_to_encrypt);
  CHECK(peer.verdict(v35).fell_back_to_encrypt);
}

TEST_CASE("why 3.5 finds a record unusable", "[postfix][dane]") {
  const auto fault = [](const std::string& text) {
    return own_tlsa_fault(parsed(text), "sha512 sha256").value_or("usable");
  };
  CHECK(fault("3 1 1 0011223344") == "malformed sha256 digest, length 5, in");
  CHECK(fault("3 1 1 " + zeros) == "usable");
  CHECK(fault("1 1 1 " + zeros) == "unsupported certificate usage 1 in");
  CHECK(fault("3 2 1 " + zeros) == "unsupported selector 2 in");
  CHECK(fault("3 1 9 " + zeros) == "unsupported matching type 9 in");
  CHECK(fault("2 0 0 00") == "malformed certificate in");
  CHECK(fault("2 1 0 00") == "malformed public key in");
  CHECK_FALSE(own_tlsa_fault(record(2, 0, 0, root().certificate), "sha256"));
}
