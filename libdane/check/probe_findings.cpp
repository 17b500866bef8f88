/// \file  Connections that brought no chain although the server was reached.
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dane/core/text.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/probe_words.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using probe::ProbeFailed;
using probe::ProbeFailure;

/// How a failure is told.  `severe`: with DANE no mail gets through, so it is critical; without it
/// a warning.  Otherwise the reason may be passing, and nothing is known.
struct Telling {
  ProbeFailure kind;
  bool severe;
  std::string_view id;
  Rules rules;
  std::string_view text;
  std::string_view advice;
};

const std::vector<Telling>& tellings() {
  static const std::vector<Telling> all{
      {ProbeFailure::starttls_not_offered,
       true,
       "starttls-not-offered",
       {"S15", "S36"},
       "The server does not offer STARTTLS",
       "Switch TLS on in the server (Postfix: smtpd_tls_security_level = may, with certificate and "
       "key), and see that no firewall or proxy in between strips STARTTLS."},
      {ProbeFailure::starttls_rejected,
       true,
       "starttls-rejected",
       {"S15", "S36"},
       "The server offers STARTTLS and then refuses it",
       "Look into the server's log: mostly certificate or key cannot be read."},
      {ProbeFailure::plaintext_injected,
       true,
       "plaintext-injected",
       {"S15"},
       "Unencrypted octets follow the server's reply to STARTTLS, before TLS begins. A careful "
       "client "
       "ends the connection: someone in between may have put them there",
       "Update the server's software, and look at proxies and firewalls in between."},
      {ProbeFailure::handshake_failed,
       true,
       "tls-handshake-failed",
       {"S15", "S62"},
       "The TLS handshake fails, with RSA and with ECDSA certificates",
       "See that TLS 1.2 or 1.3 is on, with a usual cipher suite, and that certificate and key "
       "belong together; the server's log tells more."},
      {ProbeFailure::no_certificate,
       true,
       "no-certificate",
       {"S15", "S62"},
       "TLS begins, but the server presents no certificate",
       "Configure certificate and key in the server."},
      {ProbeFailure::not_the_protocol,
       true,
       "not-smtp",
       {"S15"},
       "What answers there does not speak the protocol expected",
       "Check port, address and protocol (--starttls), and whether a proxy or another service "
       "answers."},
      {ProbeFailure::closed,
       false,
       "server-closed",
       {"S65"},
       "The server closes the connection before TLS begins",
       "Try again later; if it stays so, look into the server's log for limits and block lists."},
      {ProbeFailure::greeting_rejected,
       false,
       "greeting-rejected",
       {"S65"},
       "The server turns this client away with its greeting, so it could not be tested",
       "Try again later or from another address; the server's limits and block lists decide."},
      {ProbeFailure::greeting_timeout,
       false,
       "greeting-timeout",
       {"S65"},
       "The connection is accepted, but no complete greeting came in time",
       "Allow more time with --timeout (some servers keep new clients waiting); if it stays so, "
       "restart the server or look at its load."},
      {ProbeFailure::timeout,
       false,
       "probe-timeout",
       {"S65"},
       "The server did not finish in time",
       "Allow more time with --timeout, or try again later."},
      {ProbeFailure::no_time,
       false,
       "out-of-time",
       {"S65"},
       "The time of the run (--timeout) was used up before this could be tested",
       "Allow more time with --timeout, or test fewer hosts at once."},
      {ProbeFailure::not_recorded,
       false,
       "evidence-incomplete",
       {"S65"},
       "The evidence does not hold this connection",
       "Record again with --save and the same options."},
  };
  return all;
}

/// A further connection failed although the address had been reached.
const Telling& cut_off() {
  static const Telling telling{
      ProbeFailure::refused,
      false,
      "server-closed",
      {"S65"},
      "One of several connections at the same time could not be made",
      "The server, or a firewall, seems to limit connections: try again later."};
  return telling;
}

const Telling* telling_for(ProbeFailure kind) {
  const auto& all = tellings();
  const auto it =
      std::ranges::find_if(all, [&](const Telling& telling) { return telling.kind == kind; });
  return it == all.end() ? nullptr : &*it;
}

std::string what_was_said(const ProbeFailed& failed) {
  std::vector<std::string> said;
  if (!failed.reply.empty()) said.push_back("reply: " + printable(failed.reply, 200));
  if (!failed.alert.empty()) said.push_back("TLS: " + printable(failed.alert, 200));
  return said.empty() ? "" : " (" + fmt::format("{}", fmt::join(said, "; ")) + ")";
}

