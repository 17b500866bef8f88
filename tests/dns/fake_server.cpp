#include "tests/dns/fake_server.hpp"

#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libdane/core/net.hpp"
#include "libdane/dns/ldns.hpp"

namespace dane::test {
namespace {

using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;

const std::uint8_t* octets(const Bytes& bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

Packet parse(const Bytes& wire) {
  ldns_pkt* packet = nullptr;
  if (ldns_wire2pkt(&packet, octets(wire), wire.size()) != LDNS_STATUS_OK)
    throw std::runtime_error("fake server: a query that is none");
  return {packet, &ldns_pkt_free};
}

Bytes encode(ldns_pkt* packet) {
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&wire, packet, &size) != LDNS_STATUS_OK)
    throw std::runtime_error("fake server: cannot encode");
  const auto* begin = reinterpret_cast<const std::byte*>(wire);
  Bytes out(begin, begin + size);
  std::free(wire);
  return out;
}

void push(ldns_pkt* packet, ldns_pkt_section section, const std::vector<std::string>& records) {
  for (const auto& text : records) {
    ldns_rr* rr = nullptr;
    if (ldns_rr_new_frm_str(&rr, text.c_str(), 0, nullptr, nullptr) != LDNS_STATUS_OK)
      throw std::runtime_error("fake server: no record: " + text);
    ldns_pkt_push_rr(packet, section, rr);
  }
}

void add_extended_errors(ldns_pkt* packet, const Reply& reply) {
  Bytes options;
  const auto put16 = [&](std::size_t n) {
    options.push_back(static_cast<std::byte>(n >> 8U));
    options.push_back(static_cast<std::byte>(n));
  };
  for (const auto& [code, text] : reply.extended_errors) {
    put16(15);
    put16(text.size() + 2);
    put16(code);
    const Bytes more = to_bytes(text);
    options.insert(options.end(), more.begin(), more.end());
  }
  ldns_pkt_set_edns_udp_size(packet, 1232);
  if (!options.empty())
    ldns_pkt_set_edns_data(
        packet, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, options.size(), options.data()));
}

Endpoint loopback(bool v6, std::uint16_t port) {
  return {*IpAddress::parse(v6 ? "::1" : "127.0.0.1"), port};
}

std::uint16_t bound_port(int fd) {
  net::SocketAddress a;
  getsockname(fd, a.get(), &a.length);
  // The port stands at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(a.get())->sin_port);
}

bool bind_to(int fd, bool v6, std::uint16_t port) {
  const auto a = net::socket_address(loopback(v6, port));
  return bind(fd, a.get(), a.length) == 0;
}

}  // namespace

Bytes make_reply(const Query& query, const Reply& reply) {
  const Packet asked = parse(query.wire);
  const Packet packet(ldns_pkt_new(), &ldns_pkt_free);
  ldns_pkt* p = packet.get();
  ldns_pkt_set_id(p, static_cast<std::uint16_t>(ldns_pkt_id(asked.get()) + reply.id_offset));
  ldns_pkt_set_qr(p, true);
  ldns_pkt_set_opcode(p, LDNS_PACKET_QUERY);
  ldns_pkt_set_rd(p, ldns_pkt_rd(asked.get()));
  ldns_pkt_set_ra(p, true);
  ldns_pkt_set_aa(p, reply.aa);
  ldns_pkt_set_ad(p, reply.ad);
  ldns_pkt_set_tc(p, reply.tc);
  ldns_pkt_set_rcode(p, static_cast<std::uint8_t>(reply.rcode & 0xfU));
  if (reply.question) {
    ldns_rr* rr = ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_question(asked.get()), 0));
    if (!reply.other_question.empty()) {
      ldns_rdf_deep_free(ldns_rr_owner(rr));
      ldns_rr_set_owner(rr, ldns_dname_new_frm_str(reply.other_question.c_str()));
    }
    ldns_pkt_push_rr(p, LDNS_SECTION_QUESTION, rr);
  }
  push(p, LDNS_SECTION_ANSWER, reply.answer);
  push(p, LDNS_SECTION_AUTHORITY, reply.authority);
  add_extended_errors(p, reply);
  ldns_pkt_set_edns_extended_rcode(p, static_cast<std::uint8_t>(reply.rcode >> 4U));
  return encode(p);
}

