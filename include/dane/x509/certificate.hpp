/// \file  X.509 certificates and chains as values; the only owner of OpenSSL's X509 objects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/bytes.hpp"
#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"

namespace dane::x509 {

enum class KeyType { rsa, ecdsa, ed25519, ed448, other };
[[nodiscard]] std::string to_string(KeyType);  ///< "RSA", "ECDSA", "Ed25519", "Ed448", "other"

/// An immutable, cheaply copied certificate.
class Certificate {
 public:
  /// Exactly one DER certificate; a key of an unknown algorithm is no obstacle.
  /// \return `certificate-invalid` otherwise (trailing octets and BER too).
  [[nodiscard]] static Result<Certificate> decode_der(ByteView der);

  [[nodiscard]] const Bytes& der() const;                ///< TLSA selector 0
  [[nodiscard]] const Bytes& spki_der() const;           ///< TLSA selector 1: SubjectPublicKeyInfo
  [[nodiscard]] const std::string& cert_sha256() const;  ///< hex of the SHA-256 of der()
  [[nodiscard]] const std::string& spki_sha256() const;  ///< hex of the SHA-256 of spki_der()
  [[nodiscard]] const std::string& subject() const;      ///< RFC 2253 form, UTF-8, printable()
  [[nodiscard]] const std::string& issuer() const;
  [[nodiscard]] const std::string& serial() const;  ///< hex, "-" in front when negative
  /// A date that is not as RFC 5280 section 4.1.2.5 wants it makes the certificate valid at no
  /// time: not_before() is then in the year 9999, not_after() in the year 0.
  [[nodiscard]] TimePoint not_before() const;
  [[nodiscard]] TimePoint not_after() const;
  /// dNSName entries exactly as encoded, NUL and all: hostile, use printable() to show them.
  [[nodiscard]] const std::vector<std::string>& dns_names() const;
  /// iPAddress entries: 4 or 16 octets, or whatever number is encoded.
  [[nodiscard]] const std::vector<Bytes>& ip_addresses() const;
  /// UTF-8; the octets as encoded where the value is no character string.  Hostile too.
  [[nodiscard]] const std::vector<std::string>& common_names() const;
  [[nodiscard]] KeyType key_type() const;
  [[nodiscard]] int key_bits() const;  ///< 0 when the algorithm is unknown
  [[nodiscard]] bool is_ca() const;  ///< basicConstraints CA:TRUE, or a v1 self-issued certificate
  [[nodiscard]] bool is_self_issued() const;  ///< subject equals issuer
  /// True when `issuer`'s key verifies the signature on this certificate.
  [[nodiscard]] bool is_signed_by(const Certificate& issuer) const;

  bool operator==(const Certificate& other) const { return der() == other.der(); }

  struct Impl;  ///< see libdane/x509/openssl_access.hpp, internal
  explicit Certificate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Certificates in the order presented, leaf first.
using Chain = std::vector<Certificate>;

inline constexpr std::size_t max_input_octets = 4U << 20U;  ///< a larger file is refused
inline constexpr std::size_t max_chain_length = 100;        ///< more certificates are refused

/// PEM (any number, text and other PEM blocks between them are skipped) or one DER certificate.
/// Keys in the file are ignored.  \param where  names the input in errors, e.g. a file name; the
/// error's `where` adds which certificate of a PEM file and its line.
/// \return `input-empty`, `no-certificate`, `certificate-invalid`, `chain-too-long`,
/// `input-too-large`.
[[nodiscard]] Result<Chain> parse_certificates(ByteView input, std::string_view where,
                                               std::size_t limit = max_chain_length);
/// The same from a file; "-" is standard input.  A pipe, FIFO or terminal is waited for until the
/// deadline.  \return also `file-unreadable` and `file-timeout`.
[[nodiscard]] Result<Chain> read_certificates(const std::filesystem::path& file,
                                              std::size_t limit = max_chain_length,
                                              Deadline deadline = Deadline::max());

/// A file is to hold what a server presents, its own certificate first.  \return
/// `chain-not-leaf-first` when the first is surely a CA's: it issued one that follows, or it names
/// no host and another CA issued it.  A self-signed server certificate may well be marked as a
/// CA's.
[[nodiscard]] Result<void> check_leaf_first(const Chain& chain, std::string_view where);

/// SubjectPublicKeyInfo DER of a private or public key, PEM or DER, unencrypted; the first key of
/// a PEM file.  "-" is standard input.  Never asks for a pass phrase.
/// \return `no-key`, `key-invalid`, `key-encrypted`, `input-empty`,
/// `input-too-large`, `file-unreadable`, `file-timeout`.
[[nodiscard]] Result<Bytes> read_public_key(const std::filesystem::path& file,
                                            Deadline deadline = Deadline::max());

/// Certificates of the operating system's trust store (OpenSSL's default file and folder);
/// what cannot be read there is left out.
[[nodiscard]] Chain load_system_trust_anchors();

/// Digest of octets.  RFC 6698 section 2.1.3.
[[nodiscard]] Bytes sha256(ByteView octets);
[[nodiscard]] Bytes sha512(ByteView octets);

}  // namespace dane::x509
