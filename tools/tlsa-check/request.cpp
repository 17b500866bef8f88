#include "tools/tlsa-check/request.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/common/name_argument.hpp"
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

/// "HOST" or "HOST:PORT"; an IPv6 address and a URL have a colon, too, and are refused as a name.
Result<void> take_host(const std::string& text, Request& r, bool& port_given) {
  std::string_view host = text;
  const auto colon = host.find(':');
  if (colon != std::string_view::npos && colon == host.rfind(':') &&
      !host.substr(colon).starts_with("://")) {
    const auto port = parse_port(host.substr(colon + 1), "--host");
    if (!port) return tl::unexpected(port.error());
    if (port_given && r.port != *port)
      return usage_error("--host and --port name different ports", "give the port once");
    r.port = *port;
    port_given = true;
    host = host.substr(0, colon);
  }
  auto name = parse_name_argument(host, "--host", NameFor::host);
  if (!name) return tl::unexpected(name.error());
  r.is_host = true;
  r.domains = {std::move(*name)};
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
  if (a.starttls) {
    const auto protocol = probe::parse_protocol(*a.starttls);
    if (!protocol) {
      return usage_error(fmt::format("--starttls: unknown protocol '{}'", shown(*a.starttls, 64)),
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

Result<void> refuse_without_cert(const Arguments& a) {
  const auto refuse = [](std::string_view option) {
    return usage_error(fmt::format("{} without --cert", option),
                       "it is for the rehearsal of a renewal: name the new chain with --cert");
  };
  if (a.key) return refuse("--key");
  if (!a.authorities.empty()) return refuse("--authority");
  if (a.authority_port) return refuse("--authority-port");
  return {};
}

Result<void> take_authorities(const Arguments& a, Request& r) {
  if (a.authority_port) {
    const auto port = parse_port(*a.authority_port, "--authority-port");
    if (!port) return tl::unexpected(port.error());
    r.authority_port = *port;
  }
  for (const auto& text : a.authorities) {
    const auto server = parse_endpoint(text, r.authority_port);
    if (!server)
      return usage_error(fmt::format("--authority: '{}' is no address", shown(text, 64)),
                         "write ADDR or ADDR@PORT");
    r.authority_servers.push_back(*server);
  }
  return {};
}

Result<void> take_rehearsal(const Arguments& a, Request& r, Deadline deadline) {
  if (!a.cert) return refuse_without_cert(a);
  if (const auto taken = take_authorities(a, r); !taken) return taken;
  auto chain = x509::read_certificates(*a.cert, x509::max_chain_length, deadline);
  if (!chain) return tl::unexpected(chain.error());
  if (const auto fine = x509::check_leaf_first(*chain, printable(*a.cert, 200)); !fine)
    return tl::unexpected(fine.error());
  r.rehearsal = check::Rehearsal{std::move(*chain), printable(*a.cert, 200)};
  if (!a.key) return {};
  const auto key = x509::read_public_key(*a.key, deadline);
  if (!key) return tl::unexpected(key.error());
  r.rehearsal->key_belongs = *key == r.rehearsal->chain.front().spki_der();
  return {};
}

Result<void> take_domains(const Arguments& a, Request& r) {
  if (a.starttls && *a.starttls != "smtp") {
    return usage_error("--starttls without --host",
                       "mail to a domain speaks SMTP; use --host for other services");
  }
  for (const auto& text : a.domains) {
    auto name = parse_name_argument(text, "domain", NameFor::mail_domain);
    if (!name) return tl::unexpected(name.error());
    if (std::find(r.domains.begin(), r.domains.end(), *name) == r.domains.end())
      r.domains.push_back(std::move(*name));
  }
  return {};
}

Result<void> take_targets(const Arguments& a, Request& r) {
  if (a.host && !a.domains.empty()) {
    return usage_error("--host contradicts a mail domain",
                       "--host checks one service without an MX step: give one of them");
  }
  if (!a.host && a.domains.empty()) {
    return usage_error("no domain given",
                       "name a mail domain, for example: tlsa-check example.com");
  }
  if (a.port) {
    const auto port = parse_port(*a.port, "--port");
    if (!port) return tl::unexpected(port.error());
    r.port = *port;
  }
  if (!a.host) return take_domains(a, r);
  bool port_given = a.port.has_value();
  if (const auto taken = take_host(*a.host, r, port_given); !taken) return taken;
  return take_protocol(a, r, port_given);
}

Result<void> take_families(const Arguments& a, Request& r) {
  if (a.only_ipv4 && a.only_ipv6) return usage_error("-4 contradicts -6", "give one of them");
  r.ipv4 = !a.only_ipv6;
  r.ipv6 = !a.only_ipv4;
  r.without_sni = a.without_sni;
  return {};
}

Result<void> take_reference_host(const Arguments& a, Request& r) {
  // The default host serves port 25 alone: of other ports it would say nothing.
  const auto reference = a.reference_host.value_or(r.port == 25 ? default_reference_host : "");
  if (reference.empty()) return {};
  auto name = parse_name_argument(reference, "--reference-host", NameFor::host);
  if (!name) return tl::unexpected(name.error());
  r.reference_host = std::move(*name);
  return {};
}

}  // namespace

bool is_offline(const Arguments& a) {
  return a.chain || !a.tlsa.empty() || !a.names.empty();
}

Result<void> refuse_empty_files(const Arguments& a) {
  return refuse_empty({{a.host, "--host"},
                       {a.cert, "--cert"},
                       {a.key, "--key"},
                       {a.chain, "--chain"},
                       {a.ca_file, "--ca-file"}});
}

Result<Request> check_arguments(const Arguments& a, Deadline deadline) {
  Request r;
  if (const auto taken = take_targets(a, r); !taken) return tl::unexpected(taken.error());
  if (const auto taken = take_families(a, r); !taken) return tl::unexpected(taken.error());
  // RFC 7672 speaks of SMTP; other services follow RFC 6698 with all four usages.
  if (r.protocol != probe::Protocol::smtp) r.judgement.profile = tlsa::Profile::any;
  auto judgement = take_judgement(a, r.judgement);
  if (!judgement) return tl::unexpected(judgement.error());
  r.judgement = std::move(*judgement);
  if (const auto taken = take_reference_host(a, r); !taken) return tl::unexpected(taken.error());
  if (const auto taken = take_rehearsal(a, r, deadline); !taken)
    return tl::unexpected(taken.error());
  return r;
}

Result<std::optional<x509::Chain>> read_trust(const Judgement& judgement, Deadline deadline) {
  constexpr std::size_t largest_bundle = 10'000;
  if (judgement.no_ca) return x509::Chain{};
  if (judgement.ca_file.empty()) return std::nullopt;
  auto read = x509::read_certificates(judgement.ca_file, largest_bundle, deadline);
  if (!read) return tl::unexpected(read.error());
  return std::move(*read);
}

}  // namespace dane::tools::tlsa_check
