/// \file  Log lines of Postfix's SMTP client, as each version words them.  Without the syslog
/// prefix up to "postfix/smtp[PID]: ".  What a run decides by itself has a placeholder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/peer.hpp"
#include "dane/postfix/session.hpp"
#include "dane/postfix/version.hpp"
#include "dane/tlsa/record.hpp"

namespace dane::postfix {

inline constexpr std::string_view queue_id_placeholder = "QUEUEID";
inline constexpr std::string_view delay_placeholder = "DELAY";    ///< delay=
inline constexpr std::string_view delays_placeholder = "DELAYS";  ///< delays=
inline constexpr std::string_view reply_placeholder =
    "REPLY";  ///< the server's words for a delivery
inline constexpr std::string_view address_placeholder = "ADDRESS";  ///< offline: not connected

inline constexpr std::string_view session_placeholder =
    "PROTOCOL with cipher CIPHER";  ///< offline: no session

/// What the DSN and most texts call the server: "mx.example.com[192.0.2.1]".
[[nodiscard]] std::string peer_name(std::string_view hostname, std::string_view address);
/// And what TLS lines and relay= do: "mx.example.com[192.0.2.1]:25".
[[nodiscard]] std::string peer_and_port(std::string_view hostname, std::string_view address,
                                        std::uint16_t port);

[[nodiscard]] std::string warning_line(std::string_view text);  ///< "warning: ..."

/// `warning: TLS policy lookup for NEXTHOP/HOST: why`
[[nodiscard]] std::string policy_lookup_line(std::string_view nexthop, std::string_view hostname,
                                             std::string_view why);

/// A TLSA record as `unsupported TLSA certificate usage:` and its kin print it: "3 1 1 00FF", cut
/// in the middle above 64 octets.
[[nodiscard]] std::string record_dump(const tlsa::Record& record);

/// `server certificate verification failed for PEER: num=62:hostname mismatch`
[[nodiscard]] std::string verification_line(const ErrorWords& words, std::string_view peer);

/// `Verified TLS connection established to PEER: TLSv1.3 with cipher ...`
[[nodiscard]] std::string summary_line(LogWord word, std::string_view peer, const TlsFacts& tls,
                                       const Features& features);

/// `SSL_connect error to PEER: -1` and a line for each entry of OpenSSL's error queue.
[[nodiscard]] std::vector<std::string> handshake_failure_lines(std::string_view peer,
                                                               const HandshakeFailed& failure);

/// `warning: TLS library problem: ...` for each.
[[nodiscard]] std::vector<std::string> library_lines(const std::vector<std::string>& errors);

struct DeliveryLine {
  std::string recipient;   ///< user@example.com
  std::string relay;       ///< peer_and_port(), or "none"
  std::string tls_status;  ///< "!secure"; printed by 3.11 and later only
  std::string dsn, text;
  Delivery delivery = Delivery::deferred;
};
/// `QUEUEID: to=<...>, relay=..., delay=DELAY, delays=DELAYS, dsn=4.7.5, status=deferred (...)`
[[nodiscard]] std::string delivery_line(const DeliveryLine& line, const Features& features);
/// The same failure while another server is left to try: `QUEUEID: Server certificate not verified`
[[nodiscard]] std::string passed_over_line(std::string_view text);

/// Which groups of lines smtp_tls_loglevel asks for, by number or by name.
struct LogGroups {
  bool summary = false;    ///< 1, "summary"
  bool untrusted = false;  ///< 2, "untrusted": verification errors at every level
};
[[nodiscard]] LogGroups log_groups(std::string_view tls_loglevel);

}  // namespace dane::postfix
