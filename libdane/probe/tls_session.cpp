#include "libdane/probe/tls_session.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <openssl/err.h>

#include "dane/core/text.hpp"

#include "libdane/probe/library_errors.hpp"
#include "libdane/probe/session_details.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::probe {
namespace {

ProbeFailed failure_at(ProbeStage stage, ProbeFailure kind, std::string what,
                       std::string error = {}) {
  return {kind, std::move(what), {}, {}, FailureDetails{stage, std::move(error)}};
}

/// As RFC 8446 section 6 has it, in words.
std::string alert_name(int number) {
  // OpenSSL 3.0 does not know the alerts that came with TLS 1.3.
  switch (number) {
    case 109:
      return "missing extension";
    case 116:
      return "certificate required";
    case 120:
      return "no application protocol";
    default:
      break;
  }
  const std::string name = SSL_alert_desc_string_long(number);
  return name == "unknown" ? fmt::format("alert {}", number) : name;
}

/// The reason in OpenSSL's error queue, which is emptied.
struct TlsError {
  bool from_server = false;  ///< an alert that came in, not our library's refusal
  std::string text;
  std::vector<std::string> queue;  ///< all of it, in Postfix's words
};

TlsError take_error() {
  const unsigned long code = ERR_peek_error();
  const int reason = ERR_GET_REASON(code);
  const char* text = ERR_reason_error_string(code);
  auto queue = take_library_errors();
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET)
    return {true, alert_name(reason - SSL_AD_REASON_OFFSET), std::move(queue)};
  return {false, text != nullptr ? printable(text, 100) : fmt::format("OpenSSL error {}", code),
          std::move(queue)};
}

ProbeFailed failure_of(TlsError error, ProbeStage stage, std::string connect_error) {
  auto out = failure_at(
      stage, ProbeFailure::handshake_failed,
      error.from_server
          ? fmt::format("the server ends the TLS handshake with the alert \"{}\"", error.text)
          : fmt::format("the TLS handshake fails: {}", error.text),
      std::move(connect_error));
  out.alert = std::move(error.text);
  out.details->library_errors = std::move(error.queue);
  return out;
}

ProbeFailed cannot_start() {
  auto error = take_error();
  auto out = failure_at(ProbeStage::handshake, ProbeFailure::handshake_failed,
                        "OpenSSL cannot start a TLS session");
  out.alert = error.queue.empty() ? "out of memory" : error.text;
  out.details->library_errors = std::move(error.queue);
  return out;
}

}  // namespace

TlsSession::TlsSession(x509::SslPtr session, Connection& connection,
                       const std::optional<DomainName>& server_name, bool allow_anonymous)
    : connection_(connection), ssl_(std::move(session)), allow_anonymous_(allow_anonymous) {
  if (!ssl_) return;
  incoming_ = BIO_new(BIO_s_mem());
  outgoing_ = BIO_new(BIO_s_mem());
  if (incoming_ == nullptr || outgoing_ == nullptr) {
    BIO_free(incoming_);
    BIO_free(outgoing_);
    ssl_.reset();
    return;
  }
  SSL_set_bio(ssl_.get(), incoming_, outgoing_);
  SSL_set_connect_state(ssl_.get());
  if (server_name && !server_name->is_root())
    SSL_set_tlsext_host_name(ssl_.get(), server_name->to_string().c_str());
}

IoStatus TlsSession::flush(Deadline deadline) {
  std::array<char, 4096> chunk{};
  for (;;) {
    const int taken = BIO_read(outgoing_, chunk.data(), static_cast<int>(chunk.size()));
    if (taken <= 0) return IoStatus::ok;
    const std::string_view octets(chunk.data(), static_cast<std::size_t>(taken));
    if (const auto status = connection_.write(octets, deadline); status != IoStatus::ok)
      return status;
  }
}

IoStatus TlsSession::fill(Deadline deadline) {
  const auto result = connection_.read(deadline);
  if (result.status == IoStatus::ok)
    BIO_write(incoming_, result.octets.data(), static_cast<int>(result.octets.size()));
  return result.status;
}

std::variant<Presented, ProbeFailed> TlsSession::handshake(Deadline deadline) {
  if (!ssl_) return cannot_start();
  const auto timed_out = [] {
    return failure_at(ProbeStage::handshake, ProbeFailure::timeout,
                      "the TLS handshake does not end in time", error_text(ETIMEDOUT));
  };
  for (;;) {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    const int reason = SSL_get_error(ssl_.get(), done);
    // The alert that we send goes out too.  That the server hung up shows best at the next read:
    // its own alert may be waiting there.
    if (flush(deadline) == IoStatus::timed_out) return timed_out();
    if (done == 1) return presented();
    if (reason != SSL_ERROR_WANT_READ) {
      auto error = take_error();
      // A close_notify leaves no error behind.
      auto said = error.queue.empty() ? lost() : std::to_string(done);
      return failure_of(std::move(error), ProbeStage::handshake, std::move(said));
    }
    switch (fill(deadline)) {
      case IoStatus::ok:
        break;
      case IoStatus::timed_out:
        return timed_out();
      case IoStatus::closed: {
        auto closed =
            failure_at(ProbeStage::handshake, ProbeFailure::handshake_failed,
                       "the server closes the connection within the TLS handshake", lost());
        closed.alert = "connection closed";
        return closed;
      }
    }
  }
}

