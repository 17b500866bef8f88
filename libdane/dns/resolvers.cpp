#include "dane/dns/resolvers.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libdane/dns/makes.hpp"

namespace dane::dns {
namespace {

constexpr std::array<std::pair<std::string_view, Validator>, 4> kNames{{
    {"unbound", Validator::unbound},
    {"getdns", Validator::getdns},
    {"both", Validator::both},
    {"ad", Validator::ad},
}};

Result<std::unique_ptr<Resolver>> make_ad(const ResolverOptions& options) {
  const auto remote = std::find_if(options.upstreams.begin(), options.upstreams.end(),
                                   [](const Endpoint& e) { return !e.address.is_loopback(); });
  if (remote != options.upstreams.end() && !options.allow_remote_ad)
    return fail("resolver-not-loopback",
                fmt::format("{} is not on this machine: its AD bit could be forged on the way",
                            remote->to_string()),
                {}, "run a validating resolver on loopback, or let unbound or getdns validate");
  return make_ad_resolver(options.upstreams);
}

Result<std::unique_ptr<Resolver>> make_both(const ResolverOptions& options,
                                            const TrustAnchors& anchors) {
  auto unbound = make_unbound_resolver(options.upstreams, anchors);
  if (!unbound) return unbound;
  auto getdns = make_getdns_resolver(options.upstreams, anchors);
  if (!getdns) return getdns;
  return make_comparing_resolver(std::move(*unbound), std::move(*getdns));
}

}  // namespace

Result<Validator> parse_validator(std::string_view text) {
  for (const auto& [name, validator] : kNames) {
    if (name == text) return validator;
  }
  return fail("validator-unknown", "no such validator", {}, "use unbound, getdns, both or ad");
}

std::string to_string(Validator validator) {
  for (const auto& [name, value] : kNames) {
    if (value == validator) return std::string(name);
  }
  return "unknown";
}

Result<std::unique_ptr<Resolver>> make_resolver(Validator validator,
                                                const ResolverOptions& options) {
  if (options.upstreams.empty())
    return fail("resolver-setup-failed", "no resolver to ask", {},
                "name a resolver with --resolver");
  if (validator == Validator::ad) return make_ad(options);
  const auto anchors = read_trust_anchors(options.trust_anchor);
  if (!anchors) return tl::unexpected(anchors.error());
  switch (validator) {
    case Validator::unbound:
      return make_unbound_resolver(options.upstreams, *anchors);
    case Validator::getdns:
      return make_getdns_resolver(options.upstreams, *anchors);
    default:
      return make_both(options, *anchors);
  }
}

}  // namespace dane::dns
