#include "libdane/policy/shared_probes.hpp"

#include <algorithm>
#include <exception>
#include <vector>

namespace dane::policy {

namespace {

/// What a connection counts for.  No address looks like a name.
std::vector<std::string> servers_of(const probe::ProbeRequest& request) {
  std::vector<std::string> servers{request.endpoint.address.to_string()};
  if (request.host != DomainName()) servers.push_back(request.host.to_string());
  return servers;
}

}  // namespace

probe::ProbeResult SharedProbes::probe(const probe::ProbeRequest& request, Deadline deadline) {
  std::promise<probe::ProbeResult> promise;
  std::shared_future<probe::ProbeResult> result;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    const auto [place, inserted] = results_.try_emplace(request);
    if (inserted) place->second = promise.get_future().share();
    result = place->second;
    first = inserted;
  }
  if (first) {
    try {
      promise.set_value(share_certificates(connect(request, deadline)));
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  }
  return result.get();
}

probe::ProbeResult SharedProbes::share_certificates(probe::ProbeResult result) {
  if (auto* const presented = std::get_if<probe::Presented>(&result.outcome)) {
    const std::lock_guard lock(mutex_);
    for (auto& certificate : presented->chain)
      certificate = certificates_.try_emplace(certificate.cert_sha256(), certificate).first->second;
  }
  return result;
}

probe::ProbeResult SharedProbes::connect(const probe::ProbeRequest& request, Deadline deadline) {
  const auto servers = servers_of(request);
  {
    std::unique_lock lock(mutex_);
    const bool free = freed_.wait_until(lock, deadline, [&] {
      return std::ranges::all_of(
          servers, [&](const std::string& server) { return open_[server] < most_to_one_server; });
    });
    if (!free)
      return {probe::ProbeFailed{
                  probe::ProbeFailure::no_time, "too little time was left to test this", {}, {}},
              {}};
    for (const auto& server : servers) ++open_[server];
  }
  struct Release {
    SharedProbes& probes;
    const std::vector<std::string>& servers;
    ~Release() {
      {
        const std::lock_guard lock(probes.mutex_);
        for (const auto& server : servers) --probes.open_[server];
      }
      probes.freed_.notify_all();
    }
  } const release{*this, servers};
  return prober_.probe(request, deadline);
}

}  // namespace dane::policy
