#include "tools/tlsa-check/request.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/common/usage.hpp"

namespace dane::tools::tlsa_check {

namespace {

// Tried only when nothing at all answers on port 25: a large mail host that is always there.
constexpr auto default_reference_host = "gmail-smtp-in.l.google.com";

constexpr std::pair<std::uint16_t, probe::Protocol> usual_protocols[] = {
    {25, probe::Protocol::smtp},      {587, probe::Protocol::smtp},
    {465, probe::Protocol::implicit}, {143, probe::Protocol::imap},
    {993, probe::Protocol::implicit}, {110, probe::Protocol::pop3},
    {995, probe::Protocol::implicit}, {4190, probe::Protocol::sieve},
    {389, probe::Protocol::ldap},     {636, probe::Protocol::implicit},
    {5222, probe::Protocol::xmpp},    {21, probe::Protocol::ftp},
    {443, probe::Protocol::implicit}, {853, probe::Protocol::implicit},
};

Result<std::uint16_t> parse_port(std::string_view text, std::string_view option) {
  unsigned value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || stop != end || value == 0 || value > 65535) {
    return usage_error(fmt::format("{}: '{}' is no port", option, printable(text, 64)),
                       "give a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(value);
}

Result<DomainName> parse_name(std::string_view text, std::string_view what) {
  auto name = DomainName::parse(text);
  if (!name) {
    return usage_error(fmt::format("{} '{}': {}", what, printable(text, 100), name.error().what),
                       name.error().remedy.empty() ? "give a domain name such as example.com"
                                                   : name.error().remedy);
  }
  return name;
}

Result<void> take_host(const Arguments& a, Request& r) {
  std::string_view host = a.host;
  std::optional<std::uint16_t> port;
  if (const auto colon = host.rfind(':');
      colon != std::string_view::npos && host.find(':') == colon) {
    const auto parsed = parse_port(host.substr(colon + 1), "--host");
    if (!parsed) return tl::unexpected(parsed.error());
    port = *parsed;
    host = host.substr(0, colon);
  }
  if (port && a.port && *a.port != *port)
    return usage_error("--host and --port name different ports", "give the port once");
  auto name = parse_name(host, "--host");
  if (!name) return tl::unexpected(name.error());
  r.is_host = true;
  r.domains = {std::move(*name)};
  if (port) r.port = *port;
  return {};
}

/// No port was named: the protocol's own, where it has just one.
Result<void> take_usual_port(Request& r) {
  const auto* const usual =
      std::find_if(std::begin(usual_protocols), std::end(usual_protocols),
                   [&](const auto& entry) { return entry.second == r.protocol; });
  if (usual == std::end(usual_protocols) || r.protocol == probe::Protocol::implicit) {
    return usage_error("--starttls none needs a port", "write --host HOST:PORT");
  }
  r.port = usual->first;
  return {};
}

Result<void> take_protocol(const Arguments& a, Request& r, bool port_given) {
  if (!a.starttls.empty()) {
    const auto protocol = probe::parse_protocol(a.starttls);
    if (!protocol) {
      return usage_error(
          fmt::format("--starttls: unknown protocol '{}'", printable(a.starttls, 64)),
          "use smtp, imap, pop3, sieve, ldap, xmpp, ftp or none");
    }
    r.protocol = *protocol;
    return port_given ? Result<void>{} : take_usual_port(r);
  }
  const auto* const usual = std::find_if(std::begin(usual_protocols), std::end(usual_protocols),
                                         [&](const auto& entry) { return entry.first == r.port; });
  if (usual == std::end(usual_protocols)) {
    return usage_error(fmt::format("port {} has no usual protocol", r.port),
                       "say --starttls smtp (or imap, pop3, sieve, ldap, xmpp, ftp, none)");
  }
  r.protocol = usual->second;
  return {};
}

Result<tlsa::Profile> take_profile(const Arguments& a, const Request& r) {
  if (a.profile == "smtp") return tlsa::Profile::smtp;
  if (a.profile == "any") return tlsa::Profile::any;
  if (!a.profile.empty()) {
    return usage_error(fmt::format("--profile: unknown profile '{}'", printable(a.profile, 64)),
                       "use smtp or any");
  }
  // RFC 7672 speaks of SMTP; other services follow RFC 6698 with all four usages.
  return r.protocol == probe::Protocol::smtp ? tlsa::Profile::smtp : tlsa::Profile::any;
}

Result<void> take_judgement(const Arguments& a, Request& r) {
  constexpr int longest = 3650;
  r.require_dane = r.require_dane || a.require_dane;
  r.check_ee_names = r.check_ee_names || a.check_ee_names;
  if (a.days) {
    if (*a.days < 0 || *a.days > longest)
      return usage_error(fmt::format("--days: {} is out of range", *a.days), "give 0 to 3650 days");
    r.days = *a.days;
  }
  if (!a.ca_file.empty() && a.no_ca)
    return usage_error("--ca-file and --no-ca contradict each other", "give one of them");
  if (!a.ca_file.empty()) r.ca_file = a.ca_file;
  r.no_ca = r.no_ca || a.no_ca;
  return {};
}

Result<void> take_rehearsal(const Arguments& a, Request& r) {
  constexpr std::uint16_t dns_port = 53;
  if (a.cert.empty()) {
    if (!a.key.empty())
      return usage_error("--key without --cert", "name the new chain with --cert");
    if (!a.authorities.empty() || a.authority_port) {
      return usage_error("--authority without --cert",
                         "authoritative servers are asked when a renewal is rehearsed: add --cert");
    }
    return {};
  }
  auto chain = x509::read_certificates(a.cert);
  if (!chain) return tl::unexpected(chain.error());
  r.rehearsal = check::Rehearsal{std::move(*chain), printable(a.cert, 200)};
  if (!a.key.empty()) {
    const auto key = x509::read_public_key(a.key);
    if (!key) return tl::unexpected(key.error());
    r.rehearsal->key_belongs = *key == r.rehearsal->chain.front().spki_der();
  }
  for (const auto& text : a.authorities) {
    const auto server = parse_endpoint(text, dns_port);
    if (!server)
      return usage_error(fmt::format("--authority: '{}' is no address", printable(text, 64)),
                         "write ADDR or ADDR@PORT");
    r.authority_servers.push_back(*server);
  }
  if (a.authority_port) {
    const auto port = parse_port(std::to_string(*a.authority_port), "--authority-port");
    if (!port) return tl::unexpected(port.error());
    r.authority_port = *port;
  }
  return {};
}

Result<void> take_targets(const Arguments& a, Request& r) {
  if (!a.host.empty() && !a.domains.empty()) {
    return usage_error("--host and a mail domain contradict each other",
                       "--host checks one service without an MX step: give one of them");
  }
  if (a.host.empty() && a.domains.empty()) {
    return usage_error("no domain given",
                       "name a mail domain, for example: tlsa-check example.com");
  }
  if (a.port) {
    const auto port = parse_port(std::to_string(*a.port), "--port");
    if (!port) return tl::unexpected(port.error());
    r.port = *port;
  }
  if (!a.host.empty()) {
    if (const auto taken = take_host(a, r); !taken) return taken;
    return take_protocol(a, r, a.port.has_value() || a.host.find(':') != std::string::npos);
  }
  if (!a.starttls.empty() && a.starttls != "smtp") {
    return usage_error("--starttls without --host",
                       "mail to a domain speaks SMTP; use --host for other services");
  }
  for (const auto& text : a.domains) {
    auto name = parse_name(text, "domain");
    if (!name) return tl::unexpected(name.error());
    if (std::find(r.domains.begin(), r.domains.end(), *name) == r.domains.end())
      r.domains.push_back(std::move(*name));
  }
  return {};
}

}  // namespace

bool is_offline(const Arguments& a) {
  return !a.chain.empty() || !a.tlsa.empty() || !a.names.empty();
}

Result<Request> check_arguments(const Arguments& a) {
  Request r;
  if (const auto taken = take_targets(a, r); !taken) return tl::unexpected(taken.error());
  if (a.only_ipv4 && a.only_ipv6)
    return usage_error("-4 and -6 contradict each other", "give one of them");
  r.ipv4 = !a.only_ipv6;
  r.ipv6 = !a.only_ipv4;
  if (const auto taken = take_judgement(a, r); !taken) return tl::unexpected(taken.error());
  const auto profile = take_profile(a, r);
  if (!profile) return tl::unexpected(profile.error());
  r.profile = *profile;
  if (const auto taken = take_rehearsal(a, r); !taken) return tl::unexpected(taken.error());
  // The default host serves port 25 alone: of other ports it would say nothing.
  const auto reference = a.reference_host.value_or(r.port == 25 ? default_reference_host : "");
  if (!reference.empty()) {
    auto name = parse_name(reference, "--reference-host");
    if (!name) return tl::unexpected(name.error());
    r.reference_host = std::move(*name);
  }
  return r;
}

Result<x509::Chain> load_trust(const std::string& ca_file, bool no_ca) {
  constexpr std::size_t largest_bundle = 10'000;
  if (no_ca) return x509::Chain{};
  if (ca_file.empty()) return x509::load_system_trust_anchors();
  return x509::read_certificates(ca_file, largest_bundle);
}

}  // namespace dane::tools::tlsa_check
