/// \file  What the tests over real sockets share.
#pragma once

#include <chrono>

#include <catch2/catch.hpp>

#include "dane/probe/prober.hpp"

#include "tests/probe/fake_server.hpp"
#include "tests/support/deadline.hpp"

namespace dane::test {

using namespace std::chrono_literals;

/// A single chain with that key: enough where the chain does not matter.
inline ServerChain self_signed(x509::KeyType type, const std::string& name = "mx.example") {
  return {issue({.common_name = name, .dns_names = {name}, .key = pooled_key(type)})};
}

inline TlsSetup one_chain(x509::KeyType type = x509::KeyType::ecdsa) {
  return {.chains = {self_signed(type)}};
}

inline probe::ProbeRequest request_to(const FakeServer& server,
                                      probe::Protocol protocol = probe::Protocol::smtp,
                                      probe::Offer offer = probe::Offer::any) {
  const auto host = DomainName::parse("mx.example").value();
  return {server.endpoint(), protocol, host, host, offer};
}

inline probe::ProbeResult probe(const probe::ProbeRequest& request,
                                std::chrono::milliseconds time = 30s,
                                const probe::ProberOptions& options = {}) {
  return probe::make_prober(options)->probe(request, in(time));
}

/// The chain, or a failing test that says why there is none.
inline probe::Presented presented(const probe::ProbeResult& result) {
  if (const auto* failed = std::get_if<probe::ProbeFailed>(&result.outcome))
    FAIL(to_string(failed->kind) << ": " << failed->what << " (" << failed->reply << ") "
                                 << failed->alert);
  return std::get<probe::Presented>(result.outcome);
}

inline probe::ProbeFailed failure(const probe::ProbeResult& result) {
  if (!std::holds_alternative<probe::ProbeFailed>(result.outcome))
    FAIL("TLS was established: " << std::get<probe::Presented>(result.outcome).tls_version);
  return std::get<probe::ProbeFailed>(result.outcome);
}

/// The line must come: unlike Peer::hear(), a client that just leaves is complained about.
inline void expect(Peer& peer, const std::string& line) {
  std::string heard = "nothing";
  try {
    heard = peer.hear();
  } catch (const Gone&) {
  }
  demand(heard == line, "expected " + line + ", heard " + heard);
}

/// The usual SMTP server up to the reply to STARTTLS, which it has heard.
inline void greet_and_hear_starttls(Peer& peer) {
  peer.say("220 mx.example ESMTP\r\n");
  demand(peer.hear().substr(0, 5) == "EHLO ", "no EHLO");
  peer.say("250-mx.example\r\n250 STARTTLS\r\n");
  expect(peer, "STARTTLS");
}

/// The same, and the handshake.
inline void greet_and_start_tls(Peer& peer, ServerTls& tls) {
  greet_and_hear_starttls(peer);
  peer.say("220 go\r\n");
  peer.start_tls(tls);
}

/// An honest SMTP server from the first word to the last.
inline FakeServer::Script honest_smtp(ServerTls& tls) {
  return [&tls](Peer& peer) {
    greet_and_start_tls(peer, tls);
    expect(peer, "QUIT");
    peer.say("221 bye\r\n");
  };
}

/// Probes a server that plays `script`; complaints fail the test.
inline probe::ProbeResult probe_script(const FakeServer::Script& script,
                                       std::chrono::milliseconds time = 30s,
                                       const probe::ProberOptions& options = {},
                                       probe::Protocol protocol = probe::Protocol::smtp) {
  FakeServer server(script);
  auto result = probe(request_to(server, protocol), time, options);
  server.finish();
  CHECK(server.complaints() == std::vector<std::string>{});
  return result;
}

}  // namespace dane::test
