/// \file  What Postfix offers in a TLS handshake, by its policy.  Internal.
#pragma once

#include <optional>

#include "dane/core/domain_name.hpp"
#include "dane/postfix/effective_policy.hpp"
#include "dane/postfix/settings.hpp"
#include "dane/probe/prober.hpp"

namespace dane::policy {

/// The offer of a session under this policy; a sound one where the policy's own is not valid, to
/// see how far Postfix gets before it finds out.
[[nodiscard]] probe::TlsOffer offer_for(const postfix::Usable& usable,
                                        const postfix::Settings& settings);
[[nodiscard]] std::optional<DomainName> server_name(const postfix::Usable& usable);

/// The entry's attributes that a suggestion keeps for the handshake: protocols, ciphers, exclude
/// (where they are sound) and servername.
[[nodiscard]] postfix::PolicyEntry sound_part(const postfix::PolicyEntry& entry,
                                              const postfix::Settings& settings);
/// The policy of a suggested entry, level secure without match=, as far as the handshake goes;
/// nothing where no handshake can come of it.
[[nodiscard]] std::optional<postfix::Usable> policy_to_suggest(
    const postfix::SiteChoice& site, const postfix::Destination& destination,
    const std::string& hostname, const postfix::Settings& settings);

}  // namespace dane::policy
