/// Evidence files: what decodes survives a round trip, what does not says where.
#include "dane/evidence/evidence.hpp"

#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = dane::evidence::decode(fuzz::text(data, size), "fuzz");
  if (!decoded) {
    fuzz::check(!decoded.error().code.empty() && !decoded.error().where.empty());
    return 0;
  }
  const auto written = dane::evidence::encode(*decoded);
  const auto again = dane::evidence::decode(written, "fuzz");
  fuzz::check(again && *again == *decoded);
  fuzz::check(dane::evidence::encode(*again) == written);
  return 0;
}
