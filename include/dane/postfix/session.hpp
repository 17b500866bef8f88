/// \file  One connection to one address of one MX host: what Postfix makes of it, and logs.  P1-P9
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/postfix/effective_policy.hpp"
#include "dane/postfix/name_match.hpp"
#include "dane/postfix/peer.hpp"
#include "dane/postfix/settings.hpp"
#include "dane/postfix/trust.hpp"
#include "dane/x509/certificate.hpp"

namespace dane::postfix {

struct TlsFacts {        ///< TLS was established
  x509::Chain chain;     ///< as sent, leaf first; empty: an anonymous cipher
  std::string protocol;  ///< "TLSv1.3"; empty offline: no summary line can be made
  std::string cipher;
  int used_bits = 0, algorithm_bits = 0;
  std::string key_exchange;  ///< "X25519", "ECDHE (prime256v1)"; empty: not known
  std::string signature;     ///< "RSA-PSS (2048 bits)"; empty: not known
  std::string digest;        ///< "SHA256"; empty: none
};
struct NotOffered {};  ///< EHLO without STARTTLS
struct StartTlsRejected {
  std::string reply;  ///< "454 4.7.0 TLS not available"; line feeds between its lines
};
struct HandshakeFailed {
  std::string error;  ///< behind `SSL_connect error to PEER: `: "-1", "lost connection"; empty:
                      ///< OpenSSL did not take the cipher list
  std::vector<std::string> library;  ///< behind `warning: TLS library problem: `
};
struct NotReached {        ///< before EHLO: connect, greeting
  std::string dsn, text;   ///< "4.4.1", "connect to mx[192.0.2.1]:25: Connection refused"
  bool connected = false;  ///< the server answered: "host mx[192.0.2.1] refused to talk to me: 421"
};
struct LostAfterTls {  ///< TLS stood, then the server hung up (client certificate wanted)
  TlsFacts tls;
  std::vector<std::string> library = {};  ///< as in HandshakeFailed
};
struct NotKnown {};  ///< this program could not find out
using ConnectionFacts = std::variant<TlsFacts, NotOffered, StartTlsRejected, HandshakeFailed,
                                     NotReached, LostAfterTls, NotKnown>;

enum class LogWord { anonymous, untrusted, trusted, verified };
[[nodiscard]] std::string to_string(LogWord);  ///< "Verified"

enum class Delivery { delivered, deferred, skipped, bounced };
[[nodiscard]] std::string to_string(Delivery);  ///< "delivered", ...

/// How far a session came.
enum class SessionEnd {
  delivered,
  refused,  ///< by the policy
  skipped,  ///< the host
  not_reached,
  tls_not_offered,
  starttls_overlooked,  ///< as main.cf wants it
  no_tls_engine,
  starttls_refused,
  handshake_failed,
  not_verified,
  lost_after_tls
};

struct Session {
  std::string hostname;
  std::string address;  ///< empty offline
  std::uint16_t port = 25;
  std::optional<LogWord> log_word;  ///< none: no TLS session
  ExpectedNames expected;           ///< what was looked for; empty where no name counts
  std::optional<PeerVerdict> peer;  ///< none without a certificate
  Delivery delivery = Delivery::deferred;
  SessionEnd end = SessionEnd::not_reached;
  std::string overlooked_by;       ///< what has Postfix overlook STARTTLS: "smtp_never_send_ehlo
                                   ///< = yes"; empty: nothing
  bool plaintext = false;          ///< delivered without TLS
  bool fallback_possible = false;  ///< may: in the clear at a later attempt
  std::string dsn;                 ///< "2.0.0", "4.7.5"
  std::string text;                ///< without the parentheses; for a delivery the server's own
                                   ///< words, which are not known: empty
  std::vector<std::string> log_lines;  ///< behind "postfix/smtp[PID]: ", in order; the last is the
                                       ///< delivery line with placeholders, see log_lines.hpp
  std::vector<std::string> rules;      ///< P6, P16, ...
};

struct SessionInput {
  const Destination& destination;
  std::string hostname, address;
  std::uint16_t port = 25;
  const EffectivePolicy& policy;
  const Settings& settings;
  const CaCertificates& cas;
  const ConnectionFacts& facts;
  TimePoint at;
  std::string recipient = "user";  ///< local part in the delivery line
  std::string greeting = {};       ///< the server's, printable, line feeds between its lines
  bool final_server = true;        ///< false: another MX follows, which a soft failure leads to
};
[[nodiscard]] Session judge_session(const SessionInput& input);

/// All attempts of one delivery in order, as Postfix makes them: an MX that fails sends it to the
/// next; the last failure is what the queue shows.
struct DeliveryOutcome {
  Delivery delivery = Delivery::deferred;
  std::string dsn, text;
  std::size_t decided_by = 0;  ///< index of the session
};
[[nodiscard]] DeliveryOutcome deliver(const std::vector<Session>& sessions);

}  // namespace dane::postfix
