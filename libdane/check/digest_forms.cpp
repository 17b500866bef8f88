#include "libdane/check/digest_forms.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace dane::check {

namespace {

constexpr unsigned der_integer = 0x02;
constexpr unsigned der_bit_string = 0x03;
constexpr unsigned der_sequence = 0x30;

/// Takes one DER element with this tag off the front of `rest` and returns its content.
std::optional<ByteView> take_element(ByteView& rest, unsigned tag) {
  if (rest.size() < 2 || std::to_integer<unsigned>(rest[0]) != tag) return std::nullopt;
  std::size_t length = std::to_integer<std::size_t>(rest[1]);
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7fU;
    if (octets == 0 || octets > 4 || rest.size() < 2 + octets) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < octets; ++i)
      length = (length << 8U) | std::to_integer<std::size_t>(rest[2 + i]);
    header += octets;
  }
  if (rest.size() - header < length) return std::nullopt;
  const auto content = rest.subspan(header, length);
  rest = rest.subspan(header + length);
  return content;
}

std::string upper(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

/// Lines of 64 characters, the last one ended too.
std::string wrapped_base64(ByteView der) {
  const auto text = to_base64(der);
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "\n";
  return out;
}

std::string pem(ByteView der, std::string_view label) {
  const std::string name(label);
  return "-----BEGIN " + name + "-----\n" + wrapped_base64(der) + "-----END " + name + "-----\n";
}

void add(std::vector<DigestForm>& forms, const std::string& text, std::string what) {
  forms.push_back({to_bytes(text), std::move(what)});
}

/// The text as it stands in a file, without its last line end, and with CR LF.
void add_text(std::vector<DigestForm>& forms, std::string text, const std::string& what) {
  add(forms, text, what);
  add(forms, with_crlf(text), what + " (with CR LF line ends)");
  text.pop_back();
  add(forms, text, what + " (without the last line end)");
  add(forms, with_crlf(text), what + " (with CR LF line ends, without the last one)");
}

void add_der(std::vector<DigestForm>& forms, ByteView der, std::string_view label,
             const std::string& object) {
  add_text(forms, pem(der, label), "the PEM text of " + object);
  add_text(forms, wrapped_base64(der), "the Base64 text of " + object);
  add_text(forms, to_base64(der) + "\n", "the Base64 text of " + object + " on one line");
  add_text(forms, to_hex(der) + "\n", "the hexadecimal text of " + object);
  add_text(forms, upper(to_hex(der)) + "\n", "the upper-case hexadecimal text of " + object);
}

void add_rsa(std::vector<DigestForm>& forms, ByteView bits) {
  const auto modulus = rsa_modulus(bits);
  if (modulus.empty()) return;
  const std::string what = "the RSA modulus";
  forms.push_back({modulus, what});
  const auto hex = upper(to_hex(modulus));
  add_text(forms, "Modulus=" + hex + "\n", "the output of \"openssl rsa -modulus\"");
  add_text(forms, hex + "\n", what + " as hexadecimal text");
}

}  // namespace

Bytes key_bits(ByteView spki_der) {
  auto rest = spki_der;
  auto body = take_element(rest, der_sequence);
  if (!body || !take_element(*body, der_sequence)) return {};
  const auto bits = take_element(*body, der_bit_string);
  if (!bits || bits->size() < 2) return {};
  return {bits->begin() + 1, bits->end()};  // the first octet counts unused bits
}

Bytes rsa_modulus(ByteView rsa_public_key) {
  auto rest = rsa_public_key;
  auto body = take_element(rest, der_sequence);
  if (!body || !rest.empty()) return {};
  const auto modulus = take_element(*body, der_integer);
  if (!modulus || !take_element(*body, der_integer) || !body->empty()) return {};
  const auto first = std::ranges::find_if(*modulus, [](std::byte b) { return b != std::byte{0}; });
  return {first, modulus->end()};
}

std::vector<DigestForm> wrong_forms(const x509::Certificate& certificate) {
  std::vector<DigestForm> forms;
  add_der(forms, certificate.der(), "CERTIFICATE", "the certificate");
  add_der(forms, certificate.spki_der(), "PUBLIC KEY", "the public key");
  if (const auto bits = key_bits(certificate.spki_der()); !bits.empty()) {
    forms.push_back({bits, "the bare key bits (without the algorithm identifier)"});
    if (certificate.key_type() == x509::KeyType::rsa) {
      add_text(forms, pem(bits, "RSA PUBLIC KEY"), "the PEM text of the RSA public key");
      add_rsa(forms, bits);
    }
  }
  return forms;
}

std::vector<DigestForm> chain_file_forms(const x509::Chain& chain) {
  std::vector<DigestForm> forms;
  if (chain.size() < 2) return forms;
  std::string text;
  std::string spaced;  // certbot leaves a blank line between certificates
  for (const auto& certificate : chain) {
    const auto one = pem(certificate.der(), "CERTIFICATE");
    text += one;
    spaced += (spaced.empty() ? "" : "\n") + one;
  }
  add_text(forms, text, "the whole chain file in PEM");
  add_text(forms, spaced, "the whole chain file in PEM");
  return forms;
}

}  // namespace dane::check