Query make_query(const std::string& name, const std::string& type) {
  const Packet packet(
      ldns_pkt_query_new(ldns_dname_new_frm_str(name.c_str()),
                         ldns_get_rr_type_by_name(type.c_str()), LDNS_RR_CLASS_IN, LDNS_RD),
      &ldns_pkt_free);
  ldns_pkt_set_id(packet.get(), 0x1234);
  return {encode(packet.get()), false, name, 0, 0};
}

FakeServer::FakeServer(Handler handler, bool v6) : handler_(std::move(handler)) {
  // UDP and TCP must have the same port: try until both are free.
  for (int i = 0; i < 50 && tcp_ < 0; ++i) {
    const int family = v6 ? AF_INET6 : AF_INET;
    udp_ = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int stream = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind_to(udp_, v6, 0) && bind_to(stream, v6, bound_port(udp_)) && listen(stream, 64) == 0) {
      tcp_ = stream;
    } else {
      close(udp_);
      close(stream);
    }
  }
  if (tcp_ < 0) throw std::runtime_error("fake server: no free port");
  endpoint_ = loopback(v6, bound_port(udp_));
  wake_ = eventfd(0, EFD_CLOEXEC);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

FakeServer::~FakeServer() {
  thread_.request_stop();
  const std::uint64_t one = 1;
  static_cast<void>(!write(wake_, &one, sizeof one));
  thread_.join();
  close(udp_);
  close(tcp_);
  close(wake_);
}

void FakeServer::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd fds[3] = {{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (poll(fds, 3, -1) < 0 || stop.stop_requested()) continue;
    if (fds[0].revents != 0) serve_datagram();
    if (fds[1].revents != 0) serve_stream();
  }
}

std::vector<Bytes> FakeServer::answer(Bytes wire, bool tcp) {
  Query query;
  query.tcp = tcp;
  query.number = tcp ? streams_++ : datagrams_++;
  const Packet packet = parse(wire);
  const ldns_rr* rr = ldns_rr_list_rr(ldns_pkt_question(packet.get()), 0);
  query.type = static_cast<unsigned>(ldns_rr_get_type(rr));
  char* text = ldns_rdf2str(ldns_rr_owner(rr));
  query.name = text;
  std::free(text);
  if (query.name.size() > 1) query.name.pop_back();
  query.wire = std::move(wire);
  return handler_(query);
}

void FakeServer::serve_datagram() {
  Bytes buffer(65535);
  net::SocketAddress from;
  const ssize_t n = recvfrom(udp_, buffer.data(), buffer.size(), 0, from.get(), &from.length);
  if (n <= 0) return;
  buffer.resize(static_cast<std::size_t>(n));
  for (const auto& reply : answer(std::move(buffer), false))
    sendto(udp_, reply.data(), reply.size(), 0, from.get(), from.length);
}

void FakeServer::serve_stream() {
  const int fd = accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  const timeval patience{5, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::uint8_t prefix[2];
  while (recv(fd, prefix, 2, MSG_WAITALL) == 2) {
    Bytes wire(static_cast<std::size_t>(prefix[0] << 8U | prefix[1]));
    if (recv(fd, wire.data(), wire.size(), MSG_WAITALL) != static_cast<ssize_t>(wire.size())) break;
    const auto replies = answer(std::move(wire), true);
    for (const auto& reply : replies) {
      Bytes framed{static_cast<std::byte>(reply.size() >> 8U),
                   static_cast<std::byte>(reply.size())};
      framed.insert(framed.end(), reply.begin(), reply.end());
      send(fd, framed.data(), framed.size(), MSG_NOSIGNAL);
    }
    if (replies.empty()) break;
  }
  close(fd);
}

}  // namespace dane::test
