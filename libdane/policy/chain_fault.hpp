/// \file  Why a chain is not trusted: Postfix's answer, and what it means.
#pragma once

#include <string>

#include "libdane/policy/findings.hpp"

namespace dane::policy {

/// OpenSSL's error; where no CAs were given, rather one that no CA would mend.
[[nodiscard]] int chain_fault(const Case& c, const JudgedServer& server);
/// Is the server's own key too weak for levels above encrypt?
[[nodiscard]] bool is_weak_key(int chain_error);
/// Is the chain's fault that no CA is known for it?
[[nodiscard]] bool is_unknown_issuer(int chain_error);
/// Nothing but the CAs that were not given stands between this chain and trust.
[[nodiscard]] bool trust_is_open(const Case& c, const JudgedServer& server);
/// The server sends its own certificate alone, and another issued it.
[[nodiscard]] bool lacks_intermediate(const x509::Chain& chain);
/// At a DANE level: a TLSA record matches, and this clause says why the chain is refused all the
/// same; empty: none matches, or that is not sure.
[[nodiscard]] std::string refused_though_matching(const Case& c, const JudgedServer& server);
/// A clause: "the server's certificate expired on 2026-01-01".
[[nodiscard]] std::string reason_of_chain(const Case& c, const JudgedServer& server);

}  // namespace dane::policy
