/// \file  A libunbound context that works on an event loop, configured and ready.  Internal.
#pragma once

#include <memory>
#include <vector>

#include <unbound.h>

#include "libdane/dns/event_loop.hpp"
#include "libdane/dns/makes.hpp"

namespace dane::dns {

struct UnboundDelete {
  void operator()(ub_ctx* c) const { ub_ctx_delete(c); }
};
using UnboundContext = std::unique_ptr<ub_ctx, UnboundDelete>;

/// Has to go before the loop.  \return `trust-anchor-invalid` or `resolver-setup-failed`.
[[nodiscard]] Result<UnboundContext> make_unbound_context(const EventLoop& loop,
                                                          const std::vector<Endpoint>& upstreams,
                                                          const TrustAnchors& anchors);

}  // namespace dane::dns
