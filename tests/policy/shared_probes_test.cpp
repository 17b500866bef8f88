/// \file  Each connection once, and few at a time to one server.
#include "libdane/policy/shared_probes.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "dane/core/parallel.hpp"

using namespace dane;

namespace {

/// Takes a moment for each connection, and remembers how many there were at once.
class CountingProber : public probe::TlsProber {
 public:
  probe::ProbeResult probe(const probe::ProbeRequest& request, Deadline) override {
    const std::vector<std::string> servers{request.endpoint.address.to_string(),
                                           request.host.to_string()};
    {
      const std::lock_guard lock(mutex_);
      ++connections;
      for (const auto& server : servers) most[server] = std::max(most[server], ++open_[server]);
    }
    std::this_thread::sleep_for(hold);
    const std::lock_guard lock(mutex_);
    for (const auto& server : servers) --open_[server];
    return {probe::ProbeFailed{probe::ProbeFailure::refused, "refused", {}, {}}, {}};
  }

  std::chrono::milliseconds hold{20};  ///< for a connection
  int connections = 0;
  std::map<std::string, int> most;  ///< at once, by address and by name

 private:
  std::mutex mutex_;
  std::map<std::string, int> open_;
};

/// One of many different requests, so that none is answered by another's connection.
probe::ProbeRequest request(const std::string& host, const std::string& address, int number) {
  probe::ProbeRequest request;
  request.host = DomainName::parse(host).value();
  request.endpoint = {IpAddress::parse(address).value(), 25};
  request.server_name = DomainName::parse("n" + std::to_string(number) + ".example").value();
  return request;
}

void probe_all(CountingProber& prober, const std::vector<probe::ProbeRequest>& requests) {
  policy::SharedProbes shared(prober);
  const auto deadline = Deadline::clock::now() + std::chrono::seconds(30);
  const auto seen = map_concurrently(
      requests, requests.size(), [&](const auto& each) { return shared.probe(each, deadline); });
  CHECK(seen.size() == requests.size());
}

}  // namespace

TEST_CASE("four connections at once to a host, over all of its addresses") {
  CountingProber prober;
  std::vector<probe::ProbeRequest> requests;
  for (int i = 0; i < 24; ++i)
    requests.push_back(request("mx.example", "192.0.2." + std::to_string(1 + i % 3), i));
  probe_all(prober, requests);
  CHECK(prober.connections == 24);
  CHECK(prober.most.at("mx.example") == 4);
}

TEST_CASE("four connections at once to an address, whatever its names") {
  CountingProber prober;
  std::vector<probe::ProbeRequest> requests;
  for (int i = 0; i < 24; ++i)
    requests.push_back(request("mx" + std::to_string(i % 6) + ".example", "192.0.2.1", i));
  probe_all(prober, requests);
  CHECK(prober.most.at("192.0.2.1") == 4);
}

TEST_CASE("what several ask is connected to once") {
  CountingProber prober;
  probe_all(prober, std::vector(16, request("mx.example", "192.0.2.1", 0)));
  CHECK(prober.connections == 1);
}

TEST_CASE("no connection when the time is over while others hold the places") {
  CountingProber prober;
  prober.hold = std::chrono::milliseconds(400);
  policy::SharedProbes shared(prober);
  std::vector<probe::ProbeRequest> requests;
  for (int i = 0; i < 8; ++i) requests.push_back(request("mx.example", "192.0.2.1", i));
  const auto deadline = Deadline::clock::now() + std::chrono::milliseconds(5);
  const auto seen = map_concurrently(
      requests, requests.size(), [&](const auto& each) { return shared.probe(each, deadline); });
  const auto late = std::ranges::count_if(seen, [](const probe::ProbeResult& result) {
    return std::get<probe::ProbeFailed>(result.outcome).kind == probe::ProbeFailure::no_time;
  });
  CHECK(late == 8 - prober.connections);
  CHECK(late > 0);
}
