#include "tools/common/name_argument.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "dane/core/ip_address.hpp"

#include "tools/common/usage.hpp"

namespace dane::tools {

namespace {

struct Mistake {
  std::string what;
  std::string hint;
};

constexpr std::string_view digits = "0123456789";

bool is_name(std::string_view text) {
  return DomainName::parse(text).has_value();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// NAME and PORT of "NAME:PORT"; the port is empty when there is none.
struct HostAndPort {
  std::string_view host, port;
};

HostAndPort split_port(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {text, {}};
  const auto port = text.substr(colon + 1);
  if (port.empty() || port.find_first_not_of(digits) != std::string_view::npos) return {text, {}};
  return {text.substr(0, colon), port};
}

std::string advise(std::string_view name, std::string_view port, NameFor use) {
  if (!is_name(name)) {
    return use == NameFor::mail_domain ? "give the domain alone, such as example.com"
                                       : "give the name alone, such as mx.example.com";
  }
  if (port.empty() || use == NameFor::reference) return fmt::format("write {}", name);
  return use == NameFor::host ? fmt::format("write {}:{}", name, port)
                              : fmt::format("one service is checked with --host {}:{}", name, port);
}

std::optional<Mistake> find_blanks(std::string_view text, NameFor use) {
  const auto inner = trimmed(text);
  if (inner == text || inner.empty()) return std::nullopt;
  return Mistake{"white space before or behind the name", advise(inner, {}, use)};
}

std::optional<Mistake> find_url(std::string_view text, NameFor use) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  auto host = text.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host.remove_prefix(host.rfind('@') + 1);  // npos + 1 is 0
  const auto [name, port] = split_port(host);
  return Mistake{"a URL, not a domain name", advise(name, use == NameFor::host ? port : "", use)};
}

std::optional<Mistake> find_mail_address(std::string_view text, NameFor use) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto domain = text.substr(at + 1);
  return Mistake{"a mail address, not a domain name",
                 is_name(domain) ? fmt::format("give the part after the @: {}", domain)
                                 : advise(domain, {}, use)};
}

std::optional<Mistake> find_address(std::string_view text, NameFor use) {
  const auto hint = use == NameFor::mail_domain
                        ? "give the mail domain, the part after the @ of its mail addresses"
                        : "TLSA records and certificates speak of names: give the host's name";
  auto inner = text;
  if (const auto end = text.find(']'); text.starts_with('[') && end != std::string_view::npos)
    inner = text.substr(1, end - 1);
  if (IpAddress::parse(inner) || IpAddress::parse(split_port(inner).host))
    return Mistake{"an IP address, not a domain name", hint};
  if (!text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
      text.find_first_of(digits) != std::string_view::npos)
    return Mistake{"digits alone are no domain name", hint};
  return std::nullopt;
}

std::optional<Mistake> find_port(std::string_view text, NameFor use) {
  const auto [name, port] = split_port(text);
  if (port.empty() || !is_name(name)) return std::nullopt;
  return Mistake{"a name and a port, not a domain name", advise(name, port, use)};
}

}  // namespace

Result<DomainName> parse_name_argument(std::string_view text, std::string_view what, NameFor use) {
  auto name = DomainName::parse(text);
  if (name) return name;
  for (const auto find : {find_blanks, find_url, find_mail_address, find_address, find_port}) {
    if (const auto mistake = find(text, use))
      return usage_error(fmt::format("{} '{}': {}", what, shown(text), mistake->what),
                         mistake->hint);
  }
  const auto& error = name.error();
  return usage_error(fmt::format("{} '{}': {}", what, shown(text), error.what),
                     error.remedy.empty() ? advise({}, {}, use) : error.remedy);
}

}  // namespace dane::tools
