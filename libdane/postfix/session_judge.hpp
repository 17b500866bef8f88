/// \file  A session with the verification of the certificate left to the caller, for tests.
#pragma once

#include <functional>

#include "dane/postfix/session.hpp"

namespace dane::postfix {

using Verifier = std::function<PeerVerdict(const PeerInput&)>;

/// judge_session() with `verifier` in place of verify_peer().
[[nodiscard]] Session judge_session(const SessionInput& input, const Verifier& verifier);

}  // namespace dane::postfix
