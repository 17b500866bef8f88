#include <algorithm>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "dane/core/text.hpp"
#include "dane/x509/certificate.hpp"

#include "libdane/x509/input.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::x509 {

namespace {

using EncryptedPtr = std::unique_ptr<X509_SIG, Deleter<X509_SIG_free>>;

bool is_key(const PemBlock& block) {
  return block.label.ends_with("PRIVATE KEY") || block.label.ends_with("PUBLIC KEY");
}

tl::unexpected<Error> encrypted(std::string where) {
  return fail("key-encrypted", "the key is encrypted", std::move(where),
              "give the public key instead: openssl pkey -in KEY -pubout");
}

/// Never asks anybody for a pass phrase.
int refuse_pass_phrase(char*, int, int, void*) {
  return -1;
}

Result<Bytes> encode_public_key(EVP_PKEY* key) {
  unsigned char* raw = nullptr;
  const int length = i2d_PUBKEY(key, &raw);
  if (length <= 0) return fail("key-invalid", "the key has no public part");
  const auto view = std::as_bytes(std::span(raw, static_cast<std::size_t>(length)));
  Bytes out(view.begin(), view.end());
  OPENSSL_free(raw);
  return out;
}

/// PKCS #8 with a pass phrase: AlgorithmIdentifier and OCTET STRING.  RFC 5958 section 3.
bool is_encrypted_pkcs8(const unsigned char* data, long length) {
  return EncryptedPtr(d2i_X509_SIG(nullptr, &data, length)) != nullptr;
}

/// PKCS #8, PKCS #1, SEC 1, SubjectPublicKeyInfo or PKCS #1 public key; all of the octets.
PkeyPtr decode_key(const unsigned char* data, long length) {
  const unsigned char* const end = data + length;
  const auto attempts = {
      +[](const unsigned char** p, long n) { return d2i_AutoPrivateKey(nullptr, p, n); },
      +[](const unsigned char** p, long n) { return d2i_PUBKEY(nullptr, p, n); },
      +[](const unsigned char** p, long n) { return d2i_PublicKey(EVP_PKEY_RSA, nullptr, p, n); },
  };
  for (const auto attempt : attempts) {
    const unsigned char* position = data;
    PkeyPtr key(attempt(&position, length));
    if (key && position == end) return key;
  }
  return nullptr;
}

Result<Bytes> parse_der_key(const Bytes& input, const std::string& where) {
  const ErrorMark mark;
  const auto* data = reinterpret_cast<const unsigned char*>(input.data());
  const auto length = static_cast<long>(input.size());
  if (is_encrypted_pkcs8(data, length)) return encrypted(where);
  const PkeyPtr key = decode_key(data, length);
  if (key) return encode_public_key(key.get());
  if (Certificate::decode_der(input)) {
    return fail("no-key", "a certificate, not a key", where);
  }
  return fail("key-invalid", "the key does not decode", where);
}

Result<Bytes> parse_pem_key(const PemBlock& block, const std::string& where) {
  const bool is_encrypted = block.label == "ENCRYPTED PRIVATE KEY" ||
                            block.text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
  if (is_encrypted) return encrypted(where);
  if (block.indented || !block.complete) {
    return fail("key-invalid", decode_pem(block).error().what, where);
  }
  const ErrorMark mark;
  const BioPtr bio(BIO_new_mem_buf(block.text.data(), static_cast<int>(block.text.size())));
  PkeyPtr key;
  if (block.label.ends_with("PRIVATE KEY")) {
    key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_pass_phrase, nullptr));
  } else if (const auto octets = decode_pem(block)) {
    key = decode_key(reinterpret_cast<const unsigned char*>(octets->data()),
                     static_cast<long>(octets->size()));
  }
  if (!key) return fail("key-invalid", "the key does not decode: " + mark.reason(), where);
  return encode_public_key(key.get());
}

Result<Bytes> parse_key(const Bytes& input, const std::string& where) {
  if (looks_like_der(input) || (input.size() > 1 && input[0] == std::byte{0x30} &&
                                static_cast<std::size_t>(input[1]) + 2 == input.size())) {
    return parse_der_key(input, where);
  }
  const auto blocks = find_pem_blocks(as_text(input));
  const auto block = std::find_if(blocks.begin(), blocks.end(), is_key);
  if (block != blocks.end()) {
    return parse_pem_key(*block, fmt::format("{} (line {})", where, block->line));
  }
  if (blocks.empty()) return fail("no-key", "neither a PEM nor a DER key", where);
  return fail(
      "no-key",
      fmt::format("no key, only PEM blocks such as \"{}\"", printable(blocks.front().label, 64)),
      where);
}

}  // namespace

Result<Bytes> read_public_key(const std::filesystem::path& file, Deadline deadline) {
  auto input = read_input(file, deadline);
  if (!input) return tl::unexpected(input.error());
  auto spki = parse_key(*input, input_name(file));
  OPENSSL_cleanse(input->data(), input->size());
  return spki;
}

}  // namespace dane::x509
