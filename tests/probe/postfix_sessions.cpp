// Sessions with the offer of a Postfix client: what its log would say, and posttls-finger says.

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "tests/probe/postfix.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

namespace {

Key curve_key(const char* curve) {
  return {EVP_EC_gen(curve), EVP_PKEY_free};
}

Key pss_key() {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr);
  EVP_PKEY* key = nullptr;
  require(EVP_PKEY_keygen_init(context) == 1 &&
              EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1 &&
              EVP_PKEY_generate(context, &key) == 1,
          "RSA-PSS key");
  EVP_PKEY_CTX_free(context);
  return {key, EVP_PKEY_free};
}

std::vector<ServerChain> with(const std::string& kind) {
  if (kind == "none") return {};
  const Key key = kind == "RSA"       ? pooled_key(x509::KeyType::rsa)
                  : kind == "RSA-PSS" ? pss_key()
                  : kind == "Ed25519" ? pooled_key(x509::KeyType::ed25519)
                  : kind == "Ed448"   ? pooled_key(x509::KeyType::ed448)
                                      : curve_key(kind.c_str());
  return {{issue({.common_name = "mx.example", .key = key})}};
}

struct Session {
  std::string key;
  int version;
  std::string ciphers, groups;
  std::string summary;  ///< as posttls-finger 3.7.11 has it
};

const std::string all = "ALL:!aNULL:@SECLEVEL=0";
const std::string tls13 = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange ";

}  // namespace

TEST_CASE("What Postfix's summary line says of a session", "[probe][postfix]") {
  const auto c = GENERATE_COPY(values<Session>({
      {"RSA", TLS1_3_VERSION, all, "",
       tls13 + "X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256"},
      {"RSA-PSS", TLS1_3_VERSION, all, "",
       tls13 + "X25519 server-signature RSASSA-PSS server-digest SHA256"},
      {"P-256", TLS1_3_VERSION, all, "",
       tls13 + "X25519 server-signature ECDSA (prime256v1) server-digest SHA256"},
      {"P-384", TLS1_3_VERSION, all, "P-384",
       tls13 + "ECDHE (secp384r1) server-signature ECDSA (secp384r1) server-digest SHA384"},
      {"P-521", TLS1_3_VERSION, all, "P-256",
       tls13 + "ECDHE (prime256v1) server-signature ECDSA (secp521r1) server-digest SHA512"},
      {"Ed25519", TLS1_3_VERSION, all, "X448", tls13 + "X448 server-signature ED25519"},
      {"Ed448", TLS1_3_VERSION, all, "P-521", tls13 + "ECDHE (secp521r1) server-signature ED448"},
      {"RSA", TLS1_2_VERSION, all, "",
       "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)"},
      {"P-256", TLS1_2_VERSION, all, "",
       "TLSv1.2 with cipher ECDHE-ECDSA-AES256-GCM-SHA384 (256/256 bits)"},
      {"Ed25519", TLS1_2_VERSION, all, "",
       "TLSv1.2 with cipher ECDHE-ECDSA-AES256-GCM-SHA384 (256/256 bits)"},
      {"RSA", TLS1_2_VERSION, "kDHE:!aNULL:@SECLEVEL=0", "",
       "TLSv1.2 with cipher DHE-RSA-AES256-GCM-SHA384 (256/256 bits)"},
      {"RSA", TLS1_2_VERSION, "AES128+kRSA:@SECLEVEL=0", "",
       "TLSv1.2 with cipher AES128-GCM-SHA256 (128/128 bits)"},
      {"RSA", TLS1_1_VERSION, all, "", "TLSv1.1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)"},
      {"P-256", TLS1_VERSION, all, "", "TLSv1 with cipher ECDHE-ECDSA-AES256-SHA (256/256 bits)"},
      {"none", TLS1_2_VERSION, "AECDH:@SECLEVEL=0", "",
       "TLSv1.2 with cipher AECDH-AES256-SHA (256/256 bits)"},
      {"none", TLS1_2_VERSION, "ADH:@SECLEVEL=0", "",
       "TLSv1.2 with cipher ADH-AES256-GCM-SHA384 (256/256 bits)"},
  }));
  INFO(c.key << ": " << c.summary);
  ServerTls tls({.chains = with(c.key),
                 .min_version = c.version,
                 .max_version = c.version,
                 .ciphers = c.ciphers,
                 .groups = c.groups});
  FakeServer server(mail_server(tls));
  const auto level = GENERATE(as<std::string>{}, "may", "encrypt");
  const auto shown = presented(test::probe(request_with(server, postfix_offer(level))));
  CHECK(summary(shown) == c.summary);
  CHECK(shown.chain.empty() == (c.key == "none"));
  if (Finger::is_here()) {
    const auto lines = Finger().lines(server, "-l " + level);
    const auto word = c.key == "none" ? "Anonymous" : "Untrusted";
    CHECK(behind(lines, word + std::string(" TLS connection established to ")) == c.summary);
  } else {
    WARN("no posttls-finger 3.7 with OpenSSL 3.0: compared with what it said before");
  }
  server.finish();
  CHECK(server.complaints() == std::vector<std::string>{});
}

namespace {

std::size_t number_at(const std::string& octets, std::size_t at, std::size_t width) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < width; ++i)
    out = out << 8U | static_cast<unsigned char>(octets.at(at + i));
  return out;
}

