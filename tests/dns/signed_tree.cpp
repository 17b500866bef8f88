#include "tests/dns/signed_tree.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libdane/core/net.hpp"
#include "tests/dns/fake_server.hpp"

namespace dane::test {
namespace {

pid_t start(const std::string& folder, const std::string& place) {
  const std::string script = DANE_SOURCE_DIR "/tests/dns/data/signed-tree";
  const std::string log = folder + "/log";
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // a test that is killed leaves no server behind
  const int fd = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  dup2(fd, 1);
  dup2(fd, 2);
  execl(script.c_str(), script.c_str(), folder.c_str(), place.empty() ? nullptr : place.c_str(),
        nullptr);
  _exit(127);
}

/// An address for this process alone: clients of other tests have their ports on 127.0.0.1, and a
/// tree of another program that runs at the same time must not answer in our place.
IpAddress own_address() {
  const auto pid = static_cast<std::uint32_t>(getpid());
  const Bytes octets{std::byte{127}, static_cast<std::byte>(1U + (pid >> 16U)),
                     static_cast<std::byte>(pid >> 8U), static_cast<std::byte>(pid)};
  return IpAddress::decode(octets).value();
}

/// Free just now.
std::uint16_t free_port(const IpAddress& address) {
  const auto probe = net::open_socket({address, 0}, SOCK_DGRAM);
  auto place = net::socket_address({address, 0});
  if (bind(probe.fd(), place.get(), place.length) != 0 ||
      getsockname(probe.fd(), place.get(), &place.length) != 0)
    throw std::runtime_error("signed tree: no port at " + address.to_string());
  return ntohs(reinterpret_cast<const sockaddr_in*>(place.get())->sin_port);
}

}  // namespace

const SignedTree& SignedTree::get() {
  static const SignedTree tree;
  return tree;
}

SignedTree::SignedTree() {
  std::string name = (std::filesystem::temp_directory_path() / "dane-tree-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("signed tree: no folder");
  folder_ = name;
  int status = 0;
  if (waitpid(start(name, ""), &status, 0) < 0 || status != 0)
    throw std::runtime_error("signed tree: not signed, see " + name + "/log (needs ldnsutils)");
  // Somebody may take the port before nsd does: libunbound asks from any, on all addresses.
  for (int attempts = 0; attempts < 5; ++attempts) {
    endpoint_ = {own_address(), free_port(own_address())};
    if (serve()) return;
  }
  throw std::runtime_error("signed tree: nsd ends again and again, see " + name + "/log");
}

/// False when the server ended.
bool SignedTree::serve() {
  pid_ =
      start(folder_.string(), endpoint_.address.to_string() + "@" + std::to_string(endpoint_.port));
  const auto query = make_query("mx1.good.test.", "A").wire;
  for (int i = 0; i < 600; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
    const Bytes reply = relay(query);
    // An answer: the zone has been loaded.
    if (reply.size() > 12 && reply[7] != std::byte{0}) return true;
  }
  throw std::runtime_error("signed tree: no answer from nsd, see " + folder_.string());
}

SignedTree::~SignedTree() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Bytes SignedTree::relay(const Bytes& query) const {
  const net::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int fd = socket.fd();
  const auto server = net::socket_address(endpoint_);
  Bytes reply;
  Bytes framed{static_cast<std::byte>(query.size() >> 8U), static_cast<std::byte>(query.size())};
  framed.insert(framed.end(), query.begin(), query.end());
  std::uint8_t prefix[2] = {0, 0};
  if (connect(fd, server.get(), server.length) == 0 &&
      send(fd, framed.data(), framed.size(), MSG_NOSIGNAL) > 0 &&
      recv(fd, prefix, 2, MSG_WAITALL) == 2) {
    reply.resize(static_cast<std::size_t>(prefix[0] << 8U | prefix[1]));
    if (recv(fd, reply.data(), reply.size(), MSG_WAITALL) != static_cast<ssize_t>(reply.size()))
      reply.clear();
  }
  return reply;
}

}  // namespace dane::test
