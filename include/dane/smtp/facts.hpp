/// \file  What was observed of a mail domain or a service: values only, nothing judged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dane/core/domain_name.hpp"
#include "dane/dns/records.hpp"
#include "dane/probe/prober.hpp"

namespace dane::smtp {

/// One TLSA lookup for one candidate base domain.
struct TlsaFacts {
  DomainName base;   ///< the candidate TLSA base domain
  DomainName owner;  ///< _25._tcp.base
  dns::LookupOutcome outcome;
};

struct ProbeFacts {
  probe::ProbeRequest request;
  probe::ProbeResult result;
};

/// One host: an MX host, an implicit MX, or a service named with --host.
struct HostFacts {
  DomainName name;               ///< as the MX record or the user names it, unexpanded.  S20
  std::uint16_t preference = 0;  ///< of the MX record
  std::uint16_t port = 25;
  probe::Protocol protocol = probe::Protocol::smtp;
  std::optional<dns::LookupOutcome> ipv4;  ///< A; none when not asked (-6)
  std::optional<dns::LookupOutcome> ipv6;  ///< AAAA; none when not asked (-4)
  std::optional<dns::LookupOutcome>
      alias;  ///< CNAME RRset of `name`; asked only when the expansion is insecure.  S28
  std::vector<TlsaFacts> tlsa;     ///< in the order asked; empty when RFC 7672 says not to ask
  std::vector<ProbeFacts> probes;  ///< by address; RSA, ECDSA, then the others.  A probe that was
                                   ///< repeated stands here once, with its last result
  std::size_t addresses_cut = 0;   ///< addresses beyond SurveyOptions::max_addresses: not probed
};

/// The TLSA RRset as one authoritative server has it (renewal rehearsal).
struct AuthorityFacts {
  DomainName server;  ///< name of the NS; the root when given as an address
  Endpoint endpoint;  ///< port 0: no server could be asked, and `outcome` says why
  DomainName owner;   ///< the TLSA owner asked; behind an alias also the name that it leads to
  dns::LookupOutcome outcome;
};

/// A well-known mail host, tried only when no address of the domain could be reached: tells a port
/// that is blocked from here from a server that is down.
struct ReferenceFacts {
  DomainName host;
  dns::LookupOutcome ipv4;
  std::vector<ProbeFacts> probes;  ///< at most one; empty when it has no address
};

struct DomainFacts {
  DomainName domain;  ///< the next-hop domain, A-labels
  /// SOA of the root: must be secure, else the resolver strips DNSSEC or does not validate.  None
  /// where a secure MX answer shows that already.  S4
  std::optional<dns::LookupOutcome> self_test;
  std::optional<dns::LookupOutcome> mx;  ///< none for --host
  std::vector<HostFacts> hosts;          ///< in MX preference order, then by name
  std::size_t hosts_cut = 0;  ///< MX hosts beyond SurveyOptions::max_hosts: not looked at
  std::vector<AuthorityFacts> authorities;
  /// TLSA at _25._tcp.<domain> when the domain itself is no MX host and no host has records: the
  /// common mistake of publishing at the domain.
  std::optional<TlsaFacts> misplaced;
  std::optional<ReferenceFacts> reference;
};

}  // namespace dane::smtp
