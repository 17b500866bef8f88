/// The decoders: TLSA text and wire, and PEM chains.
#include <string>

#include <benchmark/benchmark.h>

#include "dane/tlsa/record.hpp"

#include "tests/support/test_ca.hpp"

using namespace dane;

namespace {

void presentation(benchmark::State& state) {
  const std::string text = "3 1 1 " + std::string(64, 'a');
  for (auto _ : state) benchmark::DoNotOptimize(tlsa::parse_presentation(text));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(presentation);

void rdata(benchmark::State& state) {
  const Bytes wire = tlsa::encode_rdata(*tlsa::parse_presentation("3 1 1 " + std::string(64, 'a')));
  for (auto _ : state) benchmark::DoNotOptimize(tlsa::decode_rdata(wire));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(rdata);

/// A chain of three, as `openssl` and certbot write it.
void certificates(benchmark::State& state, x509::KeyType type) {
  test::CertificateSpec authority;
  authority.common_name = "CA";
  authority.is_ca = true;
  authority.key = test::generate_key(type);
  const test::Issued ca = test::issue(authority);
  test::CertificateSpec spec;
  spec.common_name = "mx.example.com";
  spec.dns_names = {"mx.example.com"};
  spec.key = test::generate_key(type);
  const auto leaf = test::issue(spec, &ca);
  const Bytes pem = to_bytes(test::to_pem({leaf.certificate, ca.certificate, ca.certificate}));
  for (auto _ : state) {
    const auto chain = x509::parse_certificates(pem, "benchmark");
    if (!chain || chain->size() != 3) state.SkipWithError("did not parse");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(certificates, rsa, x509::KeyType::rsa);
BENCHMARK_CAPTURE(certificates, ecdsa, x509::KeyType::ecdsa);

}  // namespace
