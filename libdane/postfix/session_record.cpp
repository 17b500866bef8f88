#include "libdane/postfix/session_record.hpp"

#include <utility>

#include <fmt/core.h>

#include "libdane/postfix/log_lines.hpp"

namespace dane::postfix {

SessionRecord::SessionRecord(const SessionInput& input)
    : in_(input),
      features_(features_of(input.settings.version)),
      name_(peer_name(input.hostname, input.address)),
      peer_(peer_and_port(input.hostname, input.address, input.port)) {
  session_.hostname = input.hostname;
  session_.address = input.address;
  session_.port = input.port;
  session_.log_lines = input.policy.warnings;
}

void SessionRecord::end(Delivery delivery, std::string dsn, std::string text, std::string relay,
                        std::string tls_status) {
  session_.delivery = delivery;
  const bool passed_over = !in_.final_server && delivery == Delivery::deferred;
  if (!passed_over) {
    session_.log_lines.push_back(
        delivery_line({fmt::format("{}@{}", in_.recipient, in_.destination.domain), relay,
                       std::move(tls_status), dsn, text, delivery},
                      features_));
  } else if (relay != "none") {
    session_.log_lines.push_back(passed_over_line(text));
  }
  session_.dsn = std::move(dsn);
  session_.text = std::move(text);
}

void SessionRecord::fail(SessionEnd how, std::string dsn, std::string text,
                         std::string tls_status) {
  session_.end = how;
  const auto delivery = dsn.starts_with('5') ? Delivery::bounced : Delivery::deferred;
  end(delivery, std::move(dsn), std::move(text), peer_, std::move(tls_status));
}

void SessionRecord::deliver(std::string tls_status) {
  session_.end = SessionEnd::delivered;
  end(Delivery::delivered, "2.0.0", {}, peer_, std::move(tls_status));
}

void SessionRecord::rule(std::string_view id) {
  session_.rules.emplace_back(id);
}

void SessionRecord::warn(std::string_view text) {
  session_.log_lines.push_back(warning_line(text));
}

void SessionRecord::log(std::vector<std::string> lines) {
  for (auto& line : lines) session_.log_lines.push_back(std::move(line));
}

}  // namespace dane::postfix
