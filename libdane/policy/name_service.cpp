#include "libdane/policy/name_service.hpp"

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::policy {

namespace {

std::string query_failed(std::string_view name, std::string_view type, std::string_view why) {
  return fmt::format("Host or domain name not found. Name service error for name={} type={}: {}",
                     name, type, why);
}

enum class Lookup { not_asked, found, no_data, no_name, failed };

Lookup kind_of(const std::optional<dns::LookupOutcome>& outcome) {
  if (!outcome) return Lookup::not_asked;
  return std::visit(overloaded{[](const Found<dns::Answer>&) { return Lookup::found; },
                               [](const Absent& absent) {
                                 return absent.name_exists ? Lookup::no_data : Lookup::no_name;
                               },
                               [](const Failed&) { return Lookup::failed; }},
                    *outcome);
}

std::string_view words_of(Lookup lookup) {
  if (lookup == Lookup::failed) return "Host not found, try again";
  return lookup == Lookup::no_data ? "Host found but no data record of requested type"
                                   : "Host not found";
}

/// getaddrinfo(3)'s.
NoAddress from_system(std::string_view name, Lookup v4, Lookup v6) {
  const auto said = [&](std::string_view words) {
    return fmt::format("unable to look up host {}: {}", name, words);
  };
  if (v4 == Lookup::failed || v6 == Lookup::failed)
    return {said("Temporary failure in name resolution"), true, ".4.4"};
  if (v4 == Lookup::no_data || v6 == Lookup::no_data)
    return {said("No address associated with hostname"), false, ".3.0"};
  return {said("Name or service not known"), false, ".4.4"};
}

}  // namespace

NoAddress no_address(const smtp::HostFacts& host, const postfix::HostLookup& how) {
  const auto v4 = kind_of(host.ipv4), v6 = kind_of(host.ipv6);
  const bool failed = v4 == Lookup::failed || v6 == Lookup::failed;
  const auto name = host.name.to_string();
  if (!how.dns || (how.native && !failed)) return from_system(name, v4, v6);
  // A is asked first; what failed is told rather than what is not there, and else the last word.
  const bool tells_v6 = v6 == Lookup::failed || (v6 != Lookup::not_asked && v4 != Lookup::failed);
  return {query_failed(name, tells_v6 ? "AAAA" : "A", words_of(tells_v6 ? v6 : v4)), failed,
          failed ? ".4.3" : ".4.4"};
}

RouteFault no_address_at_all(const std::vector<NoAddress>& hosts) {
  RouteFault fault{NoRoute::no_address, {}, {}, false};
  for (const auto& host : hosts) {
    fault.failed |= host.failed;
    fault.dsn = (fault.failed ? "4" : "5") + host.detail;
    fault.text = host.text;
  }
  return fault;
}

RouteFault mx_not_answered(std::string_view domain) {
  return {NoRoute::no_mx_answer, "4.4.3", query_failed(domain, "MX", words_of(Lookup::failed)),
          true};
}

RouteFault mx_malformed(std::string_view domain) {
  return {NoRoute::malformed_mx, "5.4.4",
          fmt::format("Name service error for name={} type=MX: Malformed or unexpected name server "
                      "reply",
                      domain),
          false};
}

RouteFault null_mx(std::string_view domain, bool beside_others) {
  return {beside_others ? NoRoute::null_mx_beside_others : NoRoute::null_mx, "5.1.0",
          fmt::format("Domain {} does not accept mail (nullMX)", domain), false};
}

NoAddress other_family(std::string_view address, const postfix::HostLookup& how) {
  if (how.native)
    return {fmt::format("unable to look up host {}: Address family for hostname not supported",
                        address),
            false, ".3.0"};
  return {fmt::format("Name service error for {}: invalid host or domain name", address), false,
          ".4.4"};
}

RouteFault loops_back(std::string_view name) {
  return {NoRoute::loops_back, "5.4.6", fmt::format("mail for {} loops back to myself", name),
          false};
}

RouteFault no_primary(std::string_view name) {
  return {NoRoute::no_primary, "4.4.4", fmt::format("unable to find primary relay for {}", name),
          false};
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
