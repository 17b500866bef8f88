#include "tools/tls-policy-check/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dane::tools::tls_policy_check {

namespace {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail("program-failed", fmt::format("no pipe to be had: {}", std::strerror(errno)));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// A child process that is killed and waited for at the latest when this ends.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    static_cast<void>(wait());
  }
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

Result<pid_t> spawn(const std::vector<std::string>& argv, const Pipe& in, const Pipe& out,
                    const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  // Nothing of our environment may change what Postfix's programs read or say.
  std::array<char*, 3> environment{const_cast<char*>("PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
                                   const_cast<char*>("LC_ALL=C"), nullptr};
  pid_t pid = 0;
  const int fault = posix_spawn(&pid, argv.front().c_str(), &actions, nullptr, arguments.data(),
                                environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (fault == 0) return pid;
  return fail(fault == ENOENT ? "program-missing" : "program-failed",
              fmt::format("cannot run {}: {}", argv.front(), std::strerror(fault)));
}

/// Feeds and drains the three pipes until both outputs have ended.
class Talk {
 public:
  Talk(Descriptor in, Descriptor out, Descriptor err, std::string_view input)
      : in_(std::move(in)), out_(std::move(out)), err_(std::move(err)), input_(input) {
    fcntl(in_.get(), F_SETFL, O_NONBLOCK);
    if (input_.empty()) in_.close();
  }

  Result<void> run(const std::string& name, Deadline deadline, Finished& finished) {
    while (out_.is_open() || err_.is_open()) {
      std::array<pollfd, 3> waits{pollfd{in_.get(), POLLOUT, 0}, pollfd{out_.get(), POLLIN, 0},
                                  pollfd{err_.get(), POLLIN, 0}};
      const auto left = time_left(deadline);
      if (left.count() <= 0)
        return fail("program-timeout", name + " does not end in time", {},
                    "raise --timeout; does the table's server answer?");
      if (poll(waits.data(), waits.size(), static_cast<int>(left.count()) + 1) <= 0) continue;
      if (waits[0].revents != 0) feed();
      if (waits[1].revents != 0) drain(out_, finished.out);
      if (waits[2].revents != 0) drain(err_, finished.err);
      if (finished.out.size() > most_output || finished.err.size() > most_output)
        return fail("program-output", name + " writes more than 64 MiB");
    }
    return {};
  }

 private:
  void feed() {
    const auto sent = write(in_.get(), input_.data(), input_.size());
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (sent > 0) input_.remove_prefix(static_cast<std::size_t>(sent));
    if (sent < 0 || input_.empty()) in_.close();  // who does not read has no need of the rest
  }

  static void drain(Descriptor& from, std::string& into) {
    std::array<char, 65536> chunk{};
    const auto got = read(from.get(), chunk.data(), chunk.size());
    if (got > 0)
      into.append(chunk.data(), static_cast<std::size_t>(got));
    else if (got == 0 || errno != EINTR)
      from.close();
  }

  Descriptor in_, out_, err_;
  std::string_view input_;
};

}  // namespace

Result<Finished> run_program(const std::vector<std::string>& argv, std::string_view input,
                             Deadline deadline) {
  auto in = make_pipe(), out = make_pipe(), err = make_pipe();
  if (!in || !out || !err) return fail("program-failed", "no pipe to be had");
  const auto pid = spawn(argv, *in, *out, *err);
  if (!pid) return tl::unexpected(pid.error());
  Child child(*pid);
  in->read.close();
  out->write.close();
  err->write.close();
  Finished finished;
  Talk talk(std::move(in->write), std::move(out->read), std::move(err->read), input);
  if (const auto talked = talk.run(argv.front(), deadline, finished); !talked)
    return tl::unexpected(talked.error());
  finished.status = child.wait();
  return finished;
}

std::string find_program(std::string_view name) {
  std::string folders = "/usr/sbin:/usr/local/sbin:/usr/bin:/opt/postfix/sbin";
  if (const char* const path = secure_getenv("PATH"); path != nullptr)
    folders = std::string(path) + ":" + folders;
  for (std::string_view rest = folders; !rest.empty();) {
    const auto end = std::min(rest.find(':'), rest.size());
    const auto file = std::filesystem::path(rest.substr(0, end)) / name;
    if (file.is_absolute() && access(file.c_str(), X_OK) == 0) return file.string();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace dane::tools::tls_policy_check
