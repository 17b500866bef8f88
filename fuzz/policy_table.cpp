/// Table sources and next-hops: each row is found under its own key, and keys come back folded.
#include "dane/postfix/policy_table.hpp"

#include <set>

#include "dane/core/text.hpp"

#include "fuzz/check.hpp"

using namespace dane;
using namespace dane::postfix;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  for (const auto* type : {"hash", "texthash"}) {
    const auto table = parse_table(text, "table", type);
    std::set<std::string> keys;
    int line = 0;
    for (const auto& row : table.rows) {
      fuzz::check(!row.key.empty() && !row.value.empty() && row.line > line);
      fuzz::check(keys.insert(row.key).second);
      line = row.line;
    }
    for (const auto& problem : table.problems)
      fuzz::check(is_utf8(problem.what) && is_utf8(problem.effect) && problem.line > 0);
  }
  const auto keys = lookup_keys(text);
  fuzz::check(keys.size() <= 128);
  if (!keys.empty()) fuzz::check(lookup_keys(keys.front()).front() == keys.front());
  for (std::size_t i = 1; i < keys.size(); ++i)
    fuzz::check(keys[i].front() == '.' && keys[i - 1].ends_with(keys[i]));
  const auto destination = parse_destination(text);
  if (destination) {
    fuzz::check(destination->port > 0 && !destination->domain.empty());
    fuzz::check(text.find(destination->domain) != std::string_view::npos);
  } else {
    fuzz::check(is_utf8(destination.error().what));
  }
  for (const auto& map : parse_map_names(text)) fuzz::check(!map.to_string().empty());
  return 0;
}
