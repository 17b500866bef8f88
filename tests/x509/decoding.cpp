#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dane/x509/certificate.hpp"

using dane::Bytes;
using dane::x509::Certificate;
using nlohmann::json;

namespace {

/// Written by data/generate.py.
json load(const std::string& file) {
  std::ifstream in(DANE_SOURCE_DIR "/tests/x509/data/" + file);
  auto cases = json::parse(in);
  if (cases.empty()) throw std::runtime_error(file + " is empty");
  return cases;
}

Bytes octets(const json& base64) {
  return dane::from_base64(base64.get<std::string>()).value();
}

std::vector<std::string> hex_of(const std::vector<std::string>& strings) {
  std::vector<std::string> out;
  for (const auto& s : strings) out.push_back(dane::to_hex(dane::to_bytes(s)));
  return out;
}

/// What the certificate says, under the name that the file uses.
json value_of(const Certificate& c, const std::string& field) {
  if (field == "cert_sha256") return c.cert_sha256();
  if (field == "spki_sha256") return c.spki_sha256();
  if (field == "subject") return c.subject();
  if (field == "issuer") return c.issuer();
  if (field == "serial") return c.serial();
  if (field == "not_before") return dane::format_rfc3339(c.not_before());
  if (field == "not_after") return dane::format_rfc3339(c.not_after());
  if (field == "dns_names") return c.dns_names();
  if (field == "dns_names_hex") return hex_of(c.dns_names());
  if (field == "common_names") return c.common_names();
  if (field == "common_names_hex") return hex_of(c.common_names());
  if (field == "key_type") return to_string(c.key_type());
  if (field == "key_bits") return c.key_bits();
  if (field == "is_ca") return c.is_ca();
  if (field == "is_self_issued") return c.is_self_issued();
  throw std::runtime_error("unknown field " + field);
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const Bytes& content) {
    std::string name = (std::filesystem::temp_directory_path() / "dane-test-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    if (fd < 0) throw std::runtime_error("mkstemp");
    ::close(fd);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << dane::to_octets(content);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("certificates say what another implementation reads in them", "[x509][decoding]") {
  for (const auto& test : load("certificates.json")) {
    INFO(test.at("id") << ": " << test.at("description"));
    const Bytes der = octets(test.at("der"));
    const auto certificate = Certificate::decode_der(der);
    if (test.contains("error")) {
      REQUIRE_FALSE(certificate.has_value());
      CHECK(certificate.error().code == test.at("error").get<std::string>());
      continue;
    }
    REQUIRE(certificate.has_value());
    CHECK(certificate->der() == der);
    for (const auto& [field, expected] : test.at("expected").items()) {
      INFO(field);
      CHECK(value_of(*certificate, field) == expected);
    }
  }
}

TEST_CASE("truncated, extended and damaged certificates are refused", "[x509][decoding]") {
  for (const auto& test : load("certificates.json")) {
    if (test.contains("error")) continue;
    INFO(test.at("id"));
    Bytes der = octets(test.at("der"));
    for (std::size_t length = 0; length < der.size(); length += 1 + length / 8) {
      const Bytes cut(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(length));
      const auto certificate = Certificate::decode_der(cut);
      REQUIRE_FALSE(certificate.has_value());
      REQUIRE(certificate.error().code == "certificate-invalid");
    }
    der.push_back(std::byte{0});
    CHECK(Certificate::decode_der(der).error().what == "octets follow the end of the certificate");
  }
}

TEST_CASE("a certificate in BER is refused", "[x509][decoding]") {
  // The outer length in one octet more than needed: X.690 section 10.1 forbids it in DER.
  const Bytes der = octets(load("certificates.json").at(0).at("der"));
  REQUIRE(der.at(1) == std::byte{0x82});
  Bytes ber(der);
  ber[1] = std::byte{0x83};
  ber.insert(ber.begin() + 2, std::byte{0});
  const auto certificate = Certificate::decode_der(ber);
  REQUIRE_FALSE(certificate.has_value());
  CHECK(certificate.error().what == "the certificate is not encoded in DER");
}

TEST_CASE("public keys come out of every form of key", "[x509][keys]") {
  for (const auto& test : load("keys.json")) {
    INFO(test.at("id"));
    const TemporaryFile file(octets(test.at("input")));
    const auto spki = dane::x509::read_public_key(file.path());
    if (test.contains("error")) {
      REQUIRE_FALSE(spki.has_value());
      CHECK(spki.error().code == test.at("error").get<std::string>());
      CHECK(spki.error().where.find(file.path().string()) == 0);
    } else {
      REQUIRE(spki.has_value());
      CHECK(dane::to_base64(*spki) == test.at("spki").get<std::string>());
    }
  }
}

TEST_CASE("SHA-2 of FIPS 180-4", "[x509][digest]") {
  using namespace dane::x509;
  CHECK(dane::to_hex(sha256({})) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(dane::to_hex(sha256(dane::to_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(dane::to_hex(sha512(dane::to_bytes("abc"))) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}
