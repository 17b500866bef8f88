/// TLSA presentation form: what parses comes back the same by every way of writing it.
#include <string>

#include "dane/core/text.hpp"
#include "dane/tlsa/record.hpp"

#include "fuzz/check.hpp"

using namespace dane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = tlsa::parse_presentation(fuzz::text(data, size));
  if (!record) {
    fuzz::check(!record.error().code.empty() && is_utf8(record.error().what));
    fuzz::check(printable(record.error().what) == record.error().what ||
                record.error().what.find('\\') != std::string::npos);
    return 0;
  }
  fuzz::check(!record->association_data.empty());
  fuzz::check(tlsa::parse_presentation(tlsa::format_presentation(*record)) == *record);
  const Bytes rdata = tlsa::encode_rdata(*record);
  fuzz::check(rdata.size() <= 65535 && tlsa::decode_rdata(rdata) == *record);
  const std::string generic = "\\# " + std::to_string(rdata.size()) + " " + to_hex(rdata);
  fuzz::check(tlsa::parse_presentation(generic) == *record);
  fuzz::check(!tlsa::format_acronyms(*record).empty());
  return 0;
}
