#include "dane/postfix/session.hpp"

namespace dane::postfix {

DeliveryOutcome deliver(const std::vector<Session>& sessions) {
  // A skipped server leaves no words of its own: those of the one before it stay.
  DeliveryOutcome outcome{Delivery::deferred, "4.3.0",
                          "server unavailable or unable to receive mail", 0};
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const Session& session = sessions[i];
    if (session.delivery == Delivery::skipped) continue;
    outcome = {session.delivery, session.dsn, session.text, i};
    if (session.delivery != Delivery::deferred) break;  // mail is gone, one way or the other
  }
  return outcome;
}

}  // namespace dane::postfix
