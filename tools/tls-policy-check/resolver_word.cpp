#include "tools/tls-policy-check/resolver_word.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "dane/dns/resolvers.hpp"

#include "tools/common/world.hpp"

namespace dane::tools::tls_policy_check {

std::optional<bool> resolver_sets_ad(const CommonOptions& common, Deadline deadline) {
  auto upstreams = upstreams_of(common);
  if (!upstreams) return std::nullopt;
  dns::ResolverOptions options;
  options.allow_remote_ad = true;
  options.upstreams = std::move(*upstreams);
  const auto resolver = dns::make_resolver(dns::Validator::ad, options);
  if (!resolver) return std::nullopt;
  constexpr std::chrono::seconds patience{2};
  const auto until = std::min(deadline, Deadline::clock::now() + patience);
  const auto answer = (*resolver)->lookup({DomainName(), dns::RecordType::ns}, until);
  const auto* const found = std::get_if<Found<dns::Answer>>(&answer);
  return found != nullptr ? std::optional(found->security == Security::secure) : std::nullopt;
}

}  // namespace dane::tools::tls_policy_check
