// The live prober: connect, dialogue, handshake, good-bye, each within the deadline.

#include "dane/probe/prober.hpp"

#include <algorithm>
#include <exception>
#include <thread>

#include <fmt/format.h>
#include <openssl/err.h>

#include "dane/core/text.hpp"

#include "libdane/probe/connection.hpp"
#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/greet_in_tls.hpp"
#include "libdane/probe/helo.hpp"
#include "libdane/probe/tls_offer.hpp"
#include "libdane/probe/tls_session.hpp"

namespace dane::probe {
namespace {

using Clock = std::chrono::steady_clock;

/// How long the server may take over our good-bye.  Most close within one round trip; those that
/// do not are left.  Long enough for a TLS 1.3 server's late alert from the other side of the
/// earth.
constexpr std::chrono::milliseconds farewell_wait{1000};

bool is_timeout(ProbeFailure kind) {
  return kind == ProbeFailure::connect_timeout || kind == ProbeFailure::greeting_timeout ||
         kind == ProbeFailure::timeout;
}

Deadline farewell_deadline(Deadline deadline) {
  return std::min(deadline, Clock::now() + farewell_wait);
}

/// Drives a dialogue over a connection until TLS starts.
class StartTlsRun {
 public:
  StartTlsRun(Connection& connection, Dialogue& dialogue, Deadline greeting, Deadline whole)
      : connection_(connection), dialogue_(dialogue), greeting_(greeting), whole_(whole) {}

  /// Nothing: send the ClientHello now.
  [[nodiscard]] std::optional<ProbeFailed> run() {
    Step step = dialogue_.begin();
    for (;;) {
      if (std::holds_alternative<StartTls>(step)) return check_silence();
      if (const auto* abandon = std::get_if<Abandon>(&step)) return leave(*abandon);
      if (const auto* send = std::get_if<Send>(&step)) {
        if (connection_.write(send->octets, deadline()) == IoStatus::timed_out) return timed_out();
        step = dialogue_.feed({});
        continue;
      }
      const auto result = connection_.read(deadline());
      if (result.status == IoStatus::timed_out) return timed_out();
      if (result.status == IoStatus::closed) return closed();
      step = dialogue_.feed(result.octets);
    }
  }

 private:
  [[nodiscard]] Deadline deadline() const {
    return dialogue_.greeted() ? whole_ : std::min(greeting_, whole_);
  }

  [[nodiscard]] ProbeFailed failure(ProbeFailure kind, std::string what) const {
    return {kind, std::move(what), dialogue_.last_reply(), {}, FailureDetails{dialogue_.stage()}};
  }

  [[nodiscard]] ProbeFailed timed_out() const {
    return failure(dialogue_.greeted() ? ProbeFailure::timeout : ProbeFailure::greeting_timeout,
                   fmt::format("{} does not come in time", dialogue_.awaited()));
  }

  [[nodiscard]] ProbeFailed closed() const {
    return failure(ProbeFailure::closed,
                   fmt::format("the server closes the connection before {}", dialogue_.awaited()));
  }

  /// A TLS server is silent until the ClientHello: what is here already came from somebody else.
  [[nodiscard]] std::optional<ProbeFailed> check_silence() {
    if (dialogue_.as_postfix()) return std::nullopt;  // what comes is read as TLS
    const auto early = connection_.read_now();
    switch (early.status) {
      case IoStatus::timed_out:
        return std::nullopt;
      case IoStatus::closed: {
        // The same as a close a moment later, during the handshake: no race decides the kind.
        auto closed = failure(ProbeFailure::handshake_failed,
                              "the server closes the connection after agreeing to start TLS");
        closed.alert = "connection closed";
        return closed;
      }
      case IoStatus::ok:
        break;
    }
    return leave(dialogue_.injected(early.octets));
  }

  /// Polite where the server speaks the protocol, so that its log shows a clean end.
  [[nodiscard]] ProbeFailed leave(const Abandon& why) {
    auto out = failure(why.kind, why.what);
    const bool understood = why.kind == ProbeFailure::greeting_rejected ||
                            why.kind == ProbeFailure::starttls_not_offered ||
                            why.kind == ProbeFailure::starttls_rejected;
    if (!understood) return out;
    const auto until = farewell_deadline(whole_);
    if (const auto farewell = dialogue_.farewell(); !farewell.octets.empty()) {
      if (connection_.write(farewell.octets, until) != IoStatus::ok) return out;
      dialogue_.sent(farewell);
    }
    connection_.end_writing();
    while (connection_.read(until).status == IoStatus::ok) {
    }
    return out;
  }

