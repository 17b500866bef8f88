#include "dane/core/bytes.hpp"

#include <array>

#include "dane/core/text.hpp"

namespace dane {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr int no_value = -1;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return no_value;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return no_value;
}

std::uint32_t octet_at(ByteView bytes, std::size_t i) {
  return i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i]) : 0;
}

tl::unexpected<Error> bad_base64(std::string what) {
  return fail("base64-invalid", std::move(what));
}

}  // namespace

Bytes to_bytes(std::string_view octets) {
  const auto view = std::as_bytes(std::span(octets.data(), octets.size()));
  return {view.begin(), view.end()};
}

std::string to_octets(ByteView bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const std::byte b : bytes) out.push_back(static_cast<char>(b));
  return out;
}

std::string to_hex(ByteView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    const auto value = std::to_integer<unsigned>(b);
    out.push_back(hex_digits[value >> 4U]);
    out.push_back(hex_digits[value & 0xFU]);
  }
  return out;
}

Result<Bytes> from_hex(std::string_view hex) {
  // The digits are looked at first: "12 " is better explained by its blank than by its length.
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (hex_value(hex[i]) == no_value) {
      return fail("hex-bad-digit", "\"" + printable(hex.substr(i, 1)) + "\" at position " +
                                       std::to_string(i + 1) + " is not a hexadecimal digit");
    }
  }
  if (hex.size() % 2 != 0) {
    return fail("hex-odd-length",
                "an odd number of hexadecimal digits: " + std::to_string(hex.size()));
  }
  Bytes out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    out.push_back(static_cast<std::byte>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1])));
  }
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group =
        octet_at(bytes, i) << 16U | octet_at(bytes, i + 1) << 8U | octet_at(bytes, i + 2);
    out.push_back(base64_alphabet[group >> 18U & 63U]);
    out.push_back(base64_alphabet[group >> 12U & 63U]);
    out.push_back(i + 1 < bytes.size() ? base64_alphabet[group >> 6U & 63U] : '=');
    out.push_back(i + 2 < bytes.size() ? base64_alphabet[group & 63U] : '=');
  }
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return bad_base64("the length is not a multiple of four");
  std::size_t padding = 0;
  if (text.ends_with("==")) {
    padding = 2;
  } else if (text.ends_with('=')) {
    padding = 1;
  }
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  const std::size_t digits = text.size() - padding;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int value = base64_value(text[i]);
    if (value == no_value) {
      return bad_base64("\"" + printable(text.substr(i, 1)) + "\" at position " +
                        std::to_string(i + 1) + " is no base64 digit");
    }
    pending = (pending << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::byte>(pending >> bits & 0xFFU));
    }
  }
  // RFC 4648 section 3.5: one text for one value, so that comparing texts is comparing octets.
  if ((pending & ((1U << bits) - 1U)) != 0) return bad_base64("the unused bits are not zero");
  return out;
}

}  // namespace dane
