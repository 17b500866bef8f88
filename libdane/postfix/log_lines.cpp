#include "libdane/postfix/log_lines.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>

#include <fmt/core.h>

#include "dane/core/bytes.hpp"
#include "dane/core/text.hpp"
#include "dane/postfix/settings.hpp"

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view tls13 = "TLSv1.3";

std::string upper_hex(ByteView octets) {
  std::string hex = to_hex(octets);
  std::transform(hex.begin(), hex.end(), hex.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return hex;
}

std::string_view status_word(Delivery delivery) {
  switch (delivery) {
    case Delivery::delivered:
      return "sent";
    case Delivery::bounced:
      return "bounced";
    case Delivery::deferred:
    case Delivery::skipped:
      break;
  }
  return "deferred";
}

}  // namespace

std::string peer_name(std::string_view hostname, std::string_view address) {
  return fmt::format("{}[{}]", printable(hostname),
                     address.empty() ? std::string(address_placeholder) : printable(address));
}

std::string peer_and_port(std::string_view hostname, std::string_view address, std::uint16_t port) {
  return fmt::format("{}:{}", peer_name(hostname, address), port);
}

std::string warning_line(std::string_view text) {
  return fmt::format("warning: {}", text);
}

std::string policy_lookup_line(std::string_view nexthop, std::string_view hostname,
                               std::string_view why) {
  return warning_line(
      fmt::format("TLS policy lookup for {}/{}: {}", printable(nexthop), printable(hostname), why));
}

std::string record_dump(const tlsa::Record& record) {
  constexpr std::size_t head = 32, tail = 32;
  const ByteView data = record.association_data;
  const std::string hex = data.empty() ? "..."
                          : data.size() <= head + tail
                              ? upper_hex(data)
                              : upper_hex(data.first(head)) + "..." + upper_hex(data.last(tail));
  return fmt::format("{} {}", tlsa::format_parameters(record), hex);
}

std::string verification_line(const ErrorWords& words, std::string_view peer) {
  return fmt::format("{}certificate verification failed for {}: {}", words.who, peer, words.what);
}

std::string summary_line(LogWord word, std::string_view peer, const TlsFacts& tls,
                         const Features& features) {
  if (tls.protocol.empty())
    return fmt::format("{} TLS connection established to {}: {}", to_string(word), peer,
                       session_placeholder);
  std::string line = fmt::format(
      "{} TLS connection established to {}: {} with cipher {} ({}/{} bits)", to_string(word), peer,
      printable(tls.protocol), printable(tls.cipher), tls.used_bits, tls.algorithm_bits);
  // Below TLS 1.3 the cipher's name tells all of it, and Postfix adds nothing.
  if (!features.key_exchange_in_summary || tls.protocol != tls13) return line;
  if (!tls.key_exchange.empty()) line += " key-exchange " + printable(tls.key_exchange);
  if (tls.signature.empty()) return line;
  line += " server-signature " + printable(tls.signature);
  if (!tls.digest.empty()) line += " server-digest " + printable(tls.digest);
  return line;
}

std::vector<std::string> handshake_failure_lines(std::string_view peer,
                                                 const HandshakeFailed& failure) {
  std::vector<std::string> lines{
      fmt::format("SSL_connect error to {}: {}", peer, printable(failure.error))};
  for (auto& line : library_lines(failure.library)) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> library_lines(const std::vector<std::string>& errors) {
  std::vector<std::string> lines;
  for (const auto& error : errors)
    lines.push_back(warning_line("TLS library problem: " + printable(error)));
  return lines;
}

std::string delivery_line(const DeliveryLine& line, const Features& features) {
  const std::string tls = features.log_tls_field ? fmt::format("tls={}, ", line.tls_status) : "";
  return fmt::format("{}: to=<{}>, relay={}, delay={}, delays={}, {}dsn={}, status={} ({})",
                     queue_id_placeholder, printable(line.recipient), line.relay, delay_placeholder,
                     delays_placeholder, tls, line.dsn, status_word(line.delivery),
                     line.delivery == Delivery::delivered ? reply_placeholder : line.text);
}

std::string passed_over_line(std::string_view text) {
  return fmt::format("{}: {}", queue_id_placeholder, text);
}

LogGroups log_groups(std::string_view tls_loglevel) {
  const auto is_one_of = [](std::string_view token, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return same_word(token, word); });
  };
  LogGroups groups;
  for (const auto& token : split_list(tls_loglevel, false)) {
    const bool is_verbose = (token.size() == 1 && token[0] >= '2' && token[0] <= '9') ||
                            is_one_of(token, {"debug", "ssl-expert", "ssl-developer"});
    groups.summary |= is_verbose || is_one_of(token, {"1", "routine", "summary"});
    groups.untrusted |= is_verbose || is_one_of(token, {"untrusted"});
  }
  return groups;
}

}  // namespace dane::postfix
