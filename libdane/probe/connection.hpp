/// \file  A TCP connection with a deadline on every step.  Never blocks beyond it, raises no
/// signal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "dane/core/clock.hpp"
#include "dane/core/ip_address.hpp"
#include "dane/probe/prober.hpp"

#include "libdane/core/net.hpp"

namespace dane::probe {

enum class IoStatus { ok, closed, timed_out };

/// Octets that came in, when status is ok.  The view lasts until the next read.
struct ReadResult {
  IoStatus status = IoStatus::ok;
  std::string_view octets;
};

/// What the system calls an errno: "Connection refused".
[[nodiscard]] std::string error_text(int error);

class Connection {
 public:
  /// At most `wait` long and not beyond `deadline`.
  [[nodiscard]] static std::variant<Connection, ProbeFailed> connect(const Endpoint& to,
                                                                     std::chrono::seconds wait,
                                                                     Deadline deadline);

  [[nodiscard]] ReadResult read(Deadline deadline);
  /// What is here already; status timed_out when nothing is.
  [[nodiscard]] ReadResult read_now();
  [[nodiscard]] IoStatus write(std::string_view octets, Deadline deadline);
  /// The errno with which the connection broke; 0: not at all, or the server closed it.
  [[nodiscard]] int error() const { return error_; }
  /// No more octets from our side.
  void end_writing();

  [[nodiscard]] IpAddress local_address() const;

 private:
  explicit Connection(net::Descriptor socket) : socket_(std::move(socket)) {}
  void acknowledge_now();

  net::Descriptor socket_;
  std::string buffer_;
  int error_ = 0;
};

}  // namespace dane::probe