/// How Postfix tells that the connection has gone.
std::string TlsSession::lost() const {
  const int error = connection_.error();
  return error == 0 ? "lost connection" : error_text(error);
}

std::variant<Presented, ProbeFailed> TlsSession::presented() const {
  const STACK_OF(X509)* sent = SSL_get_peer_cert_chain(ssl_.get());
  if (sk_X509_num(sent) <= 0 && !allow_anonymous_)
    return failure_at(ProbeStage::handshake, ProbeFailure::no_certificate,
                      "the server ends the TLS handshake without a certificate");
  Presented out;
  out.tls_version = SSL_get_version(ssl_.get());
  out.cipher = SSL_get_cipher_name(ssl_.get());
  out.chain = x509::from_stack(sent);
  out.details = session_details(ssl_.get());
  return out;
}

std::optional<ProbeFailed> TlsSession::write(std::string_view octets, Deadline deadline) {
  ERR_clear_error();
  SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
  // Where the server hung up the next read tells more: its alert may be waiting there.
  if (flush(deadline) != IoStatus::timed_out) return std::nullopt;
  return failure_at(ProbeStage::in_tls, ProbeFailure::timeout, "the server does not read in time");
}

std::variant<std::string, ProbeFailed> TlsSession::read(Deadline deadline) {
  std::array<char, 4096> chunk{};
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()));
    if (got > 0) return std::string(chunk.data(), static_cast<std::size_t>(got));
    const int reason = SSL_get_error(ssl_.get(), got);
    if (reason == SSL_ERROR_SSL) return failure_of(take_error(), ProbeStage::in_tls, {});
    const auto status = reason == SSL_ERROR_WANT_READ ? fill(deadline) : IoStatus::closed;
    if (status == IoStatus::closed)
      return failure_at(ProbeStage::in_tls, ProbeFailure::closed,
                        "the server closes the connection behind the TLS handshake");
    if (status == IoStatus::timed_out)
      return failure_at(ProbeStage::in_tls, ProbeFailure::timeout,
                        "the server says nothing within TLS");
  }
}

std::optional<ProbeFailed> TlsSession::close(std::string_view farewell, Deadline deadline) {
  ERR_clear_error();
  if (!farewell.empty()) {
    SSL_write(ssl_.get(), farewell.data(), static_cast<int>(farewell.size()));
    static_cast<void>(flush(deadline));  // what the server said is read even if it hung up
  }
  // Before TLS 1.3 the server has the last word of the handshake, so it has accepted it.
  const bool accepted = SSL_version(ssl_.get()) < TLS1_3_VERSION;
  if (!accepted)
    if (auto rejected = await_acceptance(deadline)) return rejected;
  // A farewell is answered; not every server closes behind its answer before we do.
  if (!farewell.empty()) await_answer(deadline);
  end_session(deadline);
  if (farewell.empty())
    while (connection_.read(deadline).status == IoStatus::ok) {
    }
  ERR_clear_error();
  return std::nullopt;
}

void TlsSession::await_answer(Deadline deadline) {
  std::array<char, 4096> answer{};
  while (!answered_) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), answer.data(), static_cast<int>(answer.size()));
    if (got > 0 || SSL_get_error(ssl_.get(), got) != SSL_ERROR_WANT_READ) return;
    if (fill(deadline) != IoStatus::ok) return;
  }
}

std::optional<ProbeFailed> TlsSession::await_acceptance(Deadline deadline) {
  // The first record decides: an alert, or anything else (a reply, a session ticket, the end),
  // which a server sends only when it is content.
  std::array<char, 4096> reply{};
  do {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), reply.data(), static_cast<int>(reply.size()));
    answered_ = got > 0;
    if (answered_) return std::nullopt;
    const int reason = SSL_get_error(ssl_.get(), got);
    if (reason == SSL_ERROR_SSL) {
      auto error = take_error();
      if (!error.from_server) return std::nullopt;
      return failure_of(std::move(error), ProbeStage::in_tls, {});
    }
    if (reason != SSL_ERROR_WANT_READ || SSL_SESSION_has_ticket(SSL_get0_session(ssl_.get())) == 1)
      return std::nullopt;
  } while (fill(deadline) == IoStatus::ok);
  return std::nullopt;
}

void TlsSession::end_session(Deadline deadline) {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  static_cast<void>(flush(deadline));
  connection_.end_writing();
}

}  // namespace dane::probe