Finding tell(const HostView& view, const Telling& telling, const ProbeFailed& failed) {
  const bool dane = view.has_dane();
  const bool tls_only = view.host.protocol == probe::Protocol::implicit;
  // Nobody at all gets through to what does not speak the protocol.
  const bool for_everybody = tls_only || telling.kind == ProbeFailure::not_the_protocol;
  const auto severity = !telling.severe         ? Severity::unknown
                        : dane || for_everybody ? Severity::critical
                                                : Severity::warning;
  std::string text = std::string(telling.text) + what_was_said(failed) + ".";
  const bool mail = view.host.protocol == probe::Protocol::smtp;
  if (telling.severe && dane && !mail)
    text += " The host has TLSA records, so DANE clients need TLS and do not connect.";
  else if (telling.severe && dane)
    text += " The host has TLSA records, so DANE senders need TLS and do not deliver.";
  else if (telling.severe && tls_only)
    text += " Without TLS this service cannot be used at all.";
  else if (telling.severe && for_everybody)
    text += " Nothing can be delivered to it.";
  else if (telling.severe && mail)
    text += " Mail to it goes unencrypted, if at all.";
  std::string advice(telling.advice);
  const bool one_service = !view.domain.mx.has_value();
  if (one_service && !tls_only && telling.kind == ProbeFailure::greeting_timeout)
    advice += " If the service begins with TLS at once, say --starttls none.";
  return make_finding(severity, std::string(telling.id), telling.rules, {}, std::move(text),
                      std::move(advice));
}

/// A chain that no certificate came with.
ProbeFailed without_certificate() {
  return {.kind = ProbeFailure::no_certificate, .what = {}, .reply = {}, .alert = {}};
}

void add_probe(std::vector<Placed>& placed, const HostView& view, std::size_t index) {
  const auto& probe = view.host.probes.at(index);
  const auto* failed = std::get_if<ProbeFailed>(&probe.result.outcome);
  const auto what = failed != nullptr ? *failed : without_certificate();
  const auto& address = probe.request.endpoint.address;
  if (is_connect_failure(what.kind) && !was_reached(view.host, address)) return;
  const auto* telling = is_connect_failure(what.kind) ? &cut_off() : telling_for(what.kind);
  if (telling == nullptr) return;
  auto finding = tell(view, *telling, what);
  // The same fault with both key types and a word that differs is still one fault.
  const auto place = place_of(probe.request.endpoint);
  const bool told = std::ranges::any_of(placed, [&](const Placed& other) {
    return other.place == place && other.finding.id == finding.id;
  });
  if (!told) placed.push_back({place, std::move(finding)});
}

}  // namespace

Findings probe_findings(const HostView& view) {
  std::vector<Placed> placed;
  for (const auto index : view.judgement.failed_probes) add_probe(placed, view, index);
  for (const auto index : view.judgement.untestable) {
    // One offer refused in the handshake, the other not tested: the server may have just the other
    // key type, so nothing is known of this one.  What kept the other from being tested is told.
    const auto& outcome = view.host.probes.at(index).result.outcome;
    const auto* failed = std::get_if<probe::ProbeFailed>(&outcome);
    if (failed && failed->kind == probe::ProbeFailure::handshake_failed) continue;
    add_probe(placed, view, index);
  }
  return merge_places(view.name(), placed);
}

Findings absent_chain_findings(const HostView& view) {
  // Most servers have one key type; it is worth a word where a record waits for another.
  const auto& judgement = view.judgement;
  if (judgement.outcome != smtp::HostOutcome::verified) return {};
  std::vector<tlsa::Record> waiting;
  for (std::size_t i = 0; i < judgement.fates.size(); ++i) {
    const auto& record = judgement.policy.records.at(i);
    if (takes_part(judgement.fates[i]) && judgement.fates[i].matches.empty() && acts_as_ee(record))
      waiting.push_back(record);
  }
  if (waiting.empty()) return {};
  std::vector<Placed> placed;
  for (const auto index : judgement.missing_chains) {
    const auto& request = view.host.probes.at(index).request;
    if (request.offer == probe::Offer::any) continue;
    placed.push_back(
        {place_of(request.endpoint),
         make_finding(Severity::note, "chain-key-type-absent", {"O33"}, {},
                      fmt::format("The server has no {} certificate. What matches nothing now ({}) "
                                  "may stand for one, or for the next key.",
                                  to_string(request.offer), show(waiting)))});
  }
  return merge_places(view.name(), placed);
}

}  // namespace dane::check
