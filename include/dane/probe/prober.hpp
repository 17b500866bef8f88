/// \file  One connection to one address: greeting, STARTTLS, handshake, the chain presented.
#pragma once

#include <chrono>
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

struct ProbeRequest {
  Endpoint endpoint;
  Protocol protocol = Protocol::smtp;
  DomainName host;                        ///< for XMPP's `to` and messages
  std::optional<DomainName> server_name;  ///< SNI; none: send no SNI
  Offer offer = Offer::any;
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

/// TLS was established.
struct Presented {
  std::string tls_version;  ///< "TLSv1.3"
  std::string cipher;
  x509::Chain chain;  ///< as sent, leaf first, not re-ordered, not verified
  bool operator==(const Presented&) const = default;
};

struct ProbeFailed {
  ProbeFailure kind = ProbeFailure::connect_failed;
  std::string what;   ///< one printable sentence
  std::string reply;  ///< the server's last reply, printable; may be empty
  std::string alert;  ///< TLS alert or library error, printable; may be empty
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
