/// \file  Which of several resolvers pass DNSSEC records on.
#include <algorithm>

#include "dane/core/parallel.hpp"
#include "dane/dns/resolvers.hpp"

#include "libdane/dns/exchange.hpp"

namespace dane::dns {
namespace {

enum class Passes { yes, no, unknown };

Passes probe(const Endpoint& upstream, Deadline deadline) {
  const Question root_keys{DomainName(), static_cast<RecordType>(48)};  // DNSKEY
  const auto got = exchange({&upstream, 1}, root_keys,
                            {.recursion_desired = true, .authentic_data = true}, deadline);
  const auto* message = std::get_if<Message>(&got);
  if (message == nullptr || message->rcode != 0) return Passes::unknown;
  return message->signatures.empty() ? Passes::no : Passes::yes;
}

}  // namespace

UpstreamChoice choose_upstreams(const std::vector<Endpoint>& upstreams, Deadline deadline) {
  if (upstreams.size() < 2) return {upstreams, {}};
  constexpr std::chrono::milliseconds patience{500};
  const auto until = std::min(deadline, Deadline::clock::now() + patience);
  const auto passes = map_concurrently(upstreams, upstreams.size(), [&](const Endpoint& upstream) {
    return probe(upstream, until);
  });
  if (std::ranges::find(passes, Passes::yes) == passes.end()) return {upstreams, {}};
  UpstreamChoice choice;
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    if (passes[i] == Passes::yes) choice.used.push_back(upstreams[i]);
    if (passes[i] == Passes::no) choice.stripping.push_back(upstreams[i]);
  }
  return choice;
}

}  // namespace dane::dns
