/// \file  What a verified certificate, or none, comes to: the log's word, the refusal, the rule.
/// P1-P9
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/peer.hpp"
#include "dane/postfix/session.hpp"
#include "dane/postfix/version.hpp"

namespace dane::postfix {

/// \param peer  nothing: an anonymous cipher.  \param reached  the level after a fallback for
/// unusable TLSA records.
[[nodiscard]] LogWord log_word(const std::optional<PeerVerdict>& peer, Level reached,
                               const Features& features);

/// Of a peer that the level does not take.
[[nodiscard]] std::string refusal_text(const std::optional<PeerVerdict>& peer, Level reached,
                                       const Features& features);

/// Are verification errors logged whatever smtp_tls_loglevel says?  \param tlsa  of the policy.
[[nodiscard]] bool logs_verification(Level level, const std::vector<tlsa::Record>& tlsa,
                                     const Features& features);

/// The rule that decided.
[[nodiscard]] std::string_view certificate_rule(const PeerVerdict& peer, Level reached,
                                                const ExpectedNames& expected);

}  // namespace dane::postfix
