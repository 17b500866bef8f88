/// \file  What is written down of a session: its end, its log lines, its rules.  Internal to
/// postfix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/session.hpp"
#include "dane/postfix/version.hpp"

namespace dane::postfix {

class SessionRecord {
 protected:
  explicit SessionRecord(const SessionInput& input);

  /// \param tls_status  what tls= of 3.11 and later tells.
  void end(Delivery delivery, std::string dsn, std::string text, std::string relay,
           std::string tls_status);
  /// Soft errors wait; hard ones go back to the sender, whatever other servers there are.
  void fail(SessionEnd how, std::string dsn, std::string text, std::string tls_status);
  void deliver(std::string tls_status);

  void rule(std::string_view id);
  void warn(std::string_view text);
  void log(std::vector<std::string> lines);

  const SessionInput& in_;
  const Features features_;
  const std::string name_, peer_;  ///< as texts have the server, and as relay= does
  Session session_;
};

}  // namespace dane::postfix