  Connection& connection_;
  Dialogue& dialogue_;
  Deadline greeting_;
  Deadline whole_;
};

using ProbeOutcome = std::variant<Presented, ProbeFailed>;

void drop_details(ProbeOutcome& outcome) {
  std::visit([](auto& shape) { shape.details.reset(); }, outcome);
}

class LiveProber final : public TlsProber {
 public:
  explicit LiveProber(ProberOptions options) : options_(std::move(options)) {
    if (!is_valid_helo(options_.helo)) options_.helo = qualified_host_name();
    // OpenSSL takes as long to set up as a handshake: that time passes while the first lookups
    // wait.
    warm_up_ = std::jthread(prepare_sessions);
  }

  [[nodiscard]] ProbeResult probe(const ProbeRequest& request, Deadline deadline) override {
    ProbeResult result;
    const bool fair = deadline - Clock::now() >= options_.fair_time;
    try {
      result.outcome = run(request, deadline, result.dialogue);
      auto* const failed = std::get_if<ProbeFailed>(&result.outcome);
      if (failed != nullptr && !fair && is_timeout(failed->kind))
        *failed = {ProbeFailure::no_time, "too little time was left to test this", {}, {}};
      if (!request.tls) drop_details(result.outcome);
    } catch (const std::exception& e) {  // out of memory
      result.outcome =
          ProbeFailed{ProbeFailure::connect_failed,
                      fmt::format("the probe fails on this machine: {}", printable(e.what(), 100)),
                      {},
                      {}};
    }
    return result;
  }

 private:
  ProbeOutcome run(const ProbeRequest& request, Deadline deadline,
                   std::vector<std::string>& transcript) {
    auto connected = Connection::connect(request.endpoint, options_.connect_timeout, deadline);
    if (auto* failed = std::get_if<ProbeFailed>(&connected)) return std::move(*failed);
    auto& connection = std::get<Connection>(connected);
    if (request.protocol == Protocol::implicit) return start_tls(request, connection, {}, deadline);

    const auto dialogue =
        make_dialogue(request.protocol, {helo_for(connection), request.host.to_string(),
                                         request.endpoint.port, request.tls.has_value()});
    const auto greeting_until = greeting_deadline(deadline);
    auto failed = StartTlsRun(connection, *dialogue, greeting_until, deadline).run();
    transcript = dialogue->transcript().lines();
    if (failed) return std::move(*failed);
    auto outcome = start_tls(request, connection, dialogue->farewell().octets, deadline);
    auto* const failure = std::get_if<ProbeFailed>(&outcome);
    if (failure != nullptr && failure->reply.empty()) failure->reply = dialogue->last_reply();
    return outcome;
  }

  ProbeOutcome start_tls(const ProbeRequest& request, Connection& connection,
                         const std::string& farewell, Deadline deadline) {
    ERR_clear_error();
    TlsSession tls(request.tls ? new_session(*request.tls)
                               : new_session(request.offer, options_.allow_old_tls),
                   connection, request.server_name, request.tls && request.tls->allow_anonymous);
    auto outcome = tls.handshake(deadline);
    const auto* const presented = std::get_if<Presented>(&outcome);
    if (presented == nullptr) return outcome;
    std::optional<ProbeFailed> broken;
    if (request.tls && request.protocol == Protocol::smtp)
      broken = greet_in_tls(tls, helo_for(connection), deadline);
    auto rejected = tls.close(farewell, farewell_deadline(deadline));
    if (!broken) broken = std::move(rejected);
    if (!broken) return outcome;
    broken->details->session = *presented;
    return std::move(*broken);
  }

  [[nodiscard]] Deadline greeting_deadline(Deadline deadline) const {
    const auto now = Clock::now();
    return options_.greeting_timeout < deadline - now ? now + options_.greeting_timeout : deadline;
  }

  [[nodiscard]] std::string helo_for(const Connection& connection) const {
    return options_.helo.empty() ? address_literal(connection.local_address()) : options_.helo;
  }

  ProberOptions options_;
  std::jthread warm_up_;
};

}  // namespace

std::unique_ptr<TlsProber> make_prober(ProberOptions options) {
  return std::make_unique<LiveProber>(std::move(options));
}

}  // namespace dane::probe
