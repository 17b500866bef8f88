/// \file  Why mail to one server goes, or does not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/policy/judged.hpp"

namespace dane::policy {

enum class Cause {
  // Mail goes.
  verified,
  half_dane,        ///< authenticated, behind an MX RRset that is not
  unauthenticated,  ///< TLS, and nobody asked who the server is
  cleartext,
  // It does not.
  config_problem,  ///< "client TLS configuration problem"
  tlsa_lookup,
  dane_only_impossible,
  sts_skipped,
  not_reached,
  tls_not_offered,
  starttls_overlooked,
  starttls_refused,
  handshake_failed,
  tls_engine,  ///< the CAs cannot be loaded
  lost_after_tls,
  forced_failure,
  fingerprint_mismatch,
  tlsa_mismatch,
  nothing_to_match,  ///< no pattern could be loaded
  chain_untrusted,
  name_mismatch,
  other
};
[[nodiscard]] Cause cause_of(const JudgedServer& server);
[[nodiscard]] bool is_failure(Cause cause);
/// A phrase for the verdict: "the server does not offer TLS".
[[nodiscard]] std::string_view reason_of(Cause cause);

/// The effective policy where one came out, else null.
[[nodiscard]] const postfix::Usable* usable_policy(const JudgedServer& server);
/// The server was spoken to, and a certificate was seen.
[[nodiscard]] bool has_chain(const JudgedServer& server);
/// A PKIX comparison that fails, whatever the chain is worth.
[[nodiscard]] bool lacks_name(const JudgedServer& server);

}  // namespace dane::policy
