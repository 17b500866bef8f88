/// \file  The makes of Resolver.  Which one to take, and why: dane-evidence(5) and CONTRIBUTING.md.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"
#include "dane/dns/resolver.hpp"

namespace dane::dns {

enum class Validator {
  unbound,  ///< libunbound validates (default)
  getdns,   ///< getdns in stub mode validates: the second, independent opinion
  both,     ///< both; a disagreement is Failed(disagreement)
  ad  ///< trust the AD bit of the named resolver; refused unless it is a loopback address.  D18, S3
};
[[nodiscard]] Result<Validator> parse_validator(std::string_view text);  ///< or `validator-unknown`
[[nodiscard]] std::string to_string(Validator);

struct ResolverOptions {
  std::vector<Endpoint> upstreams;  ///< recursive resolvers to forward to; never empty
  std::filesystem::path trust_anchor = "/usr/share/dns/root.key";  ///< DNSKEY or DS records
  bool allow_remote_ad = false;  ///< Validator::ad with a resolver that is not on loopback
};

struct UpstreamChoice {
  std::vector<Endpoint> used;
  std::vector<Endpoint> stripping;  ///< left out: their answers come without signatures
};
/// Asks several resolvers at once for the root's keys, for half a second at most.  A validator
/// takes now the one and now the other, and one that leaves DNSSEC records out would make every
/// zone look broken: used are those that send signatures; all, when none does.
[[nodiscard]] UpstreamChoice choose_upstreams(const std::vector<Endpoint>& upstreams,
                                              Deadline deadline);

/// \return a resolver, or `trust-anchor-unreadable`, `trust-anchor-invalid`,
/// `resolver-not-loopback`, `resolver-setup-failed`, `validator-missing`.
[[nodiscard]] Result<std::unique_ptr<Resolver>> make_resolver(Validator, const ResolverOptions&);

[[nodiscard]] std::unique_ptr<AuthorityClient> make_authority_client();

/// Asks `inner` each question once: later and simultaneous callers share the outcome.  A caller
/// with more patience than the one who timed out asks again.
[[nodiscard]] std::unique_ptr<Resolver> make_memo_resolver(Resolver& inner);

/// The first three `nameserver` lines of a resolv.conf(5) file, as the C library takes them;
/// addresses with a scope are left out.  \return `resolv-conf-unreadable`, or
/// `resolv-conf-empty` when it names none.
[[nodiscard]] Result<std::vector<Endpoint>> read_resolv_conf(const std::filesystem::path& file);

}  // namespace dane::dns
