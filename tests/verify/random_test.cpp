#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include "dane/core/parallel.hpp"
#include "dane/verify/verify.hpp"

#include "tests/verify/cases.hpp"
#include "tests/verify/handshake.hpp"

using namespace dane;
using namespace dane::test;

namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// How often what happened, so that the comparison cannot come to compare nothing.
struct Tally {
  std::array<std::uint64_t, 4> authenticated{};  // by the usage of the record that matched
  std::array<std::uint64_t, 4> refuted{};        // by usages present among the usable records
  std::uint64_t unusable = 0, bare_key = 0, deep = 0, agility = 0;
  std::map<std::string, std::uint64_t> errors;

  void add(const Tally& other) {
    for (std::size_t usage = 0; usage < 4; ++usage) {
      authenticated[usage] += other.authenticated[usage];
      refuted[usage] += other.refuted[usage];
    }
    unusable += other.unusable;
    bare_key += other.bare_key;
    deep += other.deep;
    agility += other.agility;
    for (const auto& [name, times] : other.errors) errors[name] += times;
  }

  void count(const verify::Request& request, const verify::Verification& got) {
    if (got.verdict == verify::Verdict::unusable) ++unusable;
    if (got.matched) {
      const auto& record = request.records[got.matched->record];
      ++authenticated[static_cast<std::size_t>(record.usage)];
      if (got.matched->depth > 1) ++deep;
      const auto& at = got.fates[got.matched->record].matches;
      if (at.empty() && record.selector == tlsa::Selector::spki) ++bare_key;
    }
    if (got.verdict == verify::Verdict::refuted) {
      ++errors[got.error_name];
      std::array<bool, 4> present{};
      bool lost_to_agility = false;
      for (std::size_t i = 0; i < request.records.size(); ++i) {
        if (got.fates[i].unusable) continue;
        present[static_cast<std::size_t>(request.records[i].usage)] = true;
        lost_to_agility =
            lost_to_agility || (got.fates[i].set_aside_by_agility && !got.fates[i].matches.empty());
      }
      for (std::size_t usage = 0; usage < 4; ++usage) refuted[usage] += present[usage] ? 1 : 0;
      agility += lost_to_agility ? 1 : 0;
    }
  }
};

std::string explain(const Case& one, const verify::Verification& got,
                    const HandshakeResult& handshake) {
  std::string out = one.description + "\n";
  for (const auto& sentence : got.reasoning) out += "  " + sentence + "\n";
  return out + fmt::format("  verdict {} ({}); handshake {} result {}", to_string(got.verdict),
                           got.error_name,
                           handshake.authenticated ? "authenticated" : "not authenticated",
                           handshake.verify_result);
}

/// What the three sources say must be one and the same; returns what is not.
std::string disagreement(const verify::Verification& got, const HandshakeResult& handshake) {
  using verify::Verdict;
  if (got.verdict == Verdict::undetermined) return "judge and explanation differ";
  if ((got.verdict == Verdict::unusable) != !handshake.any_usable) return "usability differs";
  const bool authenticated = got.verdict == Verdict::authenticated;
  if (got.prediction.authenticated != authenticated) return "the prediction differs";
  if (handshake.authenticated != authenticated) return "the handshake differs";
  if (handshake.any_usable && handshake.completed != authenticated) return "completion differs";
  if (handshake.any_usable && handshake.verify_result != got.error_code)
    return "the error code differs";
  if (got.matched != handshake.matched) return "the handshake matched otherwise";
  if (got.matched != got.prediction.matched) return "the prediction matched otherwise";
  return {};
}

struct Worlds {
  World rsa, ecdsa;
};

struct BlockResult {
  Tally tally;
  std::vector<std::string> failures;
};

