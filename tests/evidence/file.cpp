#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dane/evidence/evidence.hpp"

#include "tests/evidence/random_evidence.hpp"

using namespace dane;
namespace fs = std::filesystem;

namespace {
class Folder {
 public:
  Folder() {
    std::string name = "/tmp/dane-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

evidence::Evidence sample() {
  std::mt19937 random(5);
  return test::random_evidence(random);
}

std::string contents(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

/// While it lives no file can grow beyond `octets`: what a full disk looks like.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t octets) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{octets, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};
}  // namespace

TEST_CASE("evidence is written for the owner only and read back", "[evidence][file]") {
  const Folder folder;
  const auto file = folder / "run.json";
  const auto before = sample();
  REQUIRE(evidence::write_file(before, file));
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(contents(file) == evidence::encode(before));
  CHECK(folder.entries() == 1);
  const auto after = evidence::read_file(file);
  REQUIRE(after);
  CHECK(*after == before);

  REQUIRE(evidence::write_file(evidence::Evidence{}, file));  // replaces
  CHECK(contents(file) == evidence::encode(evidence::Evidence{}));
}

TEST_CASE("a file that cannot be written whole leaves the old one and no rest",
          "[evidence][file]") {
  const Folder folder;
  const auto file = folder / "run.json";
  std::ofstream(file) << "old";
  {
    const SmallFiles small(20);
    const auto written = evidence::write_file(sample(), file);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == "file-unwritable");
    CHECK(written.error().where == file.string());
  }
  CHECK(contents(file) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("devices are written to, not replaced", "[evidence][file]") {
  const auto full = evidence::write_file(sample(), "/dev/full");
  REQUIRE_FALSE(full);
  CHECK(full.error().code == "file-unwritable");
  CHECK(full.error().what == "cannot write the evidence: No space left on device");
  CHECK_FALSE(full.error().remedy.empty());
  CHECK(fs::is_character_file("/dev/full"));
  CHECK(evidence::write_file(sample(), "/dev/null"));
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("a link stays a link", "[evidence][file]") {
  const Folder folder;
  std::ofstream(folder / "target") << "old";
  fs::create_symlink("target", folder / "link");
  REQUIRE(evidence::write_file(sample(), folder / "link"));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(contents(folder / "target") == evidence::encode(sample()));
}

TEST_CASE("files that cannot be written or read say why", "[evidence][file]") {
  const Folder folder;
  const auto no_folder = evidence::write_file(sample(), folder / "none" / "run.json");
  REQUIRE_FALSE(no_folder);
  CHECK(no_folder.error().what == "cannot write the evidence: No such file or directory");
  const auto missing = evidence::read_file(folder / "missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == "file-unreadable");
  CHECK(missing.error().where == (folder / "missing").string());
  const auto directory = evidence::read_file(folder / "");
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == "file-unreadable");
  const auto endless = evidence::read_file("/dev/zero");
  REQUIRE_FALSE(endless);
  CHECK(endless.error().code == "evidence-too-large");
}

TEST_CASE("\"-\" is standard output and standard input", "[evidence][file]") {
  const Folder folder;
  const auto file = folder / "stream";
  const auto before = sample();
  const auto redirected = [&](int fd, int flags, auto&& work) {
    const int saved = dup(fd);
    const int other = open(file.c_str(), flags, 0600);
    REQUIRE(other >= 0);
    dup2(other, fd);
    close(other);
    auto result = work();
    dup2(saved, fd);
    close(saved);
    return result;
  };
  const auto written = redirected(STDOUT_FILENO, O_WRONLY | O_CREAT,
                                  [&] { return evidence::write_file(before, "-"); });
  CHECK(written);
  const auto after = redirected(STDIN_FILENO, O_RDONLY, [] { return evidence::read_file("-"); });
  REQUIRE(after);
  CHECK(*after == before);
}
