#include "libdane/core/read_file.hpp"

#include <cstdlib>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/deadline.hpp"

using namespace dane;
using test::in;
using namespace std::chrono_literals;

namespace {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/dane-test-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string outcome(const Result<Bytes>& got) {
  return got ? to_octets(*got) : got.error().code;
}

std::filesystem::path make_fifo(const Folder& folder) {
  auto fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  return fifo;
}

}  // namespace

TEST_CASE("A regular file is read to its end, or to one octet over the limit", "[core][file]") {
  const Folder folder;
  const auto file = folder / "file";
  const std::string text(200'000, 'x');
  std::ofstream(file) << text;
  CHECK(outcome(read_to_end(file, text.size(), in(1min))) == text);
  CHECK(read_to_end(file, 100, in(1min)).value().size() == 101);
  CHECK(read_to_end("/dev/zero", 70'000, in(1min)).value().size() == 70'001);
  CHECK(outcome(read_to_end("/dev/null", 10, in(1min))).empty());
  CHECK(outcome(read_to_end(file, text.size(), Deadline::max())) == text);
}

TEST_CASE("What cannot be read says why", "[core][file]") {
  const Folder folder;
  const auto missing = read_to_end(folder / "missing", 10, in(1min));
  CHECK(outcome(missing) == "file-unreadable");
  CHECK(missing.error().what == "cannot read the file: No such file or directory");
  CHECK(missing.error().where == (folder / "missing").string());
  CHECK(outcome(read_to_end(folder / "", 10, in(1min))) == "file-unreadable");
  CHECK(input_name("-") == "standard input");
  CHECK(input_name("\x1b[31m\xFF") == "\\x1b[31m\\xff");
}

TEST_CASE("A FIFO is waited for until the deadline", "[core][file]") {
  const Folder folder;
  const auto fifo = make_fifo(folder);
  const auto began = std::chrono::steady_clock::now();
  const auto without_writer = read_to_end(fifo, 10, in(200ms));
  CHECK(outcome(without_writer) == "file-timeout");
  CHECK(without_writer.error().where == fifo.string());
  CHECK(std::chrono::steady_clock::now() - began >= 200ms);

  // A writer that writes and never closes.
  const int writer = ::open(fifo.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::write(writer, "half", 4) == 4);
  CHECK(outcome(read_to_end(fifo, 10, in(200ms))) == "file-timeout");
  ::close(writer);
}

TEST_CASE("A FIFO with a late and slow writer is read whole", "[core][file]") {
  const Folder folder;
  const auto fifo = make_fifo(folder);
  std::thread writer([&] {
    std::this_thread::sleep_for(100ms);
    std::ofstream out(fifo);
    out << "first " << std::flush;
    std::this_thread::sleep_for(100ms);
    out << std::string(100'000, 'x');
  });
  const auto got = read_to_end(fifo, 1'000'000, in(1min));
  writer.join();
  CHECK(outcome(got) == "first " + std::string(100'000, 'x'));
}
