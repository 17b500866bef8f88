#include "libdane/dns/exchange.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <sys/random.h>

#include "libdane/dns/ldns_handle.hpp"
#include "libdane/dns/socket.hpp"

namespace dane::dns {
namespace {

using std::chrono::milliseconds;

/// What fits into one unfragmented datagram on every path.  DNS flag day 2020.
constexpr std::uint16_t kUdpSize = 1232;
constexpr milliseconds kFirstWait{1000};
constexpr milliseconds kLongestWait{4000};
/// Bad or missing replies of one server before it counts as out of order.
constexpr int kMaxFailures = 3;

std::optional<std::uint16_t> random_id() {
  std::uint16_t id = 0;
  if (::getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id)) return std::nullopt;
  return id;
}

/// The query in wire form; empty when out of memory or randomness.
Bytes make_query(const Question& question, QueryFlags flags) {
  const auto id = random_id();
  if (!id) return {};
  const std::uint16_t bits = flags.recursion_desired ? LDNS_RD : 0;
  const LdnsPacket packet(ldns_pkt_query_new(rdf_of(question.name).release(),
                                             static_cast<ldns_rr_type>(question.type),
                                             LDNS_RR_CLASS_IN, bits));
  if (!packet) return {};
  ldns_pkt_set_id(packet.get(), *id);
  ldns_pkt_set_ad(packet.get(), flags.authentic_data);
  ldns_pkt_set_edns_udp_size(packet.get(), kUdpSize);
  ldns_pkt_set_edns_do(packet.get(), true);
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&wire, packet.get(), &size) != LDNS_STATUS_OK) return {};
  const auto* begin = reinterpret_cast<const std::byte*>(wire);
  Bytes out(begin, begin + size);
  std::free(wire);
  return out;
}

using Attempt = std::variant<Message, Error, NoReply>;

/// One datagram, and TCP where the answer did not fit.
Attempt ask_once(const Endpoint& server, const Question& question, QueryFlags flags,
                 Deadline patience, Deadline deadline) {
  const Bytes query = make_query(question, flags);
  if (query.empty()) return NoReply::local;
  auto received = exchange_datagram(server, query, question, patience);
  const auto* datagram = std::get_if<Bytes>(&received);
  if (datagram == nullptr) return std::get<NoReply>(received);
  constexpr std::byte tc{0x02};
  if (((*datagram)[2] & tc) != std::byte{0}) {
    received = exchange_stream(server, query, question, deadline);
    if (const auto* none = std::get_if<NoReply>(&received)) return *none;
  }
  auto message = decode_message(std::get<Bytes>(received), question);
  if (!message) return std::move(message.error());
  return std::move(*message);
}

bool moves_on(unsigned rcode) {
  return rcode == 1 || rcode == 4 || rcode == 5 || rcode == 16;
}

struct ServerState {
  Endpoint endpoint;
  int failures = 0;
};

/// What to report when no server gave an answer.
struct LastWords {
  std::optional<Message> refusal;
  std::optional<Error> garbage;
  std::optional<Failed> unreachable;
  bool silence = false;
};

std::variant<Message, Failed> give_up(LastWords&& last, std::span<const Endpoint> servers,
                                      const Question& question) {
  if (last.refusal) return std::move(*last.refusal);
  if (last.garbage)
    return Failed{FailureKind::malformed, last.garbage->what, question.to_string(),
                  fmt::format("look at the server {}, or ask another", names_of(servers))};
  if (last.unreachable && !last.silence) return std::move(*last.unreachable);
  return Failed{FailureKind::timeout,
                fmt::format("no answer from {} within the time allowed", names_of(servers)),
                question.to_string(), "check that the server is up and reachable"};
}

/// Takes in one attempt; the message when it ends the matter.
std::optional<Message> take(Attempt&& attempt, ServerState& server, LastWords& last,
                            const Question& question) {
  if (auto* message = std::get_if<Message>(&attempt)) {
    if (!moves_on(message->rcode)) return std::move(*message);
    last.refusal = std::move(*message);
    server.failures = kMaxFailures;  // it will not change its mind
  } else if (auto* error = std::get_if<Error>(&attempt)) {
    last.garbage = std::move(*error);
    ++server.failures;
  } else if (std::get<NoReply>(attempt) == NoReply::timeout) {
    last.silence = true;
  } else {
    const bool local = std::get<NoReply>(attempt) == NoReply::local;
    last.unreachable =
        Failed{FailureKind::local,
               local ? std::string("this machine could not send a query")
                     : fmt::format("{} cannot be reached or closed the connection",
                                   server.endpoint.to_string()),
               question.to_string(), "check the address, and that a DNS server listens there"};
    ++server.failures;
  }
  return std::nullopt;
}

}  // namespace

std::string names_of(std::span<const Endpoint> servers) {
  std::string out;
  for (const auto& server : servers) {
    if (!out.empty()) out += ", ";
    out += server.to_string();
  }
  return out;
}

std::variant<Message, Failed> exchange(std::span<const Endpoint> servers, const Question& question,
                                       QueryFlags flags, Deadline deadline) {
  std::vector<ServerState> states;
  for (const auto& server : servers) states.push_back({server});
  LastWords last;
  for (milliseconds wait = kFirstWait; time_left(deadline).count() > 0;
       wait = std::min(wait * 2, kLongestWait)) {
    bool any_left = false;
    for (auto& server : states) {
      if (server.failures >= kMaxFailures || time_left(deadline).count() <= 0) continue;
      const Deadline patience = std::min(deadline, std::chrono::steady_clock::now() + wait);
      auto attempt = ask_once(server.endpoint, question, flags, patience, deadline);
      if (auto message = take(std::move(attempt), server, last, question))
        return std::move(*message);
      any_left = any_left || server.failures < kMaxFailures;
    }
    if (!any_left) break;
  }
  return give_up(std::move(last), servers, question);
}

}  // namespace dane::dns
