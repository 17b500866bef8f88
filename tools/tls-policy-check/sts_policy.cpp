#include "tools/tls-policy-check/sts_policy.hpp"

#include <algorithm>

#include "dane/core/domain_name.hpp"
#include "dane/core/text.hpp"

#include "libdane/postfix/words.hpp"
#include "tools/common/usage.hpp"
#include "tools/tls-policy-check/plain_file.hpp"

namespace dane::tools::tls_policy_check {

namespace {

constexpr std::size_t most_octets = 65536, most_patterns = 100;

/// "mx.example.com" or "*.example.com", lower case.
std::optional<std::string> parse_pattern(std::string_view text) {
  const bool wildcard = text.starts_with("*.");
  const auto name = DomainName::parse(wildcard ? text.substr(2) : text);
  if (!name) return std::nullopt;
  return (wildcard ? "*." : "") + name->to_string();
}

tl::unexpected<Error> invalid(const std::string& what, const std::string& file) {
  return fail("sts-policy-invalid", what, printable(file),
              "fetch it: curl https://mta-sts.DOMAIN/.well-known/mta-sts.txt");
}

}  // namespace

Result<std::vector<std::string>> read_sts_patterns(const std::optional<std::string>& file,
                                                   Deadline deadline) {
  std::vector<std::string> patterns;
  if (!file) return patterns;
  const auto text = read_plain_file(*file, deadline);
  if (!text) return tl::unexpected(text.error());
  if (text->size() > most_octets) return invalid("the policy is larger than 64 KiB", *file);
  bool version_seen = false;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto colon = std::min(line.find(':'), line.size());
    const auto key = postfix::trim(line.substr(0, colon));
    const auto value = postfix::trim(line.substr(std::min(colon + 1, line.size())));
    if (key == "version") version_seen = value == "STSv1";
    if (key == "mode" && value != "enforce")
      return invalid("the policy's mode is \"" + printable(value, 32) +
                         "\": senders must not enforce its mx list",
                     *file);
    if (key != "mx") continue;
    auto pattern = parse_pattern(value);
    if (!pattern) return invalid("\"" + printable(value, 100) + "\" is no mx pattern", *file);
    if (patterns.size() == most_patterns) return invalid("more than 100 mx patterns", *file);
    patterns.push_back(std::move(*pattern));
  }
  if (!version_seen) return invalid("no MTA-STS policy: \"version: STSv1\" is missing", *file);
  if (patterns.empty()) return invalid("the policy names no mx", *file);
  return patterns;
}

}  // namespace dane::tools::tls_policy_check
