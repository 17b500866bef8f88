/// \file  RFC 7672 section 2 and RFC 7671 section 7 as pure decisions over lookup outcomes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dane/smtp/facts.hpp"
#include "dane/tlsa/record.hpp"

namespace dane::smtp {

/// What the MX lookup says about where mail goes.
enum class MailRoute {
  mx,            ///< one or more MX hosts
  implicit_mx,   ///< no MX, proven or insecure: the domain is the host.  S23
  null_mx,       ///< the root is the only MX target: no mail.  N1, S24; not exactly one record with
                 ///< preference 0: null_mx_beside_others is set too.  N2
  not_a_domain,  ///< NXDOMAIN
  lookup_failed  ///< or no MX record decodes: delivery is delayed.  S5
};
[[nodiscard]] std::string to_string(MailRoute);

struct MxChoice {
  MailRoute route = MailRoute::lookup_failed;
  Security security = Security::insecure;  ///< of the MX RRset (or of its denial)
  std::vector<dns::Mx> hosts;              ///< sorted by preference, then name; the root left out
  bool null_mx_beside_others = false;  ///< the root as a target in an RRset that is no null MX.  N2
  std::size_t malformed = 0;           ///< MX records whose RDATA did not decode
  std::optional<DomainName> expanded_domain;  ///< target of the domain's secure CNAMEs.  S50
};
/// \param mx  outcome of the MX lookup for `domain`.
[[nodiscard]] MxChoice choose_hosts(const DomainName& domain, const dns::LookupOutcome& mx);

/// Should TLSA be asked, and at which base domains, in order?  The next base is asked only when
/// the one before has no secure records; a failed lookup ends it.  S7, S32
struct AskTlsa {
  std::vector<DomainName> bases;
};  ///< S28, S29, S32, O26-O28
struct NoTlsa {
  std::string because;
  std::vector<std::string> rules;
};                    ///< DANE does not apply: insecure addresses.  S26
struct NeedAlias {};  ///< look up the CNAME RRset of the name first.  S28
struct Unreachable {
  std::string because;
  std::vector<std::string> rules;
  bool lookup_error = false;
};  ///< S6, S7, S27
using TlsaPlan = std::variant<AskTlsa, NoTlsa, NeedAlias, Unreachable>;
[[nodiscard]] TlsaPlan plan_tlsa(const HostFacts& host);

/// The one place that says whether DANE applies to a host, once its facts are gathered.
enum class Applicability {
  dane,           ///< secure TLSA records, usable or not
  no_records,     ///< none: proven absent, or insecure denial.  S13, S30
  insecure,       ///< addresses or TLSA RRset insecure: DANE does not apply.  S13, S26, D17
  lookup_failed,  ///< the host is not used; mail waits or goes to the next host.  S7, S14
  unreachable     ///< no addresses.  S27
};
[[nodiscard]] std::string to_string(Applicability);

struct HostPolicy {
  Applicability applicability = Applicability::lookup_failed;
  std::string because;  ///< one sentence
  std::vector<std::string> rules;
  DomainName base;   ///< TLSA base domain = SNI name; the host name when DANE does not apply.  O29
  DomainName owner;  ///< owner name of the records found
  std::vector<tlsa::Record> records;  ///< secure ones only; those too short to decode are left out
  std::size_t truncated_records = 0;  ///< RDATA under 3 octets: present but unusable, like D20
  std::vector<std::string> references;  ///< reference identifiers, base domain first.  S48-S52
};

/// \param domain  next-hop domain.  \param choice  from choose_hosts(); none for --host.
[[nodiscard]] HostPolicy judge_host(const DomainName& domain, const std::optional<MxChoice>& choice,
                                    const HostFacts& host);

/// All addresses to try: secure or not; A, then AAAA, each sorted and once.
[[nodiscard]] std::vector<IpAddress> addresses_of(const HostFacts& host);

/// An answer that DNSSEC vouches for, be it a denial: only a resolver that passes DNSSEC on brings
/// one.  S4
[[nodiscard]] bool is_secure(const dns::LookupOutcome& outcome);

}  // namespace dane::smtp
