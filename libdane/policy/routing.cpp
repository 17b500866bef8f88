#include "libdane/policy/routing.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/policy/lint.hpp"

namespace dane::policy {

namespace {

/// Tables and hosts: set, they send mail somewhere.
constexpr std::array<std::string_view, 5> routes = {
    "transport_maps", "sender_dependent_relayhost_maps", "sender_dependent_default_transport_maps",
    "smtp_fallback_relay", "fallback_relay"};
/// "smtp:[mx.example.com]" sends mail somewhere, "smtp" does not.
constexpr std::array<std::string_view, 7> transports = {
    "default_transport", "relay_transport",    "local_transport", "virtual_transport",
    "mailbox_transport", "fallback_transport", "content_filter"};

std::string relayhost(const Case& c) {
  return printable(c.context.settings.relayhost, 128);
}

/// Over SMTP, to another machine.
bool names_host(std::string_view transport) {
  const auto colon = transport.find(':');
  if (colon == std::string_view::npos || transport.starts_with("lmtp:")) return false;
  const auto host = transport.substr(colon + 1);
  for (const auto* const here : {"unix:", "inet:", "127.", "[127.", "[::1]", "localhost"})
    if (host.starts_with(here)) return false;
  return !host.empty();
}

Finding bypass(const Case& c) {
  const auto& routing = c.context.routing;
  return make_finding(
      Severity::note, "policy-relayhost", {"P12", "P21"}, c.nexthop(),
      fmt::format("relayhost sends mail for other domains to {}, and Postfix looks up that key "
                  "alone{}.",
                  relayhost(c),
                  routing.empty()
                      ? ""
                      : fmt::format("; {}, which {} not followed here, may send some to "
                                    "this destination all the same",
                                    list(routing), routing.size() == 1 ? "is" : "are")),
      fmt::format("See where the mail does go: tls-policy-check '{}'.", relayhost(c)));
}

}  // namespace

std::vector<std::string> routing_parameters(const postfix::Assignments& assignments) {
  std::vector<std::string> out;
  for (const auto& [name, assignment] : assignments) {
    const auto& value = assignment.value;
    const bool is_route = std::ranges::find(routes, name) != routes.end() && !value.empty();
    const bool is_transport =
        std::ranges::find(transports, name) != transports.end() && names_host(value);
    if (is_route || is_transport) out.push_back(name);
  }
  return out;
}

bool is_bypassed(const postfix::Settings& settings, std::string_view nexthop) {
  const auto relays = postfix::split_list(settings.relayhost, false);
  return !relays.empty() && std::ranges::none_of(relays, [&](const std::string& relay) {
    return equal_fold(relay, nexthop);
  });
}

std::string bypass_words(const Case& c) {
  if (!is_bypassed(c.context.settings, c.judged.destination.text)) return {};
  if (c.context.routing.empty())
    return fmt::format("No mail goes straight there, relayhost sends it to {}. If it did: ",
                       relayhost(c));
  return fmt::format("Only if {} sends mail straight there, past relayhost: ",
                     list(c.context.routing));
}

Findings with_bypass(const Case& c, Findings findings) {
  if (!is_bypassed(c.context.settings, c.judged.destination.text)) return findings;
  if (c.context.routing.empty()) {
    for (auto& finding : findings) finding.severity = std::min(finding.severity, Severity::warning);
  }
  findings.push_back(bypass(c));
  return findings;
}

}  // namespace dane::policy
