/// \file  One function for each make of Resolver.  Internal.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dane/dns/resolvers.hpp"

namespace dane::dns {

/// DNSKEY and DS records in presentation form, one each.
using TrustAnchors = std::vector<std::string>;

/// Reads a file of DNSKEY and DS records in zone-file form, such as Debian's root.key or what
/// `unbound-anchor` writes.  \return `trust-anchor-unreadable`, or `trust-anchor-invalid` (with the
/// line) when a line is no record or no DNSKEY or DS is in it.
[[nodiscard]] Result<TrustAnchors> read_trust_anchors(const std::filesystem::path& file);

using Made = Result<std::unique_ptr<Resolver>>;
[[nodiscard]] Made make_unbound_resolver(std::vector<Endpoint> upstreams, const TrustAnchors&);
[[nodiscard]] Made make_getdns_resolver(std::vector<Endpoint> upstreams, const TrustAnchors&);
[[nodiscard]] std::unique_ptr<Resolver> make_ad_resolver(std::vector<Endpoint> upstreams);
/// Asks both at once; anything in which they differ is Failed(disagreement).
[[nodiscard]] std::unique_ptr<Resolver> make_comparing_resolver(std::unique_ptr<Resolver> unbound,
                                                                std::unique_ptr<Resolver> getdns);

}  // namespace dane::dns
