#include <memory>

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include "dane/core/domain_name.hpp"
#include "dane/postfix/name_match.hpp"

#include "libdane/postfix/name_text.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {

namespace {

constexpr std::string_view other_full_stops[] = {"\xE3\x80\x82", "\xEF\xBC\x8E", "\xEF\xBD\xA1"};

/// A pattern, taken apart but not yet converted.
struct Meaning {
  std::string_view name;
  bool any_subdomain = false;
};

/// A dot in front, also a Unicode full stop, asks for sub-domains; alone it is a name.  P15
Meaning literal(std::string_view text) {
  if (text.size() > 1 && text.front() == '.') return {text.substr(1), true};
  for (const auto stop : other_full_stops) {
    if (text.starts_with(stop) && text.size() > stop.size()) {
      return {text.substr(stop.size()), true};
    }
  }
  return {text, false};
}

Meaning meaning_of(std::string_view pattern, std::string_view nexthop, std::string_view hostname) {
  if (equal_ignoring_case(pattern, "nexthop")) return {nexthop, false};
  if (equal_ignoring_case(pattern, "dot-nexthop")) return {nexthop, true};  // P13
  if (equal_ignoring_case(pattern, "hostname")) return {hostname, false};   // P14
  return literal(pattern);
}

/// P18: what cannot be converted stays as it is.
std::string to_a_labels(std::string_view name) {
  if (is_ascii(name)) return std::string(name);
  const auto converted = DomainName::parse(name);
  return converted ? converted->to_string() : std::string(name);
}

/// Fills in what OpenSSL is given; empties the reference where it does not take it.
void prepare_for_openssl(ExpectedName& name, ExpectedNames& out, bool& have_address) {
  if (name.pattern == ".") {
    out.warnings.emplace_back("ignoring invalid match name: \".\"");
    name.reference.clear();
    return;
  }
  name.is_address = openssl_address(name.reference).has_value();
  if (name.is_address && have_address) {  // one address a session
    out.warnings.push_back(fmt::format("error loading match name: \"{}\"", name.reference));
    name.reference.clear();
  }
  have_address = have_address || name.is_address;
}

}  // namespace

std::optional<Bytes> openssl_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const x509::ErrorMark quiet;
  const std::unique_ptr<ASN1_OCTET_STRING, x509::Deleter<ASN1_OCTET_STRING_free>> octets(
      a2i_IPADDRESS(std::string(text).c_str()));
  if (!octets) return std::nullopt;
  const auto* data = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(octets.get()));
  return Bytes(data, data + ASN1_STRING_length(octets.get()));
}

ExpectedNames expand_match(const std::vector<std::string>& patterns, std::string_view nexthop,
                           std::string_view hostname, const Version& version) {
  const bool by_openssl = features_of(version).era != MatchEra::own;
  ExpectedNames out;
  bool have_address = false;
  std::size_t loaded = 0;
  for (const auto& pattern : patterns) {
    const auto meaning = meaning_of(pattern, nexthop, hostname);
    ExpectedName name{pattern, to_a_labels(meaning.name), meaning.any_subdomain, false};
    if (meaning.any_subdomain) name.reference.insert(0, 1, '.');
    if (by_openssl) prepare_for_openssl(name, out, have_address);
    if (!name.reference.empty()) ++loaded;
    out.names.push_back(std::move(name));
  }
  if (by_openssl && loaded == 0) {  // P16: OpenSSL would check no name at all
    out.warnings.emplace_back("could not configure peer name checks");
    out.cannot_match = true;
  }
  return out;
}

}  // namespace dane::postfix
