/// Typed, presentation and wire forms of names.
#include "dane/core/domain_name.hpp"

#include "dane/core/text.hpp"

#include "fuzz/check.hpp"

using dane::DomainName;

namespace {

void check_name(const DomainName& name) {
  const auto text = name.to_string();
  for (const char c : text) fuzz::check(c > 0x20 && c < 0x7F);
  fuzz::check(DomainName::parse_presentation(text) == name);
  fuzz::check(DomainName::decode_wire(name.to_wire()) == name);
  fuzz::check(name.to_wire().size() <= 255);
  fuzz::check(name.is_within(name.parent()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  if (const auto typed = DomainName::parse(text)) {
    check_name(*typed);
    fuzz::check(!typed->is_root());
    fuzz::check(DomainName::parse(typed->to_string()) == *typed);
  } else {
    fuzz::check(dane::is_utf8(typed.error().what));
  }
  if (const auto name = DomainName::parse_presentation(text)) check_name(*name);
  if (const auto name = DomainName::decode_wire(fuzz::bytes(data, size))) check_name(*name);
  return 0;
}
