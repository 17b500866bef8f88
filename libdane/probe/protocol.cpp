// The words of this module's enumerations.

#include <array>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/probe/prober.hpp"

namespace dane::probe {
namespace {

// "none" is what --starttls takes, and what is written where it is read again.
constexpr std::array<std::pair<Protocol, std::string_view>, 8> protocols{{
    {Protocol::implicit, "none"},
    {Protocol::smtp, "smtp"},
    {Protocol::imap, "imap"},
    {Protocol::pop3, "pop3"},
    {Protocol::sieve, "sieve"},
    {Protocol::ldap, "ldap"},
    {Protocol::xmpp, "xmpp"},
    {Protocol::ftp, "ftp"},
}};

constexpr std::array<std::pair<ProbeFailure, std::string_view>, 16> failures{{
    {ProbeFailure::no_route, "no-route"},
    {ProbeFailure::refused, "refused"},
    {ProbeFailure::connect_timeout, "connect-timeout"},
    {ProbeFailure::connect_failed, "connect-failed"},
    {ProbeFailure::greeting_timeout, "greeting-timeout"},
    {ProbeFailure::greeting_rejected, "greeting-rejected"},
    {ProbeFailure::not_the_protocol, "not-the-protocol"},
    {ProbeFailure::closed, "closed"},
    {ProbeFailure::starttls_not_offered, "starttls-not-offered"},
    {ProbeFailure::starttls_rejected, "starttls-rejected"},
    {ProbeFailure::plaintext_injected, "plaintext-injected"},
    {ProbeFailure::handshake_failed, "handshake-failed"},
    {ProbeFailure::no_certificate, "no-certificate"},
    {ProbeFailure::timeout, "timeout"},
    {ProbeFailure::no_time, "no-time"},
    {ProbeFailure::not_recorded, "not-recorded"},
}};

constexpr std::array<std::pair<TlsVersion, std::string_view>, 5> tls_versions{{
    {TlsVersion::ssl3, "SSLv3"},
    {TlsVersion::tls1, "TLSv1"},
    {TlsVersion::tls1_1, "TLSv1.1"},
    {TlsVersion::tls1_2, "TLSv1.2"},
    {TlsVersion::tls1_3, "TLSv1.3"},
}};

constexpr std::array<std::pair<ProbeStage, std::string_view>, 7> stages{{
    {ProbeStage::connect, "connect"},
    {ProbeStage::greeting, "greeting"},
    {ProbeStage::ehlo, "ehlo"},
    {ProbeStage::helo, "helo"},
    {ProbeStage::starttls, "starttls"},
    {ProbeStage::handshake, "handshake"},
    {ProbeStage::in_tls, "in-tls"},
}};

template <class Table, class Value>
std::string word_of(const Table& table, Value value) {
  for (const auto& [known, word] : table)
    if (known == value) return std::string(word);
  return "?";
}

}  // namespace

Result<Protocol> parse_protocol(std::string_view text) {
  for (const auto& [protocol, word] : protocols)
    if (word == text) return protocol;
  return fail("protocol-unknown", fmt::format("unknown protocol \"{}\"", printable(text, 40)), {},
              "one of smtp, imap, pop3, sieve, ldap, xmpp, ftp, none");
}

std::string to_string(Protocol protocol) {
  return word_of(protocols, protocol);
}

std::string to_string(Offer offer) {
  switch (offer) {
    case Offer::rsa:
      return "RSA";
    case Offer::ecdsa:
      return "ECDSA";
    case Offer::any:
      break;
  }
  return "any";
}

std::string to_string(TlsVersion version) {
  return word_of(tls_versions, version);
}

Result<TlsVersion> parse_tls_version(std::string_view text) {
  for (const auto& [version, word] : tls_versions)
    if (word == text) return version;
  return fail("tls-version-unknown",
              fmt::format("unknown TLS version \"{}\"", printable(text, 40)));
}

std::string to_string(ProbeStage stage) {
  return word_of(stages, stage);
}

Result<ProbeStage> parse_probe_stage(std::string_view text) {
  for (const auto& [stage, word] : stages)
    if (word == text) return stage;
  return fail("probe-stage-unknown",
              fmt::format("unknown stage of a probe \"{}\"", printable(text, 40)));
}

std::string to_string(ProbeFailure failure) {
  return word_of(failures, failure);
}

Result<ProbeFailure> parse_probe_failure(std::string_view text) {
  for (const auto& [failure, word] : failures)
    if (word == text) return failure;
  return fail("probe-failure-unknown",
              fmt::format("unknown kind of probe failure \"{}\"", printable(text, 40)));
}

}  // namespace dane::probe
