#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dane/core/text.hpp"
#include "dane/evidence/evidence.hpp"

#include "libdane/core/read_file.hpp"
#include "libdane/evidence/json_input.hpp"

namespace dane::evidence {

namespace {
/// An open file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd);
  }

 private:
  int fd_;
};

std::string reason(int error) {
  return std::generic_category().message(error);
}

std::string shown(const std::filesystem::path& file) {
  return printable(file.string());
}

tl::unexpected<Error> unwritable(const std::filesystem::path& file, int error) {
  return fail("file-unwritable", fmt::format("cannot write the evidence: {}", reason(error)),
              shown(file),
              error == ENOSPC ? "free some space, or save to another file system"
                              : "choose another file for --save");
}

/// \return 0 or errno.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// For a device, a pipe or standard output: nothing to rename.
Result<void> write_through(const std::filesystem::path& file, std::string_view text) {
  const bool to_stdout = file == "-";
  const Descriptor out(to_stdout ? STDOUT_FILENO
                                 : ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (out.get() < 0) return unwritable(file, errno);
  if (const int error = write_all(out.get(), text); error != 0) return unwritable(file, error);
  return {};
}

Result<void> write_beside_and_rename(const std::filesystem::path& file, std::string_view text) {
  std::string temporary = file.string() + ".XXXXXX";
  Descriptor out(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (out.get() < 0) return unwritable(file, errno);
  int error = write_all(out.get(), text);
  if (error == 0 && ::fsync(out.get()) != 0) error = errno;
  if (out.close() != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  return unwritable(file, error);
}
}  // namespace

Result<Evidence> read_file(const std::filesystem::path& file, Deadline deadline) {
  const auto octets = read_to_end(file, max_file_octets, deadline);
  if (!octets) return tl::unexpected(octets.error());
  // One octet too many is for the decoder to refuse.
  return decode({reinterpret_cast<const char*>(octets->data()), octets->size()}, input_name(file));
}

Result<void> write_file(const Evidence& evidence, const std::filesystem::path& file) {
  if (const auto request = parse_request(evidence.request); !request) {
    return fail("evidence-invalid", request.error().what, "request");
  }
  const std::string text = encode(evidence);
  if (file == "-") return write_through(file, text);
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return write_through(file, text);
  }
  // A link stays a link: the file that it names is replaced.
  const auto target = std::filesystem::is_symlink(file, ignored)
                          ? std::filesystem::weakly_canonical(file, ignored)
                          : file;
  return write_beside_and_rename(target.empty() ? file : target, text);
}

}  // namespace dane::evidence
