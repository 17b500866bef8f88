#include "dane/postfix/session.hpp"

#include <fmt/core.h>

#include "dane/core/outcome.hpp"
#include "dane/core/text.hpp"
#include "dane/postfix/protocols.hpp"

#include "libdane/postfix/certificate_outcome.hpp"
#include "libdane/postfix/ehlo_keywords.hpp"
#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/session_judge.hpp"
#include "libdane/postfix/session_record.hpp"
#include "libdane/postfix/smtp_reply.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view not_tried = "server unavailable or unable to receive mail";
constexpr std::string_view handshake_failure = "Cannot start TLS: handshake failure";

class Judge : private SessionRecord {
 public:
  Judge(const SessionInput& input, const Verifier& verifier)
      : SessionRecord(input),
        verifier_(verifier),
        version_(input.settings.version),
        logged_(log_groups(input.settings.tls_loglevel)),
        tls_peer_(peer_and_port(fold_case(input.hostname), input.address, input.port)) {}

  Session run() && {
    std::visit(
        overloaded{[&](const Refused& r) { refused(r); }, [&](const Skipped& s) { skipped(s); },
                   [&](const Usable& u) {
                     policy_ = &u;
                     connect();
                   }},
        in_.policy.outcome);
    return std::move(session_);
  }

 private:
  void deliver_in_the_clear() {
    session_.plaintext = true;
    deliver(level() == Level::none ? "none" : to_string(level()) + ":none");
  }

  // How tls= of 3.11 and later tells it: kept, broken, or not reached.
  [[nodiscard]] std::string broken() const { return "!" + to_string(level()); }
  [[nodiscard]] std::string undecided() const { return to_string(level()) + "?"; }

  [[nodiscard]] Level level() const { return policy_->level; }

  // Before TLS.

  void refused(const Refused& refusal) {
    rule("P22");
    session_.end = SessionEnd::refused;
    constexpr std::string_view unknown = "unknown?";
    if (features_.policy_checked_before_connect || refusal.dsn == "4.3.0") {
      end(Delivery::deferred, refusal.dsn, refusal.text, "none", std::string(unknown));
      return;
    }
    if (const auto* unreached = std::get_if<NotReached>(&in_.facts))
      not_reached(*unreached, std::string(unknown));
    else
      fail(SessionEnd::refused, refusal.dsn, refusal.text, std::string(unknown));
  }

  /// The line is that of a delivery for which every server was skipped.
  void skipped(const Skipped& skip) {
    rule("P30");
    session_.log_lines.push_back(skip.warning);
    end(Delivery::deferred, "4.3.0", std::string(not_tried), "none", to_string(skip.level) + "?");
    session_.delivery = Delivery::skipped;
    session_.end = SessionEnd::skipped;
  }

  void not_reached(const NotReached& failure, std::string tls_status) {
    rule("P2");
    session_.end = SessionEnd::not_reached;
    const std::string text = printable(failure.text);
    if (!failure.connected) session_.log_lines.push_back(text);
    const auto delivery = failure.dsn.starts_with('5') ? Delivery::bounced : Delivery::deferred;
    end(delivery, failure.dsn, text, failure.connected ? peer_ : "none", std::move(tls_status));
  }

  void connect() {
    if (const auto* unreached = std::get_if<NotReached>(&in_.facts)) {
      not_reached(*unreached, undecided());
      return;
    }
    if (std::holds_alternative<NotKnown>(in_.facts)) {
      session_.end = SessionEnd::not_reached;
      return;
    }
    if (!in_.settings.wrappermode) log_greeting();
    session_.overlooked_by = overlooks_starttls(in_.settings, in_.greeting);
    const bool offered =
        !std::holds_alternative<NotOffered>(in_.facts) && session_.overlooked_by.empty();
    if (offered && level() == Level::none && in_.settings.note_starttls_offer)
      session_.log_lines.push_back(
          fmt::format("Host offered STARTTLS: [{}]", printable(in_.hostname)));
    if (!offered || level() == Level::none || in_.cas.unusable)
      without_tls(offered);
    else if (const auto* rejection = std::get_if<StartTlsRejected>(&in_.facts))
      rejected(*rejection);
    else
      start_tls();
  }

  void log_greeting() {
    if (const auto line = pix_line(in_.settings, in_.greeting, peer_); !line.empty())
      session_.log_lines.push_back(fmt::format("{}: {}", queue_id_placeholder, line));
    if (says_ehlo(in_.settings, in_.greeting)) log_discarding();
  }

  /// After each EHLO.
  void log_discarding() {
    if (auto line = discarding_line(in_.settings); !line.empty())
      session_.log_lines.push_back(std::move(line));
  }

  void without_tls(bool offered) {
    rule("P2");
    if (!requires_tls(level())) return deliver_in_the_clear();
    if (offered)
      fail(SessionEnd::no_tls_engine, "4.7.5", "TLS is required, but our TLS engine is unavailable",
           undecided());
    else
      fail(session_.overlooked_by.empty() ? SessionEnd::tls_not_offered
                                          : SessionEnd::starttls_overlooked,
           "4.7.4", "TLS is required, but was not offered by host " + name_, broken());
  }

  void rejected(const StartTlsRejected& rejection) {
    rule("P2");
    if (!requires_tls(level())) return deliver_in_the_clear();
    fail(SessionEnd::starttls_refused, status_of_reply(rejection.reply),
         fmt::format("TLS is required, but host {} refused to start TLS: {}", name_,
                     printable(one_line(rejection.reply))),
         broken());
  }

  // TLS.

