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

#include "tests/dns/fake_server.hpp"

namespace dane::test {
namespace {

pid_t start(const std::string& folder, const std::string& port) {
  const std::string script = DANE_SOURCE_DIR "/tests/dns/data/signed-tree";
  const std::string log = folder + "/log";
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // a test that is killed leaves no server behind
  const int fd = open(log.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  dup2(fd, 1);
  dup2(fd, 2);
  execl(script.c_str(), script.c_str(), folder.c_str(), port.c_str(), nullptr);
  _exit(127);
}

}  // namespace

const SignedTree& SignedTree::get() {
  static const SignedTree tree;
  return tree;
}

SignedTree::SignedTree() : endpoint_(free_endpoint()) {
  std::string name = (std::filesystem::temp_directory_path() / "dane-tree-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("signed tree: no folder");
  folder_ = name;
  pid_ = start(name, std::to_string(endpoint_.port));
  const auto query = make_query("mx1.good.test.", "A").wire;
  for (int i = 0; i < 600; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("signed tree: the server ended, see " + name +
                               "/log (needs ldnsutils and nsd)");
    }
    const Bytes reply = relay(query);
    // An answer: the zone has been loaded.
    if (reply.size() > 12 && reply[7] != std::byte{0}) return;
  }
  throw std::runtime_error("signed tree: no answer from nsd, see " + name);
}

SignedTree::~SignedTree() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Bytes SignedTree::relay(const Bytes& query) const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(endpoint_.port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Bytes reply;
  Bytes framed{static_cast<std::byte>(query.size() >> 8U), static_cast<std::byte>(query.size())};
  framed.insert(framed.end(), query.begin(), query.end());
  std::uint8_t prefix[2] = {0, 0};
  if (connect(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0 &&
      send(fd, framed.data(), framed.size(), MSG_NOSIGNAL) > 0 &&
      recv(fd, prefix, 2, MSG_WAITALL) == 2) {
    reply.resize(static_cast<std::size_t>(prefix[0] << 8U | prefix[1]));
    if (recv(fd, reply.data(), reply.size(), MSG_WAITALL) != static_cast<ssize_t>(reply.size()))
      reply.clear();
  }
  close(fd);
  return reply;
}

}  // namespace dane::test
