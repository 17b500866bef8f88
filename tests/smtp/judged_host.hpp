/// \file  A domain with one host, as the survey would have found it.
#pragma once

#include "tests/smtp/support.hpp"

namespace test {

struct Shown {
  std::string address;
  Offer offer;
  ProbeResult result;
  bool sni = true;
};

inline dane::smtp::DomainFacts facts_with(
    const std::vector<std::pair<unsigned, std::string>>& records, const std::vector<Shown>& probes,
    Security mx_security = secure) {
  dane::smtp::DomainFacts facts;
  facts.domain = name("example.com");
  facts.mx = mx(mx_security, {"example.com"}, {{10, "mx.example.com"}});
  dane::smtp::HostFacts host;
  host.name = name("mx.example.com");
  host.ipv4 = addresses(secure, {"mx.example.com"}, {"192.0.2.1", "192.0.2.2"});
  host.ipv6 = no_data(secure);
  host.tlsa.push_back({host.name, name("_25._tcp.mx.example.com"),
                       tlsa(secure, {"_25._tcp.mx.example.com"}, records)});
  for (const auto& shown : probes) {
    ProbeRequest request;
    request.endpoint = {ip(shown.address), 25};
    request.host = host.name;
    request.offer = shown.offer;
    if (shown.sni) request.server_name = host.name;
    host.probes.push_back({request, shown.result});
  }
  facts.hosts.push_back(std::move(host));
  return facts;
}

inline const std::string first = "192.0.2.1";
inline const std::string second = "192.0.2.2";
inline constexpr auto rsa = Offer::rsa;
inline constexpr auto ecdsa = Offer::ecdsa;
using Records = std::vector<std::pair<unsigned, std::string>>;
using Indices = std::vector<std::size_t>;

inline const Records both{{3, "rsa"}, {3, "ecdsa"}};

}  // namespace test
