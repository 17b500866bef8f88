/// \file  The servers that smtp(8) tries for a next-hop, and their order.  Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/ip_address.hpp"
#include "dane/postfix/settings.hpp"

namespace dane::postfix {

struct MxRecord {
  std::uint16_t preference = 0;
  std::string exchange;  ///< presentation form without the final dot; "." is the root
  bool operator==(const MxRecord&) const = default;
};

/// What Postfix's DNS client makes of the MX records of an answer.
struct MxReply {
  enum class State {
    usable,
    null_mx,   ///< one names the root, whatever stands beside it
    malformed  ///< none has a name that Postfix takes
  } state = State::usable;
  std::vector<MxRecord> records;      ///< those it takes, by preference
  std::vector<std::string> left_out;  ///< names that it does not
  std::vector<std::string> warnings;  ///< log lines
};
/// \param domain  as asked.
[[nodiscard]] MxReply read_mx_reply(std::string_view domain, const std::vector<MxRecord>& records,
                                    const Version& version);

/// One address of one host of the list.
struct Candidate {
  std::size_t host = 0;  ///< index of the caller's
  IpAddress address;
  std::uint16_t preference = 0;
  bool operator==(const Candidate&) const = default;
};

/// Where Postfix receives mail, by inet_interfaces and proxy_interfaces.  Host names among them are
/// not looked up.
struct Listening {
  std::vector<IpAddress> addresses;
  bool all = false;            ///< at every address of the machine
  bool loopback_only = false;  ///< at those of its loopback interface
};
[[nodiscard]] Listening listening(const Settings& settings);

/// What is left once this machine's own addresses are known: those better than the best of them.
struct WithoutSelf {
  std::vector<Candidate> list;  ///< in the order given
  bool found = false;           ///< one address was our own
};
[[nodiscard]] WithoutSelf cut_at_self(const std::vector<Candidate>& list,
                                      const std::vector<IpAddress>& own);

/// The order of the attempts.  Postfix shuffles what has the same preference (and, unless
/// smtp_address_preference says otherwise, the families): here it stays as it is.
struct Attempts {
  std::vector<Candidate> tried;
  std::vector<Candidate> never;  ///< beyond smtp_mx_address_limit
};
[[nodiscard]] Attempts order_attempts(std::vector<Candidate> list, const Settings& settings);

/// Is the family among those of inet_protocols?
[[nodiscard]] bool uses_family(const Settings& settings, bool v6);

/// How smtp(8) looks names up.
struct HostLookup {
  bool mx = true;       ///< false: DNS is off (smtp_dns_support_level, disable_dns_lookups)
  bool dns = true;      ///< addresses come from DNS
  bool native = false;  ///< and from the system (/etc/hosts): where DNS has none, or alone
};
[[nodiscard]] HostLookup host_lookup(const Settings& settings);

}  // namespace dane::postfix
