/// \file  The connections of a survey.
#include <algorithm>
#include <future>
#include <utility>

#include "dane/core/parallel.hpp"
#include "dane/verify/verify.hpp"

#include "libdane/smtp/probe_class.hpp"
#include "libdane/smtp/survey_parts.hpp"

namespace dane::smtp {
namespace {

using probe::Offer;
using probe::Presented;

/// All that the probes of one address need; shared by the tasks of a host.
struct Target {
  probe::ProbeRequest request;  ///< without address and offer
  bool dane = false;
  std::vector<tlsa::Record> records;
  std::vector<std::string> references;
  TimePoint at;
};

ProbeFacts probe_once(const Survey& survey, probe::ProbeRequest request) {
  auto result = survey.sources.tls.probe(request, survey.probe_deadline);
  return {std::move(request), std::move(result)};
}

/// A server may allow one connection at a time: what it turned away while its twin got through is
/// tried once more, alone.  Only the last result is kept: evidence holds one result a request.
void retry_turned_away(const Survey& survey, std::vector<ProbeFacts>& twins) {
  const bool first = was_turned_away(twins[0].result);
  const bool second = was_turned_away(twins[1].result);
  if (first && passed_greeting(twins[1].result)) twins[0] = probe_once(survey, twins[0].request);
  if (second && passed_greeting(twins[0].result)) twins[1] = probe_once(survey, twins[1].request);
}

bool is_refuted(const Target& target, const x509::Chain& chain) {
  verify::Request request;
  request.chain = chain;
  request.records = target.records;
  request.names = target.references;
  request.profile =
      target.request.protocol == probe::Protocol::smtp ? tlsa::Profile::smtp : tlsa::Profile::any;
  request.at = target.at;
  return verify::judge_chain(request).verdict == verify::Verdict::refuted;
}

/// For chains that do not verify: would the server's default chain have done?  S60
void probe_without_sni(const Survey& survey, const Target& target,
                       std::vector<ProbeFacts>& probes) {
  if (!target.dane) return;
  for (std::size_t i = 0, n = probes.size(); i < n; ++i) {
    const auto* presented = std::get_if<Presented>(&probes[i].result.outcome);
    if (!probes[i].request.server_name) continue;
    if (!presented || presented->chain.empty() || !is_refuted(target, presented->chain)) continue;
    auto request = probes[i].request;
    request.server_name.reset();
    probes.push_back(probe_once(survey, std::move(request)));
  }
}

/// The twins, one a key type, and for the first address a client that sends no name.  O5
std::vector<probe::ProbeRequest> first_requests(const probe::ProbeRequest& request,
                                                bool compare_sni) {
  std::vector requests{request, request};
  requests[0].offer = Offer::rsa;
  requests[1].offer = Offer::ecdsa;
  if (compare_sni) {
    requests.push_back(request);
    requests[2].offer = Offer::any;
    requests[2].server_name.reset();
  }
  return requests;
}

std::vector<ProbeFacts> probe_address(const Survey& survey, const Target& target,
                                      const IpAddress& address, bool compare_sni) {
  auto request = target.request;
  request.endpoint.address = address;
  const auto requests = first_requests(request, compare_sni);
  auto probes = map_concurrently(requests, requests.size(), [&](const probe::ProbeRequest& one) {
    return probe_once(survey, one);
  });
  retry_turned_away(survey, probes);
  if (failed_in_handshake(probes[0].result) && failed_in_handshake(probes[1].result)) {
    request.offer = Offer::any;  // Ed25519 servers, and servers with odd ideas of algorithms
    probes.push_back(probe_once(survey, request));
  }
  probe_without_sni(survey, target, probes);
  return probes;
}

Target make_target(const Survey& survey, const HostPolicy& policy, const HostFacts& host) {
  Target target;
  target.request.endpoint.port = host.port;
  target.request.protocol = host.protocol;
  target.request.host = host.name;
  target.request.server_name = policy.base;  // the host name when DANE does not apply.  S59, O29
  target.dane = policy.applicability == Applicability::dane && !policy.records.empty();
  target.records = policy.records;
  target.references = policy.references;
  target.at = survey.sources.clock.now();
  return target;
}

}  // namespace

void probe_host(const Survey& survey, const HostPolicy& policy, HostFacts& host) {
  auto addresses = addresses_of(host);
  if (addresses.size() > survey.options.max_addresses) {
    host.addresses_cut = addresses.size() - survey.options.max_addresses;
    addresses.resize(survey.options.max_addresses);
  }
  const auto target = make_target(survey, policy, host);
  std::vector<std::future<std::vector<ProbeFacts>>> running;
  for (const auto& address : addresses) {
    running.push_back(
        survey.pool.submit([&survey, &target, address, first = &address == &addresses.front()] {
          return probe_address(survey, target, address,
                               first && target.dane && survey.options.compare_sni);
        }));
  }
  // All have to end before `target` goes: wait first, then look at what they brought.
  for (const auto& one : running) one.wait();
  for (auto& one : running) {
    auto probes = one.get();
    std::move(probes.begin(), probes.end(), std::back_inserter(host.probes));
  }
}

std::optional<ReferenceFacts> probe_reference(const Survey& survey,
                                              const std::vector<HostFacts>& hosts) {
  const auto& name = survey.options.reference_host;
  if (name.is_root() || !nothing_reached(hosts)) return std::nullopt;
  ReferenceFacts facts{
      name, survey.sources.dns.lookup({name, dns::RecordType::a}, survey.options.deadline), {}};
  const auto* found = std::get_if<Found<dns::Answer>>(&facts.ipv4);
  if (!found) return facts;
  auto addresses = dns::decode_addresses(found->value);
  if (addresses.empty()) return facts;
  probe::ProbeRequest request;
  request.endpoint = {*std::min_element(addresses.begin(), addresses.end()), survey.options.port};
  request.protocol = survey.options.protocol;
  request.host = name;
  request.server_name = name;
  auto result = survey.sources.tls.probe(request, survey.options.deadline);
  facts.probes.push_back({std::move(request), std::move(result)});
  return facts;
}

}  // namespace dane::smtp
