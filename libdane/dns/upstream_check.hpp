/// \file  Is there a resolver at all?  Internal.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "libdane/dns/exchange.hpp"

namespace dane::dns {

/// Validators take many seconds to give up on a resolver that is not running.  One plain query
/// tells at once.  Thread-safe.
class UpstreamCheck {
 public:
  explicit UpstreamCheck(std::vector<Endpoint> upstreams) : upstreams_(std::move(upstreams)) {}

  /// Failed(local) when this system says that none of the resolvers can be reached; nothing when
  /// one answers (never asked again then) or is silent, which may yet be slowness.
  [[nodiscard]] std::optional<Failed> failure(const Question& question, Deadline deadline) {
    if (reachable_) return std::nullopt;
    constexpr std::chrono::milliseconds patience{400};
    const Question root{DomainName(), RecordType::soa};
    auto got = exchange(upstreams_, root, {.recursion_desired = true, .authentic_data = false},
                        std::min(deadline, std::chrono::steady_clock::now() + patience));
    auto* failed = std::get_if<Failed>(&got);
    if (failed == nullptr) reachable_ = true;
    if (failed == nullptr || failed->kind != FailureKind::local) return std::nullopt;
    failed->where = question.to_string();
    return std::move(*failed);
  }

 private:
  const std::vector<Endpoint> upstreams_;
  std::atomic<bool> reachable_{false};
};

}  // namespace dane::dns
