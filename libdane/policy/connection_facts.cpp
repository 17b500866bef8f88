#include "libdane/policy/connection_facts.hpp"

#include <fmt/format.h>

#include "libdane/postfix/smtp_reply.hpp"

namespace dane::policy {

namespace {

using postfix::ConnectionFacts;
using postfix::NotReached;
using probe::ProbeFailed;
using probe::ProbeFailure;
using probe::ProbeStage;

postfix::TlsFacts tls_facts(const probe::Presented& seen) {
  postfix::TlsFacts tls;
  tls.chain = seen.chain;
  tls.protocol = seen.tls_version;
  tls.cipher = seen.cipher;
  if (!seen.details) return tls;
  tls.used_bits = seen.details->used_bits;
  tls.algorithm_bits = seen.details->algorithm_bits;
  tls.key_exchange = seen.details->key_exchange;
  tls.signature = seen.details->signature;
  tls.digest = seen.details->digest;
  return tls;
}

bool is_timeout(ProbeFailure kind) {
  return kind == ProbeFailure::connect_timeout || kind == ProbeFailure::greeting_timeout ||
         kind == ProbeFailure::timeout;
}

/// Postfix waits for longer than this program once it is connected.
bool our_time_ran_out(const ProbeFailed& failed) {
  return failed.kind == ProbeFailure::no_time || failed.kind == ProbeFailure::greeting_timeout ||
         failed.kind == ProbeFailure::timeout;
}

/// What smtp(8) calls the part of the dialogue that a failure came in.
std::string_view stage_name(ProbeStage stage) {
  switch (stage) {
    case ProbeStage::ehlo:
    case ProbeStage::in_tls:
      return "performing the EHLO handshake";
    case ProbeStage::helo:
      return "performing the HELO handshake";
    case ProbeStage::starttls:
      return "receiving the STARTTLS response";
    case ProbeStage::connect:
    case ProbeStage::greeting:
    case ProbeStage::handshake:
      break;
  }
  return "receiving the initial server greeting";
}

/// A server that greets with 5xx may do so to this client, or today, alone: Postfix waits, unless
/// it is told not to.
std::string status_of_greeting(const std::string& reply, const Peer& peer) {
  auto status = postfix::status_of_reply(reply);
  if (status.starts_with('5') && peer.skips_5xx_greeting) status.front() = '4';
  return status;
}

ConnectionFacts before_tls(const ProbeFailed& failed, ProbeStage stage, const Peer& peer) {
  const auto name = fmt::format("{}[{}]", peer.hostname, peer.address);
  if (stage == ProbeStage::connect) {
    const auto why = failed.details && !failed.details->error.empty() ? failed.details->error
                     : is_timeout(failed.kind)                        ? "Connection timed out"
                                                                      : failed.what;
    return NotReached{"4.4.1", fmt::format("connect to {}:{}: {}", name, peer.port, why), false};
  }
  if (failed.kind == ProbeFailure::greeting_rejected)
    return NotReached{
        stage != ProbeStage::helo ? status_of_greeting(failed.reply, peer)
                                  : postfix::status_of_reply(failed.reply),
        fmt::format("host {} refused to talk to me: {}", name, postfix::one_line(failed.reply)),
        true};
  const auto form = is_timeout(failed.kind) ? "conversation with {} timed out while {}"
                                            : "lost connection with {} while {}";
  return NotReached{"4.4.2", fmt::format(fmt::runtime(form), name, stage_name(stage)), true};
}

ProbeStage stage_of(const ProbeFailed& failed) {
  if (failed.details) return failed.details->stage;
  switch (failed.kind) {  // replayed from evidence without details
    case ProbeFailure::greeting_timeout:
    case ProbeFailure::greeting_rejected:
    case ProbeFailure::not_the_protocol:
      return ProbeStage::greeting;
    case ProbeFailure::closed:
    case ProbeFailure::timeout:
      return ProbeStage::ehlo;
    case ProbeFailure::starttls_not_offered:
    case ProbeFailure::starttls_rejected:
    case ProbeFailure::plaintext_injected:
      return ProbeStage::starttls;
    case ProbeFailure::handshake_failed:
    case ProbeFailure::no_certificate:
      return ProbeStage::handshake;
    case ProbeFailure::no_route:
    case ProbeFailure::refused:
    case ProbeFailure::connect_timeout:
    case ProbeFailure::connect_failed:
    case ProbeFailure::no_time:
    case ProbeFailure::not_recorded:
      break;
  }
  return ProbeStage::connect;
}

ConnectionFacts failure_facts(const ProbeFailed& failed, const Peer& peer) {
  if (our_time_ran_out(failed)) return postfix::NotKnown{};
  if (failed.kind == ProbeFailure::starttls_not_offered) return postfix::NotOffered{};
  if (failed.kind == ProbeFailure::starttls_rejected)
    return postfix::StartTlsRejected{failed.reply};
  const auto stage = stage_of(failed);
  if (stage == ProbeStage::in_tls && failed.details && failed.details->session)
    return postfix::LostAfterTls{tls_facts(*failed.details->session),
                                 failed.details->library_errors};
  if (stage != ProbeStage::handshake && stage != ProbeStage::in_tls)
    return before_tls(failed, stage, peer);
  if (failed.details)
    return postfix::HandshakeFailed{failed.details->error, failed.details->library_errors};
  return postfix::HandshakeFailed{failed.alert.empty() ? "lost connection" : "-1", {}};
}

}  // namespace

ConnectionFacts connection_facts(const probe::ProbeResult& result, const Peer& peer) {
  if (const auto* const seen = std::get_if<probe::Presented>(&result.outcome))
    return tls_facts(*seen);
  return failure_facts(std::get<ProbeFailed>(result.outcome), peer);
}

std::string greeting_of(const probe::ProbeResult& result) {
  std::string greeting;
  for (const std::string_view line : result.dialogue) {
    if (!line.starts_with("S: ")) break;
    if (!greeting.empty()) greeting += '\n';
    greeting += line.substr(3);
  }
  return greeting;
}

bool says_nothing_of_the_server(const probe::ProbeResult& result) {
  const auto* const failed = std::get_if<ProbeFailed>(&result.outcome);
  if (failed == nullptr) return false;
  switch (failed->kind) {
    case ProbeFailure::no_route:
    case ProbeFailure::no_time:
    case ProbeFailure::connect_timeout:
    case ProbeFailure::greeting_timeout:  // our patience ended, which is shorter than Postfix's
    case ProbeFailure::timeout:
    case ProbeFailure::not_recorded:
      return true;
    default:
      return false;
  }
}

}  // namespace dane::policy
