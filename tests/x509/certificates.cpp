#include <fstream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "libdane/x509/openssl_access.hpp"
#include "tests/support/test_ca.hpp"

using namespace dane::test;
using dane::Bytes;
using dane::to_bytes;
using dane::x509::Certificate;
using dane::x509::Chain;
using dane::x509::check_leaf_first;
using dane::x509::KeyType;
using dane::x509::parse_certificates;

namespace {

const Issued& root() {
  static const Issued made = issue({.common_name = "Root", .is_ca = true});
  return made;
}

const Issued& leaf() {
  static const Issued made =
      issue({.common_name = "leaf", .dns_names = {"mx1.example.com"}}, &root());
  return made;
}

const Chain& chain() {
  static const Chain made{leaf().certificate, root().certificate};
  return made;
}

dane::Result<Chain> parse(const std::string& text, std::size_t limit = 100) {
  return parse_certificates(to_bytes(text), "chain.pem", limit);
}

std::string code_of(const dane::Result<Chain>& result) {
  return result ? std::to_string(result->size()) + " certificates" : result.error().code;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dane-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path write(const std::string& name,
                                            const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("PEM files of every kind hold their chain", "[x509][pem]") {
  const std::string pem = to_pem(chain());
  const std::string key = to_pem(leaf().key);
  CHECK(parse(pem) == chain());
  CHECK(parse(replaced(pem, "\n", "\r\n")) == chain());
  CHECK(parse(replaced(pem, "\n", "  \n")) == chain());
  CHECK(parse(pem.substr(0, pem.size() - 1)) == chain());  // no final newline
  CHECK(parse(key + pem) == chain());
  CHECK(parse(to_pem(leaf().certificate) + key + to_pem(root().certificate)) == chain());
  CHECK(parse("subject=CN = leaf\n\xFF\x01 junk\n" + pem + "\nmore junk") == chain());
  CHECK(parse(replaced(pem, " CERTIFICATE", " X509 CERTIFICATE")) == chain());
  CHECK(parse("# -----BEGIN CERTIFICATE-----\n# commented out\n" + pem) == chain());
  CHECK(parse("0\x82\x01 text that begins like DER\n").error().code == "certificate-invalid");
}

TEST_CASE("DER holds exactly one certificate", "[x509][der]") {
  const auto& der = leaf().certificate.der();
  CHECK(parse_certificates(der, "leaf.der") == Chain{leaf().certificate});
  Bytes two(der);
  two.insert(two.end(), der.begin(), der.end());
  const auto both = parse_certificates(two, "two.der");
  CHECK(code_of(both) == "certificate-invalid");
  CHECK(both.error().where == "two.der");
}

TEST_CASE("trusted certificates of OpenSSL lose their trust settings", "[x509][pem]") {
  X509* x509 = X509_dup(native(leaf().certificate));
  X509_alias_set1(x509, reinterpret_cast<const unsigned char*>("alias"), -1);
  X509_add1_trust_object(x509, OBJ_nid2obj(NID_server_auth));
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509_AUX(bio, x509);
  X509_free(x509);
  const std::string pem = take_text(bio);
  REQUIRE(pem.find("BEGIN TRUSTED CERTIFICATE") != std::string::npos);
  CHECK(parse(pem) == Chain{leaf().certificate});
}

TEST_CASE("what holds no chain is refused and located", "[x509][pem]") {
  const std::string one = to_pem(leaf().certificate);
  const std::string bad = replaced(one, "\nM", "\n*");
  const std::string end = "-----END CERTIFICATE-----\n";
  const std::string unfinished = one.substr(0, one.size() - end.size());
  const std::string not_der = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n" + end;
  const std::string line = std::to_string(1 + std::count(one.begin(), one.end(), '\n'));

  const auto [text, code, where] = GENERATE_COPY(table<std::string, std::string, std::string>({
      {"", "input-empty", "chain.pem"},
      {"\n", "no-certificate", "chain.pem"},
      {"hello", "no-certificate", "chain.pem"},
      {to_pem(leaf().key), "no-certificate", "chain.pem"},
      {"\xFF\xFE-\0-\0", "no-certificate", "chain.pem"},
      {replaced(one, "\n", "\r"), "no-certificate", "chain.pem"},
      {one + bad, "certificate-invalid", "chain.pem, certificate 2 (line " + line + ")"},
      {one + not_der, "certificate-invalid", "chain.pem, certificate 2 (line " + line + ")"},
      {unfinished, "certificate-invalid", "chain.pem, certificate 1 (line 1)"},
      {unfinished + one, "certificate-invalid", "chain.pem, certificate 1 (line 1)"},
      {"-----BEGIN CERTIFICATE-----\n" + end, "certificate-invalid",
       "chain.pem, certificate 1 (line 1)"},
      {"\xEF\xBB\xBF" + one, "certificate-invalid", "chain.pem, certificate 1 (line 1)"},
      {"\n  " + one, "certificate-invalid", "chain.pem, certificate 1 (line 2)"},
      {replaced(one, "END CERT", "END TRUSTED CERT"), "certificate-invalid",
       "chain.pem, certificate 1 (line 1)"},
      {std::string(dane::x509::max_input_octets + 1, '\n'), "input-too-large", "chain.pem"},
  }));
  INFO(text.substr(0, 60));
  const auto got = parse(text);
  CHECK(code_of(got) == code);
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().where == where);
  CHECK_FALSE(got.error().what.empty());
}

TEST_CASE("long chains are bounded", "[x509][pem]") {
  const std::string one = to_pem(leaf().certificate);
  std::string many;
  for (int i = 0; i < 100; ++i) many += one;
  CHECK(code_of(parse(many)) == "100 certificates");
  CHECK(code_of(parse(many + one)) == "chain-too-long");
  CHECK(code_of(parse(many, 99)) == "chain-too-long");
  CHECK(code_of(parse(one, 0)) == "chain-too-long");
  while (many.size() < 10000 * one.size()) many += many;
  CHECK(code_of(parse(many)) == "input-too-large");
  CHECK(code_of(parse(many.substr(0, dane::x509::max_input_octets))) == "chain-too-long");
}

TEST_CASE("files", "[x509][files]") {
  const TemporaryFolder folder;
  const auto good = folder.write("good.pem", to_pem(chain()));
  CHECK(dane::x509::read_certificates(good) == chain());

  auto code = [](const std::filesystem::path& file) {
    const auto got = dane::x509::read_certificates(file);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().where.find("dane-test-") != std::string::npos);
    CHECK(dane::x509::read_public_key(file).error().code == got.error().code);
    return got.error().code;
  };
  CHECK(code(folder.path() / "missing.pem") == "file-unreadable");
  CHECK(code(folder.path()) == "file-unreadable");
  CHECK(code(folder.write("empty.pem", "")) == "input-empty");
  CHECK(code(folder.write("huge.pem", std::string(5U << 20U, 'x'))) == "input-too-large");
  CHECK(dane::x509::read_certificates("/dev/zero").error().code == "input-too-large");

  const auto odd = dane::x509::read_certificates(folder.path() / "\x1b[31m\xFF.pem");
  CHECK(odd.error().where.find("\\x1b[31m\\xff.pem") != std::string::npos);
}

TEST_CASE("standard input is a file named -", "[x509][files]") {
  const TemporaryFolder folder;
  const auto file = folder.write("in.pem", to_pem(chain()));
  const int saved = ::dup(0);
  REQUIRE(::freopen(file.c_str(), "r", stdin) != nullptr);
  const auto got = dane::x509::read_certificates("-");
  const auto empty = dane::x509::read_certificates("-");  // read to its end already
  ::dup2(saved, 0);
  ::close(saved);
  CHECK(got == chain());
  REQUIRE_FALSE(empty.has_value());
  CHECK(empty.error().code == "input-empty");
  CHECK(empty.error().where == "standard input");
}

TEST_CASE("signatures and CA certificates", "[x509]") {
  for (const auto type : {KeyType::rsa, KeyType::ecdsa, KeyType::ed25519, KeyType::ed448}) {
    INFO(to_string(type));
    const auto ca = issue({.common_name = "CA", .is_ca = true, .key = pooled_key(type)});
    const auto namesake = issue({.common_name = "CA", .is_ca = true, .key = pooled_key(type, 1)});
    const auto child = issue({.common_name = "child"}, &ca);
    CHECK(child.certificate.is_signed_by(ca.certificate));
    CHECK(ca.certificate.is_signed_by(ca.certificate));
    CHECK_FALSE(child.certificate.is_signed_by(namesake.certificate));
    CHECK_FALSE(child.certificate.is_signed_by(child.certificate));
    CHECK_FALSE(ca.certificate.is_signed_by(child.certificate));
    CHECK(ca.certificate.key_type() == type);
    CHECK_FALSE(child.certificate.is_self_issued());
  }
  CHECK(issue({.common_name = "old root", .version_1 = true}).certificate.is_ca());
  CHECK_FALSE(issue({.common_name = "old leaf", .version_1 = true}, &root()).certificate.is_ca());
  CHECK(ERR_peek_error() == 0);  // nothing is left behind for a later TLS operation
}

TEST_CASE("IP addresses stand beside the dNSNames, as encoded", "[x509]") {
  const std::string v4("\xC0\x00\x02\x01", 4), odd("\x01\x02", 2);
  const auto both = issue({.dns_names = {"mx1.example.com"}, .ip_addresses = {v4, odd}});
  CHECK(both.certificate.ip_addresses() == std::vector<Bytes>{to_bytes(v4), to_bytes(odd)});
  CHECK(both.certificate.dns_names() == std::vector<std::string>{"mx1.example.com"});
  const auto alone = issue({.common_name = "a", .ip_addresses = {v4}, .more_common_names = {"b"}});
  CHECK(alone.certificate.ip_addresses().size() == 1);
  CHECK(alone.certificate.dns_names().empty());
  CHECK(alone.certificate.common_names() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a changed octet breaks the signature", "[x509]") {
  Bytes der = leaf().certificate.der();
  const std::string text = dane::to_octets(der);
  der.at(text.find("mx1.example.com")) = std::byte{'M'};
  const auto changed = Certificate::decode_der(der);
  REQUIRE(changed.has_value());
  CHECK(changed->dns_names() == std::vector<std::string>{"Mx1.example.com"});
  CHECK(leaf().certificate.is_signed_by(root().certificate));
  CHECK_FALSE(changed->is_signed_by(root().certificate));
}

TEST_CASE("certificates go to OpenSSL and come back the same", "[x509]") {
  const auto stack = to_stack(chain());
  REQUIRE(sk_X509_num(stack.get()) == 2);
  CHECK(sk_X509_value(stack.get(), 0) == native(chain()[0]));
  CHECK(dane::x509::from_stack(stack.get()) == chain());
  CHECK(dane::x509::from_stack(nullptr) == Chain{});
  const Certificate copy = leaf().certificate;
  CHECK(&copy.der() == &leaf().certificate.der());
}

TEST_CASE("trust anchors come from a bundle and a hashed folder, each once", "[x509][files]") {
  const TemporaryFolder folder;
  const auto bundle =
      folder.write("bundle.pem", to_pem(root().certificate) + to_pem(root().certificate));
  std::filesystem::create_directory(folder.path() / "certs");
  const auto other = issue({.common_name = "Other", .is_ca = true});
  (void)folder.write("certs/0123abcd.0", to_pem(other.certificate));
  (void)folder.write("certs/0123abcd.1", to_pem(root().certificate));
  (void)folder.write("certs/0123abce.0", "no certificate");
  (void)folder.write("certs/unhashed.pem", to_pem(leaf().certificate));
  ::setenv("SSL_CERT_FILE", bundle.c_str(), 1);
  ::setenv("SSL_CERT_DIR", (folder.path() / "certs").c_str(), 1);
  CHECK(dane::x509::load_system_trust_anchors() == Chain{root().certificate, other.certificate});
  ::setenv("SSL_CERT_FILE", "/nonexistent", 1);
  ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
  CHECK(dane::x509::load_system_trust_anchors().empty());
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("SSL_CERT_DIR");
}

TEST_CASE("a file that begins with a CA's certificate is not a server's chain") {
  using namespace dane::test;
  const auto root = issue({.common_name = "Root", .is_ca = true});
  const auto middle = issue({.common_name = "Middle", .is_ca = true}, &root);
  const auto leaf = issue({.common_name = "mx1", .dns_names = {"mx1.example.com"}}, &middle);
  const auto own = issue({.common_name = "mx1", .dns_names = {"mx1.example.com"}, .is_ca = true});
  const auto odd =
      issue({.common_name = "mx1", .dns_names = {"mx1.example.com"}, .is_ca = true}, &root);
  const auto code = [](const dane::x509::Chain& chain) {
    const auto fine = check_leaf_first(chain, "file");
    return fine ? std::string("fine") : fine.error().code + " " + fine.error().where;
  };
  CHECK(code({leaf.certificate, middle.certificate, root.certificate}) == "fine");
  CHECK(code({own.certificate}) == "fine");
  CHECK(code({own.certificate, own.certificate}) == "fine");
  CHECK(code({odd.certificate, root.certificate}) == "fine");
  CHECK(code({root.certificate}) == "fine");  // cannot be told from a self-signed server's
  CHECK(code({middle.certificate}) == "chain-not-leaf-first file");
  CHECK(code({middle.certificate, root.certificate}) == "chain-not-leaf-first file");
  CHECK(code({middle.certificate, leaf.certificate}) == "chain-not-leaf-first file");
  CHECK(code({root.certificate, middle.certificate, leaf.certificate}) ==
        "chain-not-leaf-first file");
}
