/// \file  One TLS handshake and its polite end, over a Connection.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include <openssl/ssl.h>

#include "libdane/probe/connection.hpp"
#include "libdane/probe/tls_offer.hpp"

namespace dane::probe {

/// Memory BIOs between OpenSSL and the socket: OpenSSL never writes to it, so it cannot raise
/// SIGPIPE, and every wait has the deadline.
class TlsSession {
 public:
  /// \param session      null: it could not be made; OpenSSL's error queue says why.
  /// \param server_name  sent as SNI unless none or the root.
  TlsSession(x509::SslPtr session, Connection& connection,
             const std::optional<DomainName>& server_name, bool allow_anonymous = false);

  [[nodiscard]] std::variant<Presented, ProbeFailed> handshake(Deadline deadline);

  /// Behind the handshake.  The server may still reject that: an alert is `handshake_failed`.
  [[nodiscard]] std::optional<ProbeFailed> write(std::string_view octets, Deadline deadline);
  [[nodiscard]] std::variant<std::string, ProbeFailed> read(Deadline deadline);

  /// Says `farewell`, waits for its answer until `deadline` at most, and ends the session.
  /// \return why the server rejected the handshake after all: in TLS 1.3 the client is done
  /// before the server has seen its last flight, e.g. a client certificate that is missing.
  [[nodiscard]] std::optional<ProbeFailed> close(std::string_view farewell, Deadline deadline);

 private:
  [[nodiscard]] std::optional<ProbeFailed> await_acceptance(Deadline deadline);
  void await_answer(Deadline deadline);
  void end_session(Deadline deadline);
  [[nodiscard]] IoStatus flush(Deadline deadline);
  [[nodiscard]] IoStatus fill(Deadline deadline);
  [[nodiscard]] std::variant<Presented, ProbeFailed> presented() const;
  [[nodiscard]] std::string lost() const;

  Connection& connection_;
  x509::SslPtr ssl_;
  BIO* incoming_ = nullptr;  ///< owned by ssl_
  BIO* outgoing_ = nullptr;
  bool allow_anonymous_ = false;
  bool answered_ = false;  ///< the server has said something behind the handshake
};

}  // namespace dane::probe
