#include "libdane/x509/distinguished_name.hpp"

#include <array>
#include <memory>

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "dane/core/bytes.hpp"
#include "dane/core/text.hpp"

#include "libdane/x509/openssl_access.hpp"

namespace dane::x509 {

namespace {

constexpr std::size_t max_value = 256;
constexpr std::size_t max_name = 1024;

bool is_character_string(const ASN1_STRING* s) {
  switch (ASN1_STRING_type(s)) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_NUMERICSTRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_UNIVERSALSTRING:
    case V_ASN1_BMPSTRING:
      return true;
    default:
      return false;
  }
}

/// RFC 2253 section 2.4.  printable() has taken care of the backslash.
std::string escape_specials(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool edge_blank = c == ' ' && (i == 0 || i + 1 == text.size());
    const bool leading_hash = c == '#' && i == 0;
    const bool special = std::string_view(",+\"<>;").find(c) != std::string_view::npos;
    if (edge_blank || leading_hash || special) out += '\\';
    out += c;
  }
  return out;
}

std::string format_value(const ASN1_STRING* value) {
  if (!is_character_string(value)) {
    const auto octets = octets_of(value);
    return "#" + to_hex(to_bytes(octets.substr(0, max_value / 2))) +
           (octets.size() > max_value / 2 ? "..." : "");
  }
  const auto text = utf8_of(value);
  return escape_specials(printable(text ? std::string_view(*text) : octets_of(value), max_value));
}

std::string format_type(const ASN1_OBJECT* type) {
  const int nid = OBJ_obj2nid(type);
  if (nid != NID_undef) return OBJ_nid2sn(nid);
  std::array<char, 128> dotted{};
  OBJ_obj2txt(dotted.data(), static_cast<int>(dotted.size()), type, 1);
  return printable(dotted.data());
}

}  // namespace

std::optional<std::string> utf8_of(const ASN1_STRING* value) {
  const ErrorMark mark;
  unsigned char* raw = nullptr;
  const int length = ASN1_STRING_to_UTF8(&raw, value);
  if (length < 0) return std::nullopt;
  struct Free {
    void operator()(unsigned char* p) const { OPENSSL_free(p); }
  };
  const std::unique_ptr<unsigned char, Free> owner(raw);
  return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
}

std::string format_distinguished_name(const X509_NAME* name) {
  std::string out;
  int previous_rdn = -1;
  for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const int rdn = X509_NAME_ENTRY_set(entry);
    if (!out.empty()) out += rdn == previous_rdn ? '+' : ',';
    if (out.size() > max_name) return out + "...";
    out += format_type(X509_NAME_ENTRY_get_object(entry)) + "=" +
           format_value(X509_NAME_ENTRY_get_data(entry));
    previous_rdn = rdn;
  }
  return out;
}

}  // namespace dane::x509
