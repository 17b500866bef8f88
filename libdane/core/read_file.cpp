#include "libdane/core/read_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <unistd.h>

#include "dane/core/text.hpp"

#include "libdane/core/net.hpp"

namespace dane {

namespace {

/// Owns what it opened; standard input is the caller's.
class Input {
 public:
  /// Not to block matters to a FIFO: to open one waits for its writer.
  explicit Input(const std::filesystem::path& file)
      : opened_(file == "-" ? -1
                            : ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)),
        fd_(file == "-" ? STDIN_FILENO : opened_.fd()) {}
  [[nodiscard]] int fd() const { return fd_; }

 private:
  net::Descriptor opened_;
  int fd_;
};

tl::unexpected<Error> unreadable(const std::filesystem::path& file) {
  const std::string reason = std::generic_category().message(errno);
  return fail("file-unreadable", "cannot read the file: " + reason, input_name(file));
}

}  // namespace

std::string input_name(const std::filesystem::path& file) {
  return file == "-" ? "standard input" : printable(file.native());
}

Result<Bytes> read_to_end(const std::filesystem::path& file, std::size_t limit, Deadline deadline) {
  const Input input(file);
  if (input.fd() < 0) return unreadable(file);
  Bytes out;
  std::array<std::byte, 65536> buffer;
  while (out.size() <= limit) {
    // Standard input is shared with others and stays as it is: only what is there is read.
    const auto wait = net::wait_for(input.fd(), POLLIN, deadline);
    if (wait == net::Wait::timed_out)
      return fail("file-timeout", "its end did not come in time", input_name(file));
    if (wait == net::Wait::failed) return unreadable(file);
    const ssize_t n = ::read(input.fd(), buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return unreadable(file);
    if (n == 0) break;
    const auto room = std::min(static_cast<std::size_t>(n), limit + 1 - out.size());
    out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(room));
  }
  OPENSSL_cleanse(buffer.data(), buffer.size());  // it may have been a private key
  return out;
}

}  // namespace dane