/// Random, session identifier and key shares as zeros: what is left is the offer.
std::string without_randomness(std::string hello) {
  constexpr std::size_t random_at = 5 + 4 + 2;  // record and handshake header, version
  hello.replace(random_at, 32, 32, '\0');
  std::size_t at = random_at + 32;
  const auto identifier = number_at(hello, at, 1);
  hello.replace(at + 1, identifier, identifier, '\0');
  at += 1 + identifier;
  at += 2 + number_at(hello, at, 2);  // cipher suites
  at += 1 + number_at(hello, at, 1);  // compression
  for (at += 2; at < hello.size();) {
    const auto type = number_at(hello, at, 2);
    const auto length = number_at(hello, at + 2, 2);
    // list length and group stay, the key goes: RFC 8446 section 4.2.8
    if (type == 51) hello.replace(at + 4 + 6, length - 6, length - 6, '\0');
    at += 4 + length;
  }
  return hello;
}

/// Keeps the ClientHello of each connection.
FakeServer::Script keep_hellos(std::vector<std::string>& hellos, std::mutex& mutex) {
  return [&](Peer& peer) {
    greet_and_hear_starttls(peer);
    peer.say("220 go\r\n");
    auto hello = peer.hear_octets(5);
    hello += peer.hear_octets(number_at(hello, 3, 2));
    const std::lock_guard lock(mutex);
    hellos.push_back(std::move(hello));
  };
}

}  // namespace

TEST_CASE("The ClientHello is Postfix's to the last octet", "[probe][postfix]") {
  if (!Finger::is_here()) {
    WARN("no posttls-finger 3.7 with OpenSSL 3.0: ClientHellos were not compared");
    return;
  }
  struct Case {
    std::string level, protocols;
    std::vector<TlsVersion> versions;
  };
  using enum TlsVersion;
  const auto c = GENERATE_COPY(values<Case>({
      {"may", ">=TLSv1", all_versions},
      {"encrypt", ">=TLSv1", all_versions},
      {"secure", ">=TLSv1", all_versions},
      {"secure", ">=TLSv1.2", {tls1_2, tls1_3}},
      {"may", "!TLSv1.3", {ssl3, tls1, tls1_1, tls1_2}},
      {"may", "TLSv1.2, TLSv1.1", {tls1_1, tls1_2}},
      {"may", "!TLSv1.1", {ssl3, tls1, tls1_2, tls1_3}},  // a hole
      {"secure", ">=TLSv1.3", {tls1_3}},
  }));
  INFO(c.level << " " << c.protocols);
  std::vector<std::string> hellos;
  std::mutex mutex;
  FakeServer server(keep_hellos(hellos, mutex));
  static_cast<void>(
      Finger().lines(server, fmt::format("-l {} -p '{}' -s mx.example", c.level, c.protocols)));
  auto request = request_with(server, postfix_offer(c.level, c.versions));
  request.server_name = DomainName::parse("mx.example").value();
  static_cast<void>(test::probe(request));
  server.finish();
  REQUIRE(hellos.size() == 2);
  for (auto& hello : hellos) hello = without_randomness(std::move(hello));
  CHECK(to_hex(std::as_bytes(std::span(hellos[1]))) == to_hex(std::as_bytes(std::span(hellos[0]))));
}

TEST_CASE("An anonymous cipher is a session only where the offer says so", "[probe][postfix]") {
  ServerTls tls({.max_version = TLS1_2_VERSION, .ciphers = "AECDH:@SECLEVEL=0"});
  auto offer = postfix_offer("may");
  CHECK(presented(probe_script_as_postfix(mail_server(tls), offer)).chain.empty());
  offer.allow_anonymous = false;
  FakeServer server(mail_server(tls));
  CHECK(failure(test::probe(request_with(server, offer))).kind == ProbeFailure::no_certificate);
  CHECK(failure(test::probe(request_with(server, postfix_offer("secure")))).kind ==
        ProbeFailure::handshake_failed);
}

TEST_CASE("Requests without an offer of Postfix's have no details", "[probe][postfix]") {
  ServerTls tls(one_chain());
  CHECK_FALSE(presented(probe_script(honest_smtp(tls))).details);
  CHECK_FALSE(failure(probe_script([](Peer& p) { p.reset(); })).details);
}

TEST_CASE("SNI goes out only when given", "[probe][postfix]") {
  ServerTls tls(one_chain());
  FakeServer server(mail_server(tls));
  auto request = request_with(server, postfix_offer("may"));
  static_cast<void>(presented(test::probe(request)));
  request.server_name = DomainName::parse("mx.example").value();
  static_cast<void>(presented(test::probe(request)));
  server.finish();
  CHECK(tls.names_asked() == std::vector<std::string>{"", "mx.example"});
}

TEST_CASE("The security level bounds what a server may use", "[probe][postfix]") {
  // At level 1 OpenSSL 3 wants more than the SHA-1 of TLS 1.0 and 1.1.
  ServerTls tls({.chains = {self_signed(x509::KeyType::rsa)},
                 .min_version = TLS1_1_VERSION,
                 .max_version = TLS1_1_VERSION});
  CHECK(presented(probe_script_as_postfix(mail_server(tls), postfix_offer("may"))).tls_version ==
        "TLSv1.1");
  FakeServer server(mail_server(tls));
  CHECK(failure(test::probe(request_with(server, postfix_offer("secure")))).kind ==
        ProbeFailure::handshake_failed);
}
