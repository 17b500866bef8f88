#include "libdane/postfix/value_check.hpp"

#include <cerrno>
#include <climits>
#include <cstdlib>

#include <fmt/format.h>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr CheckedParameter parameters[] = {
    {"smtp_always_send_ehlo", ValueKind::boolean},
    {"smtp_bind_address_enforce", ValueKind::boolean, 0, "3.7"},
    {"smtp_connect_timeout", ValueKind::time},
    {"smtp_connection_cache_on_demand", ValueKind::boolean},
    {"smtp_connection_cache_time_limit", ValueKind::time, 1},
    {"smtp_connection_reuse_count_limit", ValueKind::number, 0, "2.11"},
    {"smtp_connection_reuse_time_limit", ValueKind::time, 1},
    {"smtp_data_done_timeout", ValueKind::time, 1},
    {"smtp_data_init_timeout", ValueKind::time, 1},
    {"smtp_data_xfer_timeout", ValueKind::time, 1},
    {"smtp_helo_name", ValueKind::text, 1},
    {"smtp_helo_timeout", ValueKind::time, 1},
    {"smtp_line_length_limit", ValueKind::number},
    {"smtp_mail_timeout", ValueKind::time, 1},
    {"smtp_min_data_rate", ValueKind::number, 1, "3.7"},
    {"smtp_mx_session_limit", ValueKind::number},
    {"smtp_per_request_deadline", ValueKind::boolean, 0, "3.7"},
    {"smtp_pix_workaround_delay_time", ValueKind::time, 1},
    {"smtp_pix_workaround_threshold_time", ValueKind::time},
    {"smtp_quit_timeout", ValueKind::time, 1},
    {"smtp_quote_rfc821_envelope", ValueKind::boolean},
    {"smtp_randomize_addresses", ValueKind::boolean},
    {"smtp_rcpt_timeout", ValueKind::time, 1},
    {"smtp_rset_timeout", ValueKind::time, 1},
    {"smtp_sasl_auth_enable", ValueKind::boolean},
    {"smtp_send_xforward_command", ValueKind::boolean},
    {"smtp_sender_dependent_authentication", ValueKind::boolean},
    {"smtp_skip_quit_response", ValueKind::boolean},
    {"smtp_starttls_timeout", ValueKind::time, 1},
    {"smtp_tls_block_early_mail_reply", ValueKind::boolean, 0, "2.7"},
    {"smtp_xforward_timeout", ValueKind::time, 1},
    {"tls_daemon_random_bytes", ValueKind::number, 1},
    {"tls_preempt_cipherlist", ValueKind::boolean, 0, "2.8"},
};

struct Number {
  int value = 0;
  std::string rest;
};

/// \return nothing: out of range, or no text at all
std::optional<Number> leading_number(std::string_view text) {
  const std::string whole(text);
  char* end = nullptr;
  errno = 0;
  const long value = std::strtol(whole.c_str(), &end, 10);
  if (whole.empty() || errno == ERANGE || value < INT_MIN || value > INT_MAX) return std::nullopt;
  return Number{static_cast<int>(value), end};
}

std::optional<int> seconds(std::string_view text) {
  const auto number = leading_number(text);
  if (!number || number->value < 0) return std::nullopt;
  constexpr std::string_view units = "smhdw";
  constexpr long lengths[] = {1, 60, 3600, 86400, 604800};
  const auto unit = number->rest.empty() ? 0 : units.find(number->rest.front());
  if (unit == std::string_view::npos) return std::nullopt;
  const long all = number->value * lengths[unit];
  return all > INT_MAX ? std::nullopt : std::optional(static_cast<int>(all));
}

std::optional<std::string> time_fault(const CheckedParameter& parameter, std::string_view value) {
  const auto time = seconds(value);
  if (!time)
    return fmt::format("parameter {}: bad time value or unit: {}", parameter.name,
                       as_logged(value));
  if (*time >= parameter.least) return std::nullopt;
  return fmt::format("invalid {}: {} (min {})", parameter.name, *time, parameter.least);
}

std::optional<std::string> number_fault(const CheckedParameter& parameter, std::string_view value) {
  const auto number = whole_number(value);
  if (!number)
    return fmt::format("bad numerical configuration: {} = {}", parameter.name, as_logged(value));
  if (parameter.least == 0 || *number >= parameter.least) return std::nullopt;
  return fmt::format("invalid {} parameter value {} < {}", parameter.name, *number,
                     parameter.least);
}

}  // namespace

std::span<const CheckedParameter> checked_parameters() {
  return parameters;
}

std::optional<int> whole_number(std::string_view text) {
  const auto number = leading_number(text);
  if (!number || !number->rest.empty()) return std::nullopt;
  return number->value;
}

std::optional<std::string> value_fault(const CheckedParameter& parameter, std::string_view value) {
  switch (parameter.kind) {
    case ValueKind::boolean:
      if (same_word(value, "yes") || same_word(value, "no")) return std::nullopt;
      return fmt::format("bad boolean configuration: {} = {}", parameter.name, as_logged(value));
    case ValueKind::number:
      return number_fault(parameter, value);
    case ValueKind::time:
      return time_fault(parameter, value);
    case ValueKind::text:
      break;
  }
  if (static_cast<int>(value.size()) >= parameter.least) return std::nullopt;
  return fmt::format("bad string length {} < {}: {} = {}", value.size(), parameter.least,
                     parameter.name, as_logged(value));
}

}  // namespace dane::postfix
