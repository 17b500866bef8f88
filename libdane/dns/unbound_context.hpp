/// \file  A libunbound context, configured and ready for asynchronous use.  Internal.
#pragma once

#include <memory>
#include <vector>

#include <unbound.h>

#include "libdane/dns/makes.hpp"

namespace dane::dns {

struct UnboundDelete {
  void operator()(ub_ctx* c) const { ub_ctx_delete(c); }
};
using UnboundContext = std::unique_ptr<ub_ctx, UnboundDelete>;

/// \return `trust-anchor-invalid` or `resolver-setup-failed`.
[[nodiscard]] Result<UnboundContext> make_unbound_context(const std::vector<Endpoint>& upstreams,
                                                          const TrustAnchors& anchors);

}  // namespace dane::dns
