/// Presented against reference names, two lines of input; the rules that hold for all of them.
#include <algorithm>
#include <string>

#include "dane/x509/names.hpp"

#include "fuzz/check.hpp"

using dane::x509::dns_id_matches;

namespace {

std::string upper(std::string text) {
  for (auto& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::size_t labels(std::string_view name) {
  return 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  const auto line_end = std::min(text.find('\n'), text.size());
  const std::string presented(text.substr(0, line_end));
  const std::string reference(text.substr(std::min(line_end + 1, text.size())));
  const bool matches = dns_id_matches(presented, reference);
  fuzz::check(dns_id_matches(upper(presented), upper(reference)) == matches);
  if (!matches) return 0;
  fuzz::check(!presented.empty() && !reference.empty());
  fuzz::check(presented.find('\0') == std::string::npos);
  if (reference.starts_with('.')) {
    fuzz::check(upper(presented).ends_with(upper(reference)));
    return 0;
  }
  fuzz::check(labels(presented) == labels(reference));
  if (upper(presented) == upper(reference)) return 0;
  fuzz::check(presented.starts_with("*.") && labels(presented) >= 3);
  fuzz::check(upper(reference).ends_with(upper(presented.substr(1))));
  return 0;
}
