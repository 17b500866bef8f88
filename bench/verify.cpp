/// One prepared chain judged over and over: OpenSSL's verdict and the explanation together.
/// `explain` is the explanation alone, so that its share can be seen.
#include "dane/verify/verify.hpp"

#include <map>

#include <benchmark/benchmark.h>

#include "tests/support/test_ca.hpp"

using namespace dane;

namespace {

struct Prepared {
  test::Issued root, middle, leaf;
};

const Prepared& prepared(x509::KeyType type) {
  static std::map<x509::KeyType, Prepared> made;
  const auto present = made.find(type);
  if (present != made.end()) return present->second;
  const auto authority = [&](const char* name) {
    test::CertificateSpec spec;
    spec.common_name = name;
    spec.is_ca = true;
    spec.key = test::generate_key(type);
    return spec;
  };
  const test::Issued root = test::issue(authority("Root"));
  const test::Issued middle = test::issue(authority("Intermediate"), &root);
  test::CertificateSpec spec;
  spec.common_name = "mx.example.com";
  spec.dns_names = {"mx.example.com"};
  spec.key = test::generate_key(type);
  return made.emplace(type, Prepared{root, middle, test::issue(spec, &middle)}).first->second;
}

/// \param depth  of the certificate that the record names: 0 makes it "3 1 1", above "2 1 1".
verify::Request request(x509::KeyType type, std::size_t depth) {
  const Prepared& from = prepared(type);
  verify::Request out;
  out.chain = {from.leaf.certificate, from.middle.certificate, from.root.certificate};
  const auto usage = depth == 0 ? tlsa::CertificateUsage::dane_ee : tlsa::CertificateUsage::dane_ta;
  out.records = {
      tlsa::make_record(usage, tlsa::Selector::spki, tlsa::MatchingType::sha2_256, out.chain[depth])
          .value()};
  out.names = {"mx.example.com"};
  out.at = test::at_date(2025, 6, 1);
  return out;
}

void judge(benchmark::State& state, x509::KeyType type, std::size_t depth) {
  const verify::Request asked = request(type, depth);
  for (auto _ : state) {
    const auto verdict = verify::judge_chain(asked).verdict;
    if (verdict != verify::Verdict::authenticated) state.SkipWithError("not authenticated");
  }
  state.SetItemsProcessed(state.iterations());
}

void explain(benchmark::State& state, x509::KeyType type, std::size_t depth) {
  const verify::Request asked = request(type, depth);
  for (auto _ : state) {
    const auto fates = verify::explain_records(asked);
    benchmark::DoNotOptimize(verify::predict(asked, fates));
  }
  state.SetItemsProcessed(state.iterations());
}

using x509::KeyType;
BENCHMARK_CAPTURE(judge, rsa_311, KeyType::rsa, 0);
BENCHMARK_CAPTURE(judge, rsa_211_intermediate, KeyType::rsa, 1);
BENCHMARK_CAPTURE(judge, rsa_211_root, KeyType::rsa, 2);
BENCHMARK_CAPTURE(judge, ecdsa_311, KeyType::ecdsa, 0);
BENCHMARK_CAPTURE(judge, ecdsa_211_intermediate, KeyType::ecdsa, 1);
BENCHMARK_CAPTURE(judge, ecdsa_211_root, KeyType::ecdsa, 2);
BENCHMARK_CAPTURE(explain, rsa_311, KeyType::rsa, 0);
BENCHMARK_CAPTURE(explain, rsa_211_root, KeyType::rsa, 2);
BENCHMARK_CAPTURE(explain, ecdsa_311, KeyType::ecdsa, 0);
BENCHMARK_CAPTURE(explain, ecdsa_211_root, KeyType::ecdsa, 2);

}  // namespace
