/// \file  The steps of a survey, internal.
#pragma once

#include <optional>
#include <vector>

#include "dane/smtp/selection.hpp"
#include "dane/smtp/survey.hpp"

#include "libdane/smtp/pool.hpp"

namespace dane::smtp {

inline constexpr std::size_t max_addresses_at_once = 32;  ///< two probes each: 64 in flight
inline constexpr std::size_t max_servers_at_once = 32;    ///< authoritative servers, per host

/// What all steps of one survey share.
struct Survey {
  Sources sources;
  DomainName domain;
  const SurveyOptions& options;
  Deadline probe_deadline;  ///< a little before the survey's own, so that what follows has time
  Pool& pool;               ///< runs one address a task
};

/// A and AAAA at once, then whatever RFC 7672 section 2.2.2 asks for.
[[nodiscard]] HostFacts lookup_host(const Survey& survey, const dns::Mx& host);

/// All addresses of a host at once, with both key types each.  Sets host.addresses_cut too.
void probe_host(const Survey& survey, const HostPolicy& policy, HostFacts& host);

/// The host's TLSA RRset as each authoritative server has it.
[[nodiscard]] std::vector<AuthorityFacts> query_authorities(const Survey& survey,
                                                            const HostFacts& host);

/// TLSA at the domain itself, when no host has records.  None when that says nothing.
[[nodiscard]] std::optional<TlsaFacts> lookup_misplaced(const Survey& survey,
                                                        const MxChoice& choice,
                                                        const std::vector<HostFacts>& hosts);

/// A well-known host on the same port, when no address at all could be reached.
[[nodiscard]] std::optional<ReferenceFacts> probe_reference(const Survey& survey,
                                                            const std::vector<HostFacts>& hosts);

/// SOA of the root: secure, unless the resolver does not validate.  S4
[[nodiscard]] dns::LookupOutcome lookup_self_test(const Survey& survey);

}  // namespace dane::smtp
