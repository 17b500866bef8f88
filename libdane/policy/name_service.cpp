#include "libdane/policy/name_service.hpp"

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::policy {

namespace {

constexpr std::string_view not_there = "Host not found";
constexpr std::string_view no_data = "Host found but no data record of requested type";

NameServiceFault name_service_error(const DomainName& name, std::string_view type, bool again,
                                    std::string_view why = not_there) {
  return {again ? "4.4.3" : "5.4.4",
          fmt::format("Host or domain name not found. Name service error for name={} type={}: {}{}",
                      name.to_string(), type, why, again ? ", try again" : ""),
          again};
}

bool failed(const std::optional<dns::LookupOutcome>& outcome) {
  return outcome && std::holds_alternative<Failed>(*outcome);
}

}  // namespace

std::optional<NameServiceFault> mx_fault(const DomainName& domain, const smtp::MxChoice& choice,
                                         const dns::LookupOutcome& mx) {
  switch (choice.route) {
    case smtp::MailRoute::mx:
    case smtp::MailRoute::implicit_mx:
      return std::nullopt;
    case smtp::MailRoute::null_mx:
      return NameServiceFault{
          "5.1.0", fmt::format("Domain {} does not accept mail (nullMX)", domain.to_string()),
          false};
    case smtp::MailRoute::not_a_domain:
      return name_service_error(domain, "A", false);
    case smtp::MailRoute::lookup_failed:
      break;
  }
  if (failed(mx)) return name_service_error(domain, "MX", true);
  return NameServiceFault{
      "4.4.3", fmt::format("the MX records of {} cannot be read", domain.to_string()), true};
}

NameServiceFault address_fault(const smtp::HostFacts& host) {
  const bool again = failed(host.ipv4) || failed(host.ipv6);
  const auto& last = host.ipv6 ? host.ipv6 : host.ipv4;
  const auto* const absent = last ? std::get_if<Absent>(&*last) : nullptr;
  return name_service_error(
      host.name, host.ipv6 ? "AAAA" : "A", again,
      !again && absent != nullptr && absent->name_exists ? no_data : not_there);
}

std::vector<std::string> probe_warnings(const postfix::Settings& settings) {
  if (settings.dnssec_probe.empty() || !postfix::same_word(settings.dns_support_level, "dnssec"))
    return {};
  return {postfix::warning_line("DNSSEC validation may be unavailable"),
          postfix::warning_line(fmt::format(
              "reason: dnssec_probe '{}' received a response that is not DNSSEC validated",
              printable(settings.dnssec_probe, 64)))};
}

}  // namespace dane::policy
