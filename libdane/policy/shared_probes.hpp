/// \file  Each connection once, and few at a time to one server.  Internal.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <future>
#include <map>
#include <mutex>
#include <string>

#include "dane/core/clock.hpp"
#include "dane/core/ip_address.hpp"
#include "dane/probe/prober.hpp"

namespace dane::policy {

class SharedProbes {
 public:
  /// Connections at once to one address, and to one host whatever its addresses.
  static constexpr std::size_t most_to_one_server = 4;

  explicit SharedProbes(probe::TlsProber& prober) : prober_(prober) {}

  /// The first caller connects; the others wait for what it saw.
  [[nodiscard]] probe::ProbeResult probe(const probe::ProbeRequest& request, Deadline deadline);

 private:
  [[nodiscard]] probe::ProbeResult connect(const probe::ProbeRequest& request, Deadline deadline);
  /// Servers show the same certificates at each connection: each is kept in memory once.
  [[nodiscard]] probe::ProbeResult share_certificates(probe::ProbeResult result);

  probe::TlsProber& prober_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::map<probe::ProbeRequest, std::shared_future<probe::ProbeResult>> results_;
  std::map<std::string, std::size_t> open_;                ///< by address, and by name of the host
  std::map<std::string, x509::Certificate> certificates_;  ///< by their digest
};

}  // namespace dane::policy
