/// \file  What DNS says of a destination's hosts, in the terms of Postfix's DANE code.  Internal.
#pragma once

#include <vector>

#include "dane/policy/judged.hpp"
#include "dane/postfix/effective_policy.hpp"
#include "dane/smtp/facts.hpp"
#include "dane/smtp/selection.hpp"

namespace dane::policy {

/// \param choice  none: no MX lookup was made.
[[nodiscard]] postfix::DaneFacts dane_facts(const DomainName& domain,
                                            const std::optional<smtp::MxChoice>& choice,
                                            const smtp::HostFacts& host,
                                            const smtp::HostPolicy& policy);

/// The same as a Postfix sees it whose resolver never sets the AD bit: nothing is validated, so
/// TLSA records are not asked for.
[[nodiscard]] postfix::DaneFacts without_ad(postfix::DaneFacts facts);

/// \param policies  of all hosts.
[[nodiscard]] DaneOffer dane_offer(bool mx_secure, const std::vector<smtp::HostPolicy>& policies);

}  // namespace dane::policy
