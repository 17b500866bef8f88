#include "tests/probe/fake_server.hpp"

#include <algorithm>
#include <csignal>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libdane/core/net.hpp"

namespace dane::test {

ServerTls::Context ServerTls::make(const TlsSetup& setup, const std::vector<ServerChain>& chains) {
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX* c = context.get();
  SSL_CTX_set_min_proto_version(c, setup.min_version);
  SSL_CTX_set_max_proto_version(c, setup.max_version);
  require(SSL_CTX_set_cipher_list(c, setup.ciphers.c_str()) == 1, "cipher list");
  SSL_CTX_set_dh_auto(c, 1);
  if (!setup.groups.empty())
    require(SSL_CTX_set1_groups_list(c, setup.groups.c_str()) == 1, "groups");
  for (const auto& chain : chains) {
    const auto leaf = detail::decode(chain.leaf.certificate);
    STACK_OF(X509)* behind = sk_X509_new_null();
    for (const auto& certificate : chain.behind)
      sk_X509_push(behind, detail::decode(certificate).release());
    require(SSL_CTX_use_cert_and_key(c, leaf.get(), chain.leaf.key.get(), behind, 0) == 1,
            "server chain");
    sk_X509_pop_free(behind, X509_free);
  }
  SSL_CTX_set_mode(c, SSL_MODE_NO_AUTO_CHAIN);
  if (setup.demand_client_certificate)
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

ServerTls::ServerTls(const TlsSetup& setup) : main_(make(setup, setup.chains)) {
  for (const auto& [name, chains] : setup.by_name) by_name_[name] = make(setup, chains);
  SSL_CTX_set_tlsext_servername_callback(main_.get(), on_server_name);
  SSL_CTX_set_tlsext_servername_arg(main_.get(), this);
}

int ServerTls::on_server_name(SSL* ssl, int*, void* self) {
  auto& tls = *static_cast<ServerTls*>(self);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const std::string asked = name != nullptr ? name : "";
  const std::lock_guard lock(tls.mutex_);
  tls.asked_.push_back(asked);
  if (const auto other = tls.by_name_.find(asked); other != tls.by_name_.end())
    SSL_set_SSL_CTX(ssl, other->second.get());
  return SSL_TLSEXT_ERR_OK;
}

std::vector<std::string> ServerTls::names_asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

Peer::~Peer() {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    SSL_free(ssl_);
  }
  ERR_clear_error();
}

void Peer::say(std::string_view octets) {
  while (!octets.empty()) {
    const long done = ssl_ != nullptr
                          ? SSL_write(ssl_, octets.data(), static_cast<int>(octets.size()))
                          : ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (done <= 0) throw Gone();
    octets.remove_prefix(static_cast<std::size_t>(done));
  }
}

std::size_t Peer::receive(char* to, std::size_t size) {
  const long got =
      ssl_ != nullptr ? SSL_read(ssl_, to, static_cast<int>(size)) : ::recv(fd_, to, size, 0);
  if (got <= 0) throw Gone();
  return static_cast<std::size_t>(got);
}

std::string Peer::hear() {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      auto line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    char chunk[1024];
    unread_.append(chunk, receive(chunk, sizeof chunk));
  }
}

std::string Peer::hear_octets(std::size_t count) {
  while (unread_.size() < count) {
    char chunk[1024];
    unread_.append(chunk, receive(chunk, sizeof chunk));
  }
  auto out = unread_.substr(0, count);
  unread_.erase(0, count);
  return out;
}

void Peer::start_tls(ServerTls& tls) {
  demand(unread_.empty(), "the client sent something before TLS: " + unread_);
  ssl_ = SSL_new(tls.context());
  SSL_set_fd(ssl_, fd_);
  ERR_clear_error();
  if (SSL_accept(ssl_) != 1) {
    SSL_free(ssl_);
    ssl_ = nullptr;
    throw Gone();
  }
}

void Peer::wait() {
  char chunk[1024];
  for (;;) static_cast<void>(receive(chunk, sizeof chunk));
}

void Peer::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  throw Gone();
}

bool Peer::is_quiet_for(std::chrono::milliseconds time) const {
  pollfd p{fd_, POLLIN, 0};
  return ::poll(&p, 1, static_cast<int>(time.count())) == 0;
}

FakeServer::FakeServer(Script script, const std::string& address) : script_(std::move(script)) {
  endpoint_.address = IpAddress::parse(address).value();
  auto place = net::socket_address(endpoint_);
  listener_ = ::socket(place.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(::bind(listener_, place.get(), place.length) == 0, "bind");
  require(::listen(listener_, 256) == 0, "listen");
  ::getsockname(listener_, place.get(), &place.length);
  // The port stands at the same place in both families.
  endpoint_.port = ntohs(reinterpret_cast<const sockaddr_in*>(place.get())->sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

void FakeServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void FakeServer::serve(int fd) {
  // OpenSSL's socket BIO may raise SIGPIPE here; only here, so that the prober's would be seen.
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
  try {
    Peer peer(fd);
    script_(peer);
  } catch (const Gone&) {
  } catch (const std::exception& e) {
    const std::lock_guard lock(mutex_);
    complaints_.emplace_back(e.what());
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
}

void FakeServer::finish() {
  if (finished_) return;
  finished_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

FakeServer::~FakeServer() {
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  finish();
}

std::vector<std::string> FakeServer::complaints() const {
  const std::lock_guard lock(mutex_);
  return complaints_;
}

}  // namespace dane::test
