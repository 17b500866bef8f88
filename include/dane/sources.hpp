/// \file  The world comes in through these doors only.  Each has three makes: live, recording,
/// replay.
#pragma once

#include "dane/core/clock.hpp"
#include "dane/dns/resolver.hpp"
#include "dane/probe/prober.hpp"

namespace dane {

struct Sources {
  dns::Resolver& dns;
  dns::AuthorityClient& authorities;
  probe::TlsProber& tls;
  const Clock& clock;
};

}  // namespace dane
