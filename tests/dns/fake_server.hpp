/// \file  A DNS server on loopback that answers as a test says: UDP and TCP on one high port.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "dane/core/bytes.hpp"
#include "dane/core/domain_name.hpp"
#include "dane/core/ip_address.hpp"

namespace dane::test {

inline DomainName name(std::string_view text) {
  return DomainName::parse_presentation(text).value();
}

struct Query {
  Bytes wire;
  bool tcp = false;
  std::string name;  ///< presentation form, lower case, no trailing dot
  unsigned type = 0;
  int number = 0;  ///< how many came before
};

/// A reply written as text; made into octets by ldns, not by the code under test.
struct Reply {
  std::vector<std::string> answer{};  ///< "mx1.example. 300 IN A 192.0.2.1"
  std::vector<std::string> authority{};
  unsigned rcode = 0;
  bool aa = false, ad = false, tc = false;
  bool question = true;                                             ///< repeat the question
  std::string other_question{};                                     ///< ask for this name instead
  int id_offset = 0;                                                ///< added to the query's id
  std::vector<std::pair<unsigned, std::string>> extended_errors{};  ///< RFC 8914
};
[[nodiscard]] Bytes make_reply(const Query& query, const Reply& reply);
/// A query as it could have come in, for tests of make_reply without a network.
[[nodiscard]] Query make_query(const std::string& name, const std::string& type);

class FakeServer {
 public:
  /// What to send back, in this order; empty: silence.
  using Handler = std::function<std::vector<Bytes>(const Query&)>;
  explicit FakeServer(Handler handler, bool v6 = false);  ///< throws when it has no address
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] int datagrams() const { return datagrams_; }
  [[nodiscard]] int streams() const { return streams_; }

 private:
  void serve(const std::stop_token& stop);
  void serve_datagram();
  void serve_stream();
  [[nodiscard]] std::vector<Bytes> answer(Bytes wire, bool tcp);

  Handler handler_;
  Endpoint endpoint_;
  int udp_ = -1, tcp_ = -1, wake_ = -1;
  std::atomic<int> datagrams_{0}, streams_{0};
  std::jthread thread_;
};

/// Where nothing listens: the port of discard, which nobody uses and nobody gets by chance.
inline const Endpoint nobody{IpAddress::parse("127.0.0.1").value(), 9};

}  // namespace dane::test
