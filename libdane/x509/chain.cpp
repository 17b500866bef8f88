#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <openssl/x509.h>

#include "dane/core/text.hpp"
#include "dane/x509/certificate.hpp"

#include "libdane/x509/input.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::x509 {

namespace {

constexpr std::size_t max_trust_anchors = 10000;

constexpr std::string_view trusted_label = "TRUSTED CERTIFICATE";

bool is_certificate(const PemBlock& block) {
  return block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE" ||
         block.label == trusted_label;
}

/// OpenSSL's own form: a certificate with trust settings behind it, which we leave away.
Result<Certificate> decode_trusted(const Bytes& octets) {
  const ErrorMark mark;
  const auto* end = reinterpret_cast<const unsigned char*>(octets.data());
  const X509Ptr x509(d2i_X509_AUX(nullptr, &end, static_cast<long>(octets.size())));
  if (!x509) {
    return fail("certificate-invalid", "the certificate does not decode: " + mark.reason());
  }
  const auto length = static_cast<std::size_t>(i2d_X509(x509.get(), nullptr));
  return Certificate::decode_der(ByteView(octets).first(std::min(length, octets.size())));
}

Result<Certificate> decode_block(const PemBlock& block) {
  const auto octets = decode_pem(block);
  if (!octets) {
    auto error = octets.error();
    error.code = "certificate-invalid";
    return tl::unexpected(std::move(error));
  }
  return block.label == trusted_label ? decode_trusted(*octets) : Certificate::decode_der(*octets);
}

tl::unexpected<Error> too_many(std::size_t limit, std::string_view where) {
  return fail("chain-too-long", fmt::format("more than {} certificates", limit),
              std::string(where));
}

tl::unexpected<Error> no_certificate(ByteView input, const std::vector<PemBlock>& blocks,
                                     std::string_view where) {
  if (!blocks.empty()) {
    return fail("no-certificate",
                fmt::format("no certificate, only PEM blocks such as \"{}\"",
                            printable(blocks.front().label, 64)),
                std::string(where), "give the file that holds the certificate chain");
  }
  const auto text = as_text(input);
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  return fail(
      "no-certificate",
      utf16 ? "no certificate: the file is UTF-16 text" : "neither PEM nor a DER certificate",
      std::string(where),
      utf16 ? "save it as plain ASCII text" : "give a PEM file, or one certificate in DER");
}

Result<Chain> parse_pem(const std::vector<PemBlock>& blocks, std::string_view where,
                        std::size_t limit) {
  Chain chain;
  for (const auto& block : blocks) {
    if (!is_certificate(block)) continue;
    if (chain.size() == limit) return too_many(limit, where);
    auto certificate = decode_block(block);
    if (!certificate) {
      auto error = certificate.error();
      error.where =
          fmt::format("{}, certificate {} (line {})", where, chain.size() + 1, block.line);
      return tl::unexpected(std::move(error));
    }
    chain.push_back(std::move(*certificate));
  }
  return chain;
}

Result<Chain> parse_der(ByteView input, std::string_view where, std::size_t limit) {
  if (limit == 0) return too_many(limit, where);
  auto certificate = Certificate::decode_der(input);
  if (certificate) return Chain{std::move(*certificate)};
  auto error = certificate.error();
  error.where = where;
  return tl::unexpected(std::move(error));
}

std::filesystem::path from_environment(const char* variable, const char* otherwise) {
  const char* value = secure_getenv(variable);
  return value != nullptr ? value : otherwise;
}

/// "4a6481c9.0": how OpenSSL finds certificates in a folder.
bool is_hashed_name(const std::string& name) {
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return name.size() > 9 && std::all_of(name.begin(), name.begin() + 8, is_hex) && name[8] == '.' &&
         std::all_of(name.begin() + 9, name.end(), is_digit);
}

}  // namespace

Result<Chain> parse_certificates(ByteView input, std::string_view where, std::size_t limit) {
  const std::string place = printable(where);
  if (input.empty()) return fail("input-empty", "the input is empty", place);
  if (input.size() > max_input_octets) {
    return fail("input-too-large", "the input is larger than 4 MiB", place);
  }
  if (looks_like_der(input)) return parse_der(input, place, limit);
  const auto blocks = find_pem_blocks(as_text(input));
  if (std::none_of(blocks.begin(), blocks.end(), is_certificate)) {
    return no_certificate(input, blocks, place);
  }
  return parse_pem(blocks, place, limit);
}

Result<Chain> read_certificates(const std::filesystem::path& file, std::size_t limit,
                                Deadline deadline) {
  auto input = read_input(file, deadline);
  if (!input) return tl::unexpected(input.error());
  auto chain = parse_certificates(*input, file == "-" ? "standard input" : file.native(), limit);
  OPENSSL_cleanse(input->data(), input->size());  // a private key may stand beside the chain
  return chain;
}

Result<void> check_leaf_first(const Chain& chain, std::string_view where) {
  const auto& first = chain.front();
  if (!first.is_ca()) return {};
  const auto name = printable(first.subject(), 100);
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (chain[i].issuer() != first.subject() || chain[i] == first) continue;
    return fail("chain-not-leaf-first",
                fmt::format("the first certificate (\"{}\") issued certificate {} of the file: the "
                            "server's own has to come first",
                            name, i + 1),
                std::string(where), "turn the order: the server's certificate, then its issuers");
  }
  if (first.is_self_issued() || !first.dns_names().empty()) return {};
  return fail("chain-not-leaf-first",
              fmt::format("the first certificate (\"{}\") is a CA's, not a server's", name),
              std::string(where),
              "name the file that begins with the server's certificate (certbot: fullchain.pem)");
}

Chain load_system_trust_anchors() {
  const auto bundle =
      from_environment(X509_get_default_cert_file_env(), X509_get_default_cert_file());
  const auto folder =
      from_environment(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
  Chain anchors;
  std::set<std::string> seen;
  auto add = [&](const std::filesystem::path& file) {
    const auto found = read_certificates(file, max_trust_anchors);
    if (!found) return;  // a missing bundle or an odd file in the folder is nothing unusual
    for (const auto& certificate : *found) {
      if (seen.insert(certificate.cert_sha256()).second) anchors.push_back(certificate);
    }
  };
  add(bundle);
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (is_hashed_name(it->path().filename().native())) add(it->path());
  }
  return anchors;
}

}  // namespace dane::x509
