/// \file  DNS failures in the words of Postfix's delivery agent.  Internal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/postfix/settings.hpp"
#include "dane/smtp/facts.hpp"
#include "dane/smtp/selection.hpp"

namespace dane::policy {

struct NameServiceFault {
  std::string dsn, text;
  bool failed = false;  ///< no answer: "could not find out", not "there is none"
};

/// Why a domain has no host to connect to; nothing when it has.
[[nodiscard]] std::optional<NameServiceFault> mx_fault(const DomainName& domain,
                                                       const smtp::MxChoice& choice,
                                                       const dns::LookupOutcome& mx);

/// Why a host without addresses has none.
[[nodiscard]] NameServiceFault address_fault(const smtp::HostFacts& host);

/// What a new process logs at its first lookup when its resolver sets no AD bit; nothing where
/// Postfix does not ask for DNSSEC or does not look into it (dnssec_probe).
[[nodiscard]] std::vector<std::string> probe_warnings(const postfix::Settings& settings);

}  // namespace dane::policy
