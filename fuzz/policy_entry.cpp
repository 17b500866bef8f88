/// Entries of a policy table: what is refused is worded in one line, what is taken fits its level,
/// and before 3.10 white space of any kind and amount means the same.
#include "dane/postfix/policy_entry.hpp"

#include "dane/core/text.hpp"

#include "fuzz/check.hpp"

using namespace dane;
using namespace dane::postfix;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  for (const auto& version : {Version{2, 6, 6}, Version{3, 7, 11}, Version{3, 12, 0}}) {
    const auto parsed = parse_policy(text, version);
    for (const auto& note : parsed.notes) fuzz::check(is_utf8(note));
    if (const auto* fault = std::get_if<EntryFault>(&parsed.outcome)) {
      fuzz::check(!fault->warning.empty() && is_utf8(fault->warning) && !fault->remedy.empty());
      fuzz::check(fault->warning.find_first_of("\n\r\x1b") == std::string::npos);
      continue;
    }
    const auto& entry = std::get<PolicyEntry>(parsed.outcome);
    fuzz::check(entry.level != Level::half_dane);
    fuzz::check(entry.has_match || entry.match.empty());
    fuzz::check(entry.tafiles.empty() || is_pkix(entry.level));
    if (version.minor < 10 && size < 60'000)
      fuzz::check(parse_policy(" ,\t" + std::string(text.substr(0, text.find('\0'))) + " ", version)
                      .outcome == parsed.outcome);
  }
  return 0;
}
