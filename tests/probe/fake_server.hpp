/// \file  A server on loopback that plays a script: one thread a connection, TLS when it wants.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

#include "dane/core/ip_address.hpp"

#include "tests/support/test_ca.hpp"

namespace dane::test {

/// A certificate, its key, and what is sent behind it.
struct ServerChain {
  Issued leaf;
  std::vector<x509::Certificate> behind{};
};

struct TlsSetup {
  std::vector<ServerChain> chains{};
  std::map<std::string, std::vector<ServerChain>> by_name{};  ///< SNI -> other chains
  int min_version = TLS1_2_VERSION;
  int max_version = TLS1_3_VERSION;
  std::string ciphers = "ALL:!aNULL:@SECLEVEL=0";
  std::string groups{};  ///< OpenSSL's list; empty: its default
  bool demand_client_certificate = false;
};

/// A server-side TLS configuration, shared by the connections of a test.
class ServerTls {
 public:
  explicit ServerTls(const TlsSetup& setup);
  [[nodiscard]] SSL_CTX* context() const { return main_.get(); }
  [[nodiscard]] std::vector<std::string> names_asked()
      const;  ///< SNI of each handshake, "" for none

 private:
  using Context = std::shared_ptr<SSL_CTX>;
  static Context make(const TlsSetup& setup, const std::vector<ServerChain>& chains);
  static int on_server_name(SSL* ssl, int* alert, void* self);

  Context main_;
  std::map<std::string, Context> by_name_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
};

/// The script's peer has gone, or the test is over.
struct Gone : std::runtime_error {
  Gone() : std::runtime_error("peer gone") {}
};

/// One accepted connection.  Every call throws Gone when it cannot go on.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void say(std::string_view octets);
  /// A line without its end.
  std::string hear();
  std::string hear_octets(std::size_t count);
  void start_tls(ServerTls& tls);
  /// Until the client leaves.
  void wait();
  void reset();  ///< closes with RST
  /// True when nothing comes in for that long.
  [[nodiscard]] bool is_quiet_for(std::chrono::milliseconds time) const;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  std::size_t receive(char* to, std::size_t size);
  int fd_;
  SSL* ssl_ = nullptr;
  std::string unread_;
};

class FakeServer {
 public:
  using Script = std::function<void(Peer&)>;
  explicit FakeServer(Script script, const std::string& address = "127.0.0.1");
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }
  /// What scripts threw but Gone, e.g. that the client broke the protocol.
  [[nodiscard]] std::vector<std::string> complaints() const;
  /// Waits until all connections that were accepted have ended.
  void finish();

 private:
  void accept_all();
  void serve(int fd);

  Script script_;
  int listener_ = -1;
  Endpoint endpoint_;
  mutable std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::string> complaints_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
  bool finished_ = false;
};

/// Throws unless `ok`: a script's way to complain.
inline void demand(bool ok, const std::string& what) {
  if (!ok) throw std::runtime_error(what);
}

}  // namespace dane::test
