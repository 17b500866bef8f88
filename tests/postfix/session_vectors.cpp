#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dane/postfix/session.hpp"

#include "libdane/postfix/session_judge.hpp"
#include "tests/postfix/policy_json.hpp"
#include "tests/support/test_ca.hpp"
#include "tests/support/vectors.hpp"

using namespace dane;
using namespace dane::postfix;
using test::Json;

namespace {

const x509::Chain& some_chain() {
  static const x509::Chain chain{test::issue({.common_name = "any"}).certificate};
  return chain;
}

TlsFacts tls_of(const Json& facts) {
  return {.chain = facts.at("certificate").get<bool>() ? some_chain() : x509::Chain(),
          .protocol = facts.at("protocol"),
          .cipher = facts.at("cipher"),
          .used_bits = facts.at("bits").at(0),
          .algorithm_bits = facts.at("bits").at(1),
          .key_exchange = facts.value("key_exchange", ""),
          .signature = facts.value("signature", ""),
          .digest = facts.value("digest", "")};
}

ConnectionFacts facts_of(const Json& facts) {
  const std::string kind = facts.at("kind");
  if (kind == "tls" && facts.value("lost", false)) return LostAfterTls{tls_of(facts)};
  if (kind == "tls") return tls_of(facts);
  if (kind == "not-offered") return NotOffered{};
  if (kind == "rejected") return StartTlsRejected{facts.at("reply")};
  if (kind == "handshake-failed") return HandshakeFailed{facts.at("error"), facts.at("library")};
  REQUIRE(kind == "not-reached");
  return NotReached{facts.at("dsn"), facts.at("text"), facts.value("connected", false)};
}

EffectivePolicy policy_of(const Json& policy) {
  EffectivePolicy out;
  out.warnings = policy.value("warnings", std::vector<std::string>());
  const std::string outcome = policy.at("outcome");
  if (outcome == "refused") {
    out.outcome = Refused{policy.at("dsn"), policy.at("text")};
    return out;
  }
  const Level level = test::level_of(policy.at("level"));
  if (outcome == "skipped") {
    out.outcome = Skipped{policy.at("warning"), level};
    return out;
  }
  Usable usable;
  usable.level = level;
  usable.match = policy.at("match").get<std::vector<std::string>>();
  usable.protocols = policy.value("protocols", "!SSLv2, !SSLv3");
  usable.grade = policy.value("grade", "medium");
  usable.sni = policy.value("sni", "");
  usable.policy_failure = policy.value("policy_failure", "");
  usable.forced_failure = !usable.policy_failure.empty();
  for (const auto& text : policy.value("tlsa", std::vector<std::string>()))
    usable.tlsa.push_back(tlsa::parse_presentation(text).value());
  out.outcome = usable;
  return out;
}

PeerVerdict verdict_of(const Json& peer) {
  PeerVerdict verdict;
  verdict.trusted = peer.at("trusted");
  verdict.matched = peer.at("matched");
  verdict.error = peer.at("error");
  constexpr int hostname_mismatch = 62;
  verdict.chain_error = verdict.error == hostname_mismatch ? 0 : verdict.error;
  verdict.depth = peer.value("depth", 0);
  verdict.issuer = peer.value("issuer", "");
  verdict.fell_back_to_encrypt = peer.value("fell_back_to_encrypt", false);
  verdict.notes = peer.value("notes", std::vector<std::string>());
  return verdict;
}

void check_session(const Json& input, const Json& expected) {
  const Settings settings =
      test::settings_of(input.at("settings"), input.at("version").get<std::string>());
  const Destination destination = parse_destination(input.at("nexthop").get<std::string>()).value();
  const EffectivePolicy policy = policy_of(input.at("policy"));
  const ConnectionFacts facts = facts_of(input.at("facts"));
  CaCertificates cas;
  cas.unusable = !input.value("engine", true);
  const SessionInput given{.destination = destination,
                           .hostname = input.at("mx"),
                           .address = input.at("address"),
                           .port = input.at("port").get<std::uint16_t>(),
                           .policy = policy,
                           .settings = settings,
                           .cas = cas,
                           .facts = facts,
                           .at = TimePoint(),
                           .final_server = input.value("final_server", true)};
  const Session session = judge_session(given, [&](const PeerInput& peer) {
    REQUIRE(input.contains("peer"));
    CHECK(peer.level == std::get<Usable>(policy.outcome).level);
    return verdict_of(input.at("peer"));
  });
  const std::string word = session.log_word ? to_string(*session.log_word) : "";
  const auto& wanted_word = expected.at("word");
  CHECK(word == (wanted_word.is_null() ? "" : wanted_word.get<std::string>()));
  CHECK(to_string(session.delivery) == expected.at("delivery").get<std::string>());
  CHECK(session.plaintext == expected.at("plaintext").get<bool>());
  CHECK(session.fallback_possible == expected.at("fallback_possible").get<bool>());
  CHECK(session.dsn == expected.at("dsn").get<std::string>());
  CHECK(session.text == expected.at("text").get<std::string>());
  CHECK(session.log_lines == expected.at("lines").get<std::vector<std::string>>());
  CHECK_FALSE(session.rules.empty());
}

}  // namespace

TEST_CASE("a session ends, and is logged, as the vectors say", "[postfix][session][vectors]") {
  for (const auto& v : test::load_vectors("postfix/session.json")) {
    INFO(test::describe(v));
    check_session(v.at("input"), v.at("expected"));
  }
}
