/// \file  One connection to one address: greeting, STARTTLS, handshake, the chain presented.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/domain_name.hpp"
#include "dane/core/ip_address.hpp"
#include "dane/x509/certificate.hpp"

namespace dane::probe {

/// How TLS starts: a STARTTLS dialogue, or at once (implicit).
enum class Protocol { implicit, smtp, imap, pop3, sieve, ldap, xmpp, ftp };
/// "none" is Protocol::implicit.  \return `protocol-unknown` for what is no protocol's name.
[[nodiscard]] Result<Protocol> parse_protocol(std::string_view text);
[[nodiscard]] std::string to_string(Protocol);  ///< the same words: "smtp", "none", ...

/// Which certificate the client can use: decides what a server with two shows.
enum class Offer { rsa, ecdsa, any };
[[nodiscard]] std::string to_string(Offer);  ///< "RSA", "ECDSA", "any"

/// By their numbers on the wire.
enum class TlsVersion : std::uint16_t {
  ssl3 = 0x0300,
  tls1 = 0x0301,
  tls1_1 = 0x0302,
  tls1_2 = 0x0303,
  tls1_3 = 0x0304
};
[[nodiscard]] std::string to_string(TlsVersion);  ///< OpenSSL's names: "SSLv3", "TLSv1", "TLSv1.2"
/// \return `tls-version-unknown` for what is none of these names.
[[nodiscard]] Result<TlsVersion> parse_tls_version(std::string_view text);

/// The ClientHello of the Postfix SMTP client with given settings.  What Postfix leaves to OpenSSL
/// (TLS 1.3 suites, signature algorithms) is left to it here too; the groups are those of
/// tls_eecdh_auto_curves of Postfix 3.7.
struct TlsOffer {
  std::vector<TlsVersion> versions{};  ///< ascending; none: the handshake fails on our side
  std::string ciphers{};               ///< OpenSSL's cipher list, for TLS up to 1.2
  int security_level = 1;              ///< OpenSSL's: 0 up to level encrypt, 1 above
  /// A session without a certificate is as good as any: Presented with an empty chain.
  bool allow_anonymous = false;
  auto operator<=>(const TlsOffer&) const = default;
};

struct ProbeRequest {
  Endpoint endpoint;
  Protocol protocol = Protocol::smtp;
  DomainName host;                        ///< for XMPP's `to` and messages
  std::optional<DomainName> server_name;  ///< SNI; none: send no SNI
  Offer offer = Offer::any;
  /// Decides in place of `offer`, which is then Offer::any.  The SMTP dialogue is Postfix's too:
  /// it takes any line for the begin of a reply, answers what is not 421 to EHLO with HELO, drops
  /// what comes in one packet with the reply to STARTTLS, and says EHLO again within TLS.
  std::optional<TlsOffer> tls{};
  auto operator<=>(const ProbeRequest&) const = default;
};

enum class ProbeFailure {
  no_route,  ///< this machine has no way to that network (IPv6, firewall on our side)
  refused,   ///< connection refused
  connect_timeout,
  connect_failed,     ///< other errors of connect
  greeting_timeout,   ///< connected; no complete greeting in time
  greeting_rejected,  ///< 4xx/5xx greeting: not testable.  `reply` holds its text
  not_the_protocol,   ///< garbage, HTTP, over-long or endless lines
  closed,             ///< the server closed before TLS
  starttls_not_offered,
  starttls_rejected,   ///< offered, then refused with 4xx/5xx
  plaintext_injected,  ///< octets behind the STARTTLS reply, before TLS
  handshake_failed,    ///< TLS alert or error; `alert` says which
  no_certificate,      ///< the handshake ended without a certificate
  timeout,             ///< the deadline passed after the greeting
  no_time,             ///< the deadline left less than any server needs: says nothing of the server
  not_recorded         ///< replay: the evidence does not hold this probe
};
[[nodiscard]] std::string to_string(ProbeFailure);  ///< "starttls-not-offered", ...
[[nodiscard]] Result<ProbeFailure> parse_probe_failure(std::string_view text);

/// What Postfix 3.7 logs of a session behind its version and cipher, in its words.  Before TLS 1.3
/// it tells the bits only.
struct SessionDetails {
  int used_bits = 0;
  int algorithm_bits = 0;
  std::string key_exchange{};  ///< "X25519", "ECDHE (prime256v1)"
  std::string signature{};     ///< "RSA-PSS (2048 bits)", "ECDSA (secp384r1)", "ED25519"
  std::string digest{};        ///< "SHA256"; empty: the signature has none of its own
  bool operator==(const SessionDetails&) const = default;
};

/// TLS was established.
struct Presented {
  std::string tls_version;  ///< "TLSv1.3"
  std::string cipher;
  /// As sent, leaf first, not re-ordered, not verified.  Empty only where
  /// TlsOffer::allow_anonymous let an anonymous cipher through.
  x509::Chain chain;
  std::optional<SessionDetails> details{};  ///< of a request with a TlsOffer
  bool operator==(const Presented&) const = default;
};

/// What was under way when a probe failed.
enum class ProbeStage {
  connect,
  greeting,
  ehlo,
  helo,
  starttls,  ///< the command that starts TLS was said; in protocols but SMTP, all of the dialogue
  handshake,
  in_tls  ///< behind the handshake: the EHLO within TLS
};
[[nodiscard]] std::string to_string(ProbeStage);  ///< "connect", ..., "in-tls"
[[nodiscard]] Result<ProbeStage> parse_probe_stage(std::string_view text);

/// What Postfix tells of a failure, in its words.
struct FailureDetails {
  ProbeStage stage = ProbeStage::connect;
  /// connect: behind `connect to HOST[ADDRESS]:PORT: `, "Connection refused".
  /// handshake: behind `SSL_connect error to HOST[ADDRESS]:PORT: `: "-1" (library_errors tells
  /// more), "lost connection", "Connection reset by peer", "Connection timed out"; empty when there
  /// was no handshake, since OpenSSL refused the cipher list.
  /// Elsewhere empty.
  std::string error{};
  /// Each behind `warning: TLS library problem: `; printable, bounded.
  std::vector<std::string> library_errors{};
  /// in_tls: the session as it stood, and was logged, before it broke.
  std::optional<Presented> session{};
  bool operator==(const FailureDetails&) const = default;
};

struct ProbeFailed {
  ProbeFailure kind = ProbeFailure::connect_failed;
  std::string what;  ///< one printable sentence
  /// The server's last reply, printable, its lines joined by " / "; may be empty.  With a TlsOffer
  /// as Postfix keeps it: joined by line feeds, and '?' for what cannot be shown.
  std::string reply;
  std::string alert;                        ///< TLS alert or library error, printable; may be empty
  std::optional<FailureDetails> details{};  ///< of a request with a TlsOffer, once it was tried
  bool operator==(const ProbeFailed&) const = default;
};

struct ProbeResult {
  std::variant<Presented, ProbeFailed> outcome;
  std::vector<std::string> dialogue;  ///< "S: 220 ...", "C: EHLO ..."; printable, bounded
  bool operator==(const ProbeResult&) const = default;
};

/// Implementations may be called from many threads.  probe() ends by the deadline whatever the
/// server does, says QUIT (or the like) politely, and never throws.
class TlsProber {
 public:
  virtual ~TlsProber() = default;
  [[nodiscard]] virtual ProbeResult probe(const ProbeRequest& request, Deadline deadline) = 0;
};

/// True for what EHLO may carry: a domain of letters, digits and hyphens, or an address literal.
/// RFC 5321 sections 4.1.2 and 4.1.3.
[[nodiscard]] bool is_valid_helo(std::string_view name);

struct ProberOptions {
  /// EHLO name.  Empty or not valid: this machine's host name when it is fully qualified, else
  /// the address literal of the connection.
  std::string helo{};
  std::chrono::seconds connect_timeout{30};   ///< all bounded by the deadline
  std::chrono::seconds greeting_timeout{60};  ///< postscreen and tarpits take their time
  /// A probe that begins with less time than this before its deadline and meets silence fails with
  /// `no_time`: it takes a few round trips, and silence then says nothing of the server.
  std::chrono::milliseconds fair_time{2000};
  bool allow_old_tls = false;  ///< offer TLS 1.0 and 1.1 too.  S63
};
[[nodiscard]] std::unique_ptr<TlsProber> make_prober(ProberOptions options);

}  // namespace dane::probe