BlockResult run_block(const Worlds& worlds, std::uint64_t seed,
                      std::pair<std::uint64_t, std::uint64_t> range) {
  BlockResult result;
  for (std::uint64_t i = range.first; i < range.second; ++i) {
    const Case one = i % 2 == 0 ? make_case(worlds.rsa, worlds.ecdsa, seed, i)
                                : make_case(worlds.ecdsa, worlds.rsa, seed, i);
    const auto got = verify::judge_chain(one.request);
    const auto handshake = shake_hands(one.request, one.leaf_key, one.tls13);
    result.tally.count(one.request, got);
    if (const auto what = disagreement(got, handshake); !what.empty())
      result.failures.push_back(
          fmt::format("DANE_TEST_SEED={} DANE_TEST_FIRST={} DANE_TEST_CASES=1: {}\n{}", seed, i,
                      what, explain(one, got, handshake)));
  }
  return result;
}

}  // namespace

TEST_CASE("prediction, judge and complete handshakes agree on random cases", "[random]") {
  const std::uint64_t count = setting("DANE_TEST_CASES", 20'000);
  const std::uint64_t first = setting("DANE_TEST_FIRST", 0);
  const std::uint64_t seed = setting("DANE_TEST_SEED", std::random_device{}());
  fmt::print("random cases: DANE_TEST_SEED={} DANE_TEST_CASES={}\n", seed, count);

  const Worlds worlds{World(x509::KeyType::rsa), World(x509::KeyType::ecdsa)};
  // In blocks on several threads: quicker, and the judge has to be usable from many.
  constexpr std::uint64_t block = 250;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks;
  for (std::uint64_t i = first; i < first + count; i += block)
    blocks.emplace_back(i, std::min(i + block, first + count));
  const auto results =
      map_concurrently(blocks, std::max(1U, std::thread::hardware_concurrency()),
                       [&](const auto& range) { return run_block(worlds, seed, range); });

  Tally tally;
  std::size_t failures = 0;
  for (const auto& result : results) {
    tally.add(result.tally);
    failures += result.failures.size();
    if (failures > 5) continue;
    for (const auto& failure : result.failures) UNSCOPED_INFO(failure);
  }
  REQUIRE(failures == 0);

  fmt::print("authenticated by usage 0-3: {} {} {} {}; refuted with: {} {} {} {}; unusable {}\n",
             tally.authenticated[0], tally.authenticated[1], tally.authenticated[2],
             tally.authenticated[3], tally.refuted[0], tally.refuted[1], tally.refuted[2],
             tally.refuted[3], tally.unusable);
  fmt::print("bare key {}, deeper than 1: {}, lost to agility {}\n", tally.bare_key, tally.deep,
             tally.agility);
  for (const auto& [name, times] : tally.errors) fmt::print("  {} {}\n", name, times);

  if (count < 2000) return;  // shares mean nothing in a short run
  const auto share = [&](std::uint64_t of) { return 1000 * of / count; };  // per mille
  for (std::size_t usage = 0; usage < 4; ++usage) {
    INFO("usage " << usage);
    CHECK(share(tally.authenticated[usage]) >= (usage < 2 ? 10 : 80));
    CHECK(share(tally.refuted[usage]) >= 50);
  }
  CHECK(share(tally.unusable) >= 30);
  CHECK(share(tally.bare_key) >= 10);
  CHECK(share(tally.deep) >= 20);
  CHECK(share(tally.agility) >= 5);
  for (const char* error :
       {"X509_V_ERR_DANE_NO_MATCH", "X509_V_ERR_HOSTNAME_MISMATCH", "X509_V_ERR_CERT_HAS_EXPIRED",
        "X509_V_ERR_CERT_NOT_YET_VALID", "X509_V_ERR_INVALID_CA", "X509_V_ERR_INVALID_PURPOSE",
        "X509_V_ERR_PATH_LENGTH_EXCEEDED", "X509_V_ERR_PERMITTED_VIOLATION",
        "X509_V_ERR_EXCLUDED_VIOLATION", "X509_V_ERR_CERT_SIGNATURE_FAILURE",
        "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION", "X509_V_ERR_EE_KEY_TOO_SMALL",
        "X509_V_ERR_CA_KEY_TOO_SMALL", "X509_V_ERR_CA_MD_TOO_WEAK",
        "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"}) {
    INFO(error);
    CHECK(tally.errors[error] > 0);
  }
}
