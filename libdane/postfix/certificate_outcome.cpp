#include "libdane/postfix/certificate_outcome.hpp"

#include <algorithm>

namespace dane::postfix {
namespace {

/// The levels at which Postfix up to 3.5 wants a trusted chain, besides a match.
bool must_trust(Level level) {
  return level >= Level::half_dane;
}

}  // namespace

LogWord log_word(const std::optional<PeerVerdict>& peer, Level reached, const Features& features) {
  if (!peer) return features.anonymous_word ? LogWord::anonymous : LogWord::untrusted;
  if (peer->matched && requires_match(reached) && reached != Level::half_dane)
    return LogWord::verified;
  return peer->trusted || peer->matched ? LogWord::trusted : LogWord::untrusted;
}

std::string refusal_text(const std::optional<PeerVerdict>& peer, Level reached,
                         const Features& features) {
  const bool trusted = peer && peer->trusted;
  return features.untrusted_text && must_trust(reached) && !trusted
             ? "Server certificate not trusted"
             : "Server certificate not verified";
}

bool logs_verification(Level level, const std::vector<tlsa::Record>& tlsa,
                       const Features& features) {
  if (features.era != MatchEra::own) return requires_match(level);
  const bool has_anchor = std::any_of(tlsa.begin(), tlsa.end(), [](const tlsa::Record& record) {
    return record.usage == tlsa::CertificateUsage::dane_ta;
  });
  return is_pkix(level) || (is_dane(level) && has_anchor);
}

std::string_view certificate_rule(const PeerVerdict& peer, Level reached,
                                  const ExpectedNames& expected) {
  if (!requires_match(reached)) return peer.trusted ? "P3" : "P2";
  if (peer.matched) return reached == Level::half_dane ? "P5" : "P4";
  if (expected.cannot_match) return "P16";
  if (reached == Level::fingerprint) return "P31";
  const bool is_chain_fault = peer.chain_error != 0;
  if (is_dane(reached) && is_chain_fault) return "P9";
  if (!is_chain_fault) return "P6";
  return peer.name ? "P7" : "P8";
}

}  // namespace dane::postfix
