/// Protocol lists and cipher grades: what is spoken is a run of what is allowed, and more
/// exclusions never allow more.
#include "dane/postfix/protocols.hpp"

#include <algorithm>
#include <string>

#include "fuzz/check.hpp"

using namespace dane::postfix;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto list = fuzz::text(data, size);
  for (const auto& version : {Version{2, 6, 6}, Version{3, 5, 27}, Version{3, 7, 11}}) {
    const auto choice = parse_protocols(list, version);
    const auto allowed = choice.allowed();
    const auto spoken = choice.spoken();
    fuzz::check(choice.valid == choice.bad_token.empty());
    fuzz::check(choice.valid || allowed.empty());
    fuzz::check(std::includes(allowed.begin(), allowed.end(), spoken.begin(), spoken.end()));
    const auto fewer = parse_protocols(std::string(list) + " !TLSv1", version).allowed();
    fuzz::check(std::includes(allowed.begin(), allowed.end(), fewer.begin(), fewer.end()));
    fuzz::check(std::find(fewer.begin(), fewer.end(), 0x0301) == fewer.end());
    for (const auto& remark : explain_protocols(list, version)) fuzz::check(!remark.empty());
  }
  static const auto settings = evaluate_settings({}, Version{}).settings;
  const auto ciphers = choose_ciphers("medium", list, settings);
  fuzz::check(ciphers.openssl_list.has_value() == ciphers.fault.empty());
  if (ciphers.openssl_list) fuzz::check(ciphers.openssl_list->starts_with("aNULL:-aNULL:HIGH"));
  return 0;
}
