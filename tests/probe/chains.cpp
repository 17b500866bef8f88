// Which chain is shown to which offer, and that it comes as it was sent.

#include "dane/core/parallel.hpp"

#include "tests/probe/live.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

namespace {

/// The whole run against an honest server; its complaints fail the test.
ProbeResult probe_honest(const TlsSetup& setup, Offer offer,
                         const std::optional<std::string>& name = "mx.example",
                         const ProberOptions& options = {}) {
  ServerTls tls(setup);
  FakeServer server(honest_smtp(tls));
  auto request = request_to(server, Protocol::smtp, offer);
  request.server_name =
      name ? std::optional(DomainName::parse(*name).value()) : std::optional<DomainName>{};
  auto result = test::probe(request, 30s, options);
  server.finish();
  CHECK(server.complaints() == std::vector<std::string>{});
  if (!tls.names_asked().empty()) CHECK(tls.names_asked().front() == name.value_or(""));
  return result;
}

}  // namespace

TEST_CASE("Each offer gets the chain of its key type, in TLS 1.2 and 1.3", "[probe][offer]") {
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const bool has_rsa = GENERATE(true, false);
  const bool has_ecdsa = GENERATE(true, false);
  const auto offer = GENERATE(Offer::rsa, Offer::ecdsa, Offer::any);
  if (!has_rsa && !has_ecdsa) return;
  INFO("RSA " << has_rsa << " ECDSA " << has_ecdsa << " offer " << to_string(offer) << " version "
              << std::hex << version);

  TlsSetup setup{.min_version = version, .max_version = version};
  const auto rsa = self_signed(x509::KeyType::rsa);
  const auto ecdsa = self_signed(x509::KeyType::ecdsa);
  if (has_rsa) setup.chains.push_back(rsa);
  if (has_ecdsa) setup.chains.push_back(ecdsa);
  const auto result = probe_honest(setup, offer);

  if ((offer == Offer::rsa && !has_rsa) || (offer == Offer::ecdsa && !has_ecdsa)) {
    const auto failed = failure(result);
    CHECK(failed.kind == ProbeFailure::handshake_failed);
    CHECK(failed.alert == "handshake failure");
    return;
  }
  const auto shown = presented(result);
  CHECK(shown.tls_version == (version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"));
  CHECK_FALSE(shown.cipher.empty());
  REQUIRE(shown.chain.size() == 1);
  if (offer == Offer::rsa) CHECK(shown.chain[0] == rsa.leaf.certificate);
  if (offer == Offer::ecdsa) CHECK(shown.chain[0] == ecdsa.leaf.certificate);
}

TEST_CASE("An ECDSA certificate of an RSA issuer is shown to the ECDSA offer", "[probe][offer]") {
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const auto root =
      issue({.common_name = "Root", .is_ca = true, .key = pooled_key(x509::KeyType::rsa, 1)});
  const auto leaf = issue({.common_name = "mx.example"}, &root);
  const auto shown = presented(probe_honest(
      {.chains = {{leaf, {root.certificate}}}, .min_version = version, .max_version = version},
      Offer::ecdsa));
  CHECK(shown.chain == x509::Chain{leaf.certificate, root.certificate});
}

TEST_CASE("Ed25519 is for the offer of any key", "[probe][offer]") {
  const TlsSetup setup{.chains = {self_signed(x509::KeyType::ed25519)}};
  CHECK(presented(probe_honest(setup, Offer::any)).chain.at(0).key_type() ==
        x509::KeyType::ed25519);
  CHECK(failure(probe_honest(setup, Offer::rsa)).kind == ProbeFailure::handshake_failed);
  CHECK(failure(probe_honest(setup, Offer::ecdsa)).kind == ProbeFailure::handshake_failed);
}

TEST_CASE("The server's name decides, and none gets the default", "[probe][sni]") {
  const auto standard = self_signed(x509::KeyType::ecdsa, "default.example");
  const auto other = self_signed(x509::KeyType::ecdsa, "other.example");
  const TlsSetup setup{.chains = {standard}, .by_name = {{"other.example", {other}}}};
  CHECK(presented(probe_honest(setup, Offer::any, "other.example")).chain.at(0) ==
        other.leaf.certificate);
  CHECK(presented(probe_honest(setup, Offer::any, "unknown.example")).chain.at(0) ==
        standard.leaf.certificate);
  CHECK(presented(probe_honest(setup, Offer::any, std::nullopt)).chain.at(0) ==
        standard.leaf.certificate);
}

TEST_CASE("The chain comes as it was sent", "[probe][chain]") {
  const auto root = issue({.common_name = "Root", .is_ca = true});
  const auto middle = issue({.common_name = "Middle", .is_ca = true}, &root);
  const auto leaf = issue({.common_name = "\x1b[2Jevil\nname",
                           .dns_names = {std::string("mx.example\0.evil", 16), "*.example"},
                           .not_after = at_date(2021, 1, 1)},
                          &middle);
  const auto stranger = issue({.common_name = "Stranger", .not_before = at_date(2039, 1, 1)});
  SECTION("complete") {
    const auto shown = presented(
        probe_honest({.chains = {{leaf, {middle.certificate, root.certificate}}}}, Offer::any));
    CHECK(shown.chain == x509::Chain{leaf.certificate, middle.certificate, root.certificate});
    CHECK(shown.chain[0].subject().find('\x1b') == std::string::npos);
  }
  SECTION("unordered, with a stranger and a duplicate") {
    const auto shown =
        presented(probe_honest({.chains = {{leaf,
                                            {root.certificate, stranger.certificate,
                                             middle.certificate, middle.certificate}}}},
                               Offer::any));
    CHECK(shown.chain == x509::Chain{leaf.certificate, root.certificate, stranger.certificate,
                                     middle.certificate, middle.certificate});
  }
  SECTION("the leaf alone") {
    const auto shown = presented(probe_honest({.chains = {{leaf}}}, Offer::any));
    CHECK(shown.chain == x509::Chain{leaf.certificate});
  }
}

TEST_CASE("A new certificate is seen at once: no session is resumed", "[probe][chain]") {
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  ServerTls tls({.chains = {self_signed(x509::KeyType::ecdsa)},
                 .min_version = version,
                 .max_version = version});
  SSL_CTX_set_session_cache_mode(tls.context(), SSL_SESS_CACHE_SERVER);
  FakeServer server(honest_smtp(tls));
  const auto prober = make_prober({});
  for (int i = 0; i < 3; ++i)
    CHECK(presented(prober->probe(request_to(server), in(30s))).chain.size() == 1);
  server.finish();
  CHECK(SSL_CTX_sess_hits(tls.context()) == 0);
  CHECK(server.complaints() == std::vector<std::string>{});
}

TEST_CASE("Old protocol versions only when asked for", "[probe][versions]") {
  const int version = GENERATE(TLS1_VERSION, TLS1_1_VERSION);
  const auto type = GENERATE(x509::KeyType::rsa, x509::KeyType::ecdsa);
  const auto offer = type == x509::KeyType::rsa ? Offer::rsa : Offer::ecdsa;
  const TlsSetup setup{
      .chains = {self_signed(type)}, .min_version = version, .max_version = version};
  const auto failed = failure(probe_honest(setup, offer));
  CHECK(failed.kind == ProbeFailure::handshake_failed);
  CHECK_FALSE(failed.alert.empty());
  const auto shown = presented(probe_honest(setup, offer, "mx.example", {.allow_old_tls = true}));
  CHECK(shown.tls_version == (version == TLS1_VERSION ? "TLSv1" : "TLSv1.1"));
}

TEST_CASE("A server with anonymous suites only gets no handshake", "[probe][versions]") {
  // S62: they are never offered.
  const auto failed = failure(probe_honest(
      {.max_version = TLS1_2_VERSION, .ciphers = "ADH:AECDH:@SECLEVEL=0"}, Offer::any));
  CHECK(failed.kind == ProbeFailure::handshake_failed);
  CHECK(failed.alert == "handshake failure");
}

TEST_CASE("A server that demands a client certificate refuses us", "[probe][versions]") {
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  auto setup = one_chain();
  setup.demand_client_certificate = true;
  setup.min_version = setup.max_version = version;
  const auto failed = failure(probe_honest(setup, Offer::any));
  CHECK(failed.kind == ProbeFailure::handshake_failed);
  CHECK(failed.alert == (version == TLS1_3_VERSION ? "certificate required" : "handshake failure"));
}

TEST_CASE("A hundred probes at once, one prober", "[probe][parallel]") {
  ServerTls tls({.chains = {self_signed(x509::KeyType::rsa), self_signed(x509::KeyType::ecdsa)}});
  FakeServer server(honest_smtp(tls));
  const auto prober = make_prober({});
  std::vector<Offer> offers;
  for (int i = 0; i < 100; ++i) offers.push_back(i % 2 == 0 ? Offer::rsa : Offer::ecdsa);
  const auto deadline = in(120s);
  const auto results = map_concurrently(offers, 100, [&](Offer offer) {
    return prober->probe(request_to(server, Protocol::smtp, offer), deadline);
  });
  for (std::size_t i = 0; i < results.size(); ++i)
    CHECK(presented(results[i]).chain.at(0).key_type() ==
          (offers[i] == Offer::rsa ? x509::KeyType::rsa : x509::KeyType::ecdsa));
  server.finish();
  CHECK(server.complaints() == std::vector<std::string>{});
}

TEST_CASE("IPv6", "[probe][ipv6]") {
  ServerTls tls(one_chain());
  FakeServer server(
      [&tls](Peer& peer) {
        peer.say("220 mx.example ESMTP\r\n");
        const auto ehlo = peer.hear();
        demand(ehlo.find('.') != std::string::npos || ehlo == "EHLO [IPv6:::1]", ehlo);
        peer.say("250-mx.example\r\n250 STARTTLS\r\n");
        static_cast<void>(peer.hear());
        peer.say("220 go\r\n");
        peer.start_tls(tls);
        expect(peer, "QUIT");
      },
      "::1");
  CHECK(presented(test::probe(request_to(server))).chain.size() == 1);
  server.finish();
  CHECK(server.complaints() == std::vector<std::string>{});
}
