#include "dane/postfix/trust.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "libdane/x509/openssl_access.hpp"
#include "tests/postfix/peer_world.hpp"

using namespace dane;
using namespace dane::postfix;
using namespace dane::postfix::test_world;

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() { fs::create_directories(path_); }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }
  [[nodiscard]] fs::path path() const { return path_; }

 private:
  fs::path path_ = fs::temp_directory_path() / ("dane-trust-" + std::to_string(::getpid()));
};

CaCertificates load(const std::string& file, const std::string& path, const fs::path& prefix = {}) {
  Settings settings;
  settings.ca_file = file;
  settings.ca_path = path;
  return load_ca_certificates(settings, prefix);
}

std::string hashed(const x509::Certificate& certificate, int number) {
  char name[32];
  std::snprintf(name, sizeof name, "%08lx.%d",
                X509_subject_name_hash(x509::native(certificate)) & 0xFFFFFFFFUL, number);
  return name;
}

const std::string& root_pem() {
  static const auto pem = test::to_pem(root().certificate);
  return pem;
}

}  // namespace

TEST_CASE("without CAfile and CApath nothing is trusted", "[postfix][trust]") {
  Settings settings;
  settings.append_default_ca = true;  // has no effect alone
  const auto cas = load_ca_certificates(settings);
  CHECK_FALSE(cas.configured);
  CHECK(cas.trusted.empty());
  CHECK(cas.problems.empty());
}

TEST_CASE("CAfile", "[postfix][trust]") {
  const Folder folder;
  const auto good = folder.write("ca.pem", "Roots\n" + root_pem() + test::to_pem(root().key) +
                                               test::to_pem(other_root().certificate) + root_pem());
  const auto cas = load(good, "");
  CHECK(cas.trusted == x509::Chain{root().certificate, other_root().certificate});
  CHECK(cas.configured);
  CHECK(cas.problems.empty());
  CHECK(load("/ca.pem", "", folder.path()).trusted.size() == 2);

  const auto& der = root().certificate.der();
  const std::string bad[] = {
      folder.path() / "missing.pem",
      folder.path().string(),
      folder.write("empty.pem", ""),
      folder.write("key.pem", test::to_pem(root().key)),
      folder.write("ca.der", to_octets(der)),
      folder.write("broken.pem", root_pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                              "-----END CERTIFICATE-----\n")};
  for (const auto& file : bad) {
    INFO(file);
    const auto refused = load(file, "");
    CHECK(refused.unusable);
    CHECK(refused.trusted.empty());
    REQUIRE(refused.problems.size() == 1);
    CHECK(refused.problems[0].code == "ca-file-unusable");
    CHECK(refused.problems[0].fatal);
    CHECK(refused.problems[0].effect == "cannot load Certification Authority data, CAfile=\"" +
                                            file + "\": disabling TLS support");
  }
}

TEST_CASE("CApath: hashed names, numbered without a gap", "[postfix][trust]") {
  const Folder folder;
  folder.write(hashed(root().certificate, 0), root_pem());
  folder.write(hashed(other_root().certificate, 1), test::to_pem(other_root().certificate));
  folder.write("ca.pem", test::to_pem(other_root().certificate));
  folder.write("12345678.0", test::to_pem(other_root().certificate));
  CHECK(load("", folder.path()).trusted == x509::Chain{root().certificate});
  folder.write(hashed(other_root().certificate, 0), root_pem());
  CHECK(load("", folder.path()).trusted.size() == 2);
}

TEST_CASE("CApath without a certificate is no error for Postfix", "[postfix][trust]") {
  const Folder folder;
  folder.write("ca.pem", root_pem());
  const auto unhashed = load("", folder.path());
  CHECK_FALSE(unhashed.unusable);
  REQUIRE(unhashed.problems.size() == 1);
  CHECK(unhashed.problems[0].code == "ca-path-empty");
  CHECK_FALSE(unhashed.problems[0].fatal);
  CHECK(load("", folder.path() / "no").problems.at(0).code == "ca-path-unreadable");
  CHECK(load("", "certs").problems.at(0).code == "relative-path");
}

TEST_CASE("the system's CAs beside one's own", "[postfix][trust]") {
  const Folder folder;
  folder.write(std::string(".") + X509_get_default_cert_file(),
               test::to_pem(other_root().certificate));
  Settings settings;
  settings.ca_file = "/ca.pem";
  folder.write("ca.pem", root_pem());
  CHECK(load_ca_certificates(settings, folder.path()).trusted.size() == 1);
  settings.append_default_ca = true;
  CHECK(load_ca_certificates(settings, folder.path()).trusted ==
        x509::Chain{root().certificate, other_root().certificate});
}

TEST_CASE("trust anchor files that cannot be read", "[postfix][trust]") {
  const Folder folder;
  const auto missing = load_trust_anchors({folder.path() / "no.pem"});
  CHECK(missing.invalid);
  CHECK(missing.warnings == std::vector<std::string>{"error opening trust anchor file: " +
                                                     (folder.path() / "no.pem").string() +
                                                     ": No such file or directory"});
  const auto good = folder.write("ca.pem", root_pem());
  CHECK(load_trust_anchors({good, folder.path() / "no.pem"}).invalid);
  CHECK(load_trust_anchors({good, good}).records.size() == 4);
  CHECK(load_trust_anchors({"/ca.pem"}, folder.path()).records.size() == 2);
  CHECK_FALSE(load_trust_anchors({}).invalid);
}

TEST_CASE("a malformed trust anchor is refused at once up to 3.5", "[postfix][trust]") {
  const Folder folder;
  for (const std::string label : {"CERTIFICATE", "PUBLIC KEY"}) {
    const auto file = folder.write(
        "broken.pem", "-----BEGIN " + label + "-----\nAAAA\n-----END " + label + "-----\n");
    const auto old = load_trust_anchors({file}, {}, v35);
    CHECK(old.invalid);
    CHECK(old.warnings ==
          std::vector<std::string>{"error reading: " + file + ": malformed trust-anchor " +
                                   (label == "CERTIFICATE" ? "certificate" : "public key")});
    CHECK_FALSE(load_trust_anchors({file}, {}, v37).invalid);
  }
  CHECK_FALSE(load_trust_anchors({folder.write("ca.pem", root_pem())}, {}, v35).invalid);
}

TEST_CASE("fingerprints: what is read, what is warned of", "[postfix][trust]") {
  const auto read =
      parse_fingerprints({"zz", "00:01", "000102030405060708090a0b0c0d0e0f", "\x1b"}, "md5");
  CHECK(read.warnings == std::vector<std::string>{"malformed fingerprint value: zz",
                                                  "malformed fingerprint value: \\x1b"});
  CHECK(read.wrong_length == std::vector<std::string>{"00:01"});
  CHECK(read.digests ==
        std::vector<std::string>{"00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F"});
  CHECK(fingerprint_records(read).size() == 4);
  CHECK(fingerprint({}, "md5") == "D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E");
  CHECK(fingerprint({}, "no-such-digest").empty());
}
