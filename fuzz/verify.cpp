/// Hostile chains and records: OpenSSL's judgement and the explanation must not part ways.
///
/// Input: an octet of flags, an octet counting records, each record with two octets of length, then
/// DER certificates back to back.
#include "dane/verify/verify.hpp"

#include <array>
#include <cstdio>
#include <string>

#include "fuzz/check.hpp"

using namespace dane;

namespace {

class Reader {
 public:
  explicit Reader(ByteView input) : rest_(input) {}
  std::size_t octet() {
    const ByteView one = take(1);
    return one.empty() ? 0 : static_cast<std::size_t>(one[0]);
  }
  ByteView take(std::size_t count) {
    const ByteView taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  /// The next DER element with a two-octet length, as certificates have.
  ByteView take_der() {
    if (rest_.size() < 4) return take(rest_.size());
    return take(4 + static_cast<std::size_t>(rest_[2]) * 256 + static_cast<std::size_t>(rest_[3]));
  }
  bool empty() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader reader(fuzz::bytes(data, size));
  verify::Request request;
  const std::size_t flags = reader.octet();
  request.profile = (flags & 1U) != 0 ? tlsa::Profile::any : tlsa::Profile::smtp;
  request.check_ee_names = (flags & 2U) != 0;
  request.names = {"mx.example.com"};
  if ((flags & 4U) != 0) request.names.emplace_back(".example.com");
  static const std::array<std::int64_t, 2> times{1'748'736'000, 4'102'444'800};  // 2025, 2100
  request.at = TimePoint(std::chrono::seconds(times[(flags >> 3U) & 1U]));
  for (std::size_t left = reader.octet() % 16; left > 0; --left) {
    const std::size_t high = reader.octet();
    const std::size_t length = high * 256 + reader.octet();
    if (auto record = tlsa::decode_rdata(reader.take(length)))
      request.records.push_back(std::move(*record));
  }
  while (!reader.empty() && request.chain.size() < 8)
    if (auto certificate = x509::Certificate::decode_der(reader.take_der()))
      request.chain.push_back(std::move(*certificate));
  if (request.chain.empty()) return 0;
  if ((flags & 16U) != 0) request.trusted.push_back(request.chain.back());

  const auto result = verify::judge_chain(request);
  if (result.verdict == verify::Verdict::undetermined)
    for (const auto& sentence : result.reasoning) std::fprintf(stderr, "%s\n", sentence.c_str());
  fuzz::check(result.verdict != verify::Verdict::undetermined);
  fuzz::check(result.fates.size() == request.records.size());
  fuzz::check(result.matched.has_value() == (result.verdict == verify::Verdict::authenticated));
  return 0;
}