  void start_tls() {
    if (features_.logs_setup && logged_.summary)
      session_.log_lines.push_back("setting up TLS connection to " + tls_peer_);
    if (const auto fault = fault_of_settings()) {
      warn(*fault);
      handshake_failed();
      return;
    }
    if (is_pkix(level()) || is_dane(level()))
      session_.expected =
          expand_match(policy_->match, in_.destination.domain, in_.hostname, version_);
    std::visit(overloaded{[&](const HandshakeFailed& failure) {
                            if (failure.error.empty()) return ciphers_refused(failure);
                            log_expected();
                            log(handshake_failure_lines(tls_peer_, failure));
                            handshake_failed();
                          },
                          [&](const TlsFacts& tls) { established(tls, nullptr); },
                          [&](const LostAfterTls& lost) { established(lost.tls, &lost); },
                          [](const auto&) {}},
               in_.facts);
  }

  /// Protocols and ciphers of a table are looked at only now.
  [[nodiscard]] std::optional<std::string> fault_of_settings() const {
    if (!parse_protocols(policy_->protocols, version_).valid)
      return fmt::format("{}: Invalid TLS protocol list \"{}\": aborting TLS session", tls_peer_,
                         printable(policy_->protocols));
    const CipherChoice ciphers = choose_ciphers(policy_->grade, policy_->exclusions, in_.settings);
    if (ciphers.openssl_list) return std::nullopt;
    return fmt::format("{}: {}{}", tls_peer_, ciphers.fault,
                       features_.cipher_fault_aborts ? ": aborting TLS session" : "");
  }

  /// The grade is known, but OpenSSL finds no cipher in what it stands for.
  void ciphers_refused(const HandshakeFailed& failure) {
    warn(fmt::format("{}: error setting cipher grade: \"{}\"", tls_peer_,
                     printable(policy_->grade)));
    log(library_lines(failure.library));
    handshake_failed();
  }

  void handshake_failed() {
    rule("P2");
    // At may the same server gets the mail in the clear once it has waited for a while.
    session_.fallback_possible = level() == Level::may;
    fail(SessionEnd::handshake_failed, "4.7.5", std::string(handshake_failure), undecided());
  }

  void log_expected() {
    for (const auto& warning : session_.expected.warnings)
      warn(fmt::format("{}: {}", tls_peer_, warning));
  }

  void established(const TlsFacts& tls, const LostAfterTls* lost) {
    Level reached = level();
    if (!tls.chain.empty()) {
      session_.peer = verify(tls.chain);
      if (session_.peer->fell_back_to_encrypt) reached = Level::encrypt;
      for (const auto& note : session_.peer->notes) warn(fmt::format("{}: {}", tls_peer_, note));
    }
    log_expected();
    log_verification();
    session_.log_word = log_word(session_.peer, reached, features_);
    if (logged_.summary)
      session_.log_lines.push_back(summary_line(*session_.log_word, tls_peer_, tls, features_));
    rule("P1");
    if (session_.peer) rule(certificate_rule(*session_.peer, reached, session_.expected));
    if (requires_match(reached) && !(session_.peer && session_.peer->matched))
      fail(SessionEnd::not_verified, "4.7.5", refusal_text(session_.peer, reached, features_),
           broken());
    else if (lost != nullptr)
      connection_lost(reached, lost->library);
    else {
      log_discarding();
      deliver(kept(reached));
    }
  }

  [[nodiscard]] std::string kept(Level reached) const {
    return reached == level() ? to_string(level())
                              : fmt::format("{}:{}", to_string(level()), to_string(reached));
  }

  void connection_lost(Level reached, const std::vector<std::string>& library) {
    log(library_lines(library));
    session_.fallback_possible = level() == Level::may;
    fail(SessionEnd::lost_after_tls, "4.4.2",
         fmt::format("lost connection with {} while performing the EHLO handshake", name_),
         kept(reached));
  }

  [[nodiscard]] PeerVerdict verify(const x509::Chain& chain) const {
    return verifier_({.chain = chain,
                      .level = level(),
                      .cas = in_.cas,
                      .tlsa = policy_->tlsa,
                      .anchors_replace_cas = policy_->anchors_replace_cas,
                      .expected = session_.expected,
                      .base_domain = is_dane(level()) ? policy_->sni : std::string(),
                      .forced_failure = policy_->forced_failure,
                      .multi_label_wildcards = in_.settings.wildcard_matches_multiple_labels,
                      .verify_depth = in_.settings.scert_verifydepth,
                      .dane_digests = in_.settings.dane_digests,
                      .at = in_.at,
                      .fingerprints = policy_->fingerprints});
  }

  void log_verification() {
    if (!session_.peer) return;
    if (!logged_.untrusted && !logs_verification(level(), policy_->tlsa, features_)) return;
    auto words = verification_words(*session_.peer, version_);
    if (policy_->forced_failure)
      words = {"", fmt::format("external policy failure ({})", policy_->policy_failure)};
    if (words) session_.log_lines.push_back(verification_line(*words, tls_peer_));
  }

  const Verifier& verifier_;
  const Version& version_;
  const LogGroups logged_;
  const std::string tls_peer_;  ///< as lines about TLS have it: in lower case
  const Usable* policy_ = nullptr;
};

}  // namespace

Session judge_session(const SessionInput& input, const Verifier& verifier) {
  return Judge(input, verifier).run();
}

Session judge_session(const SessionInput& input) {
  return judge_session(
      input, [&](const PeerInput& peer) { return verify_peer(peer, input.settings.version); });
}

}  // namespace dane::postfix
