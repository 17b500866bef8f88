#include "libdane/policy/dane_remedy.hpp"

#include <vector>

#include <fmt/format.h>

#include "libdane/core/finding_words.hpp"

namespace dane::policy {

using postfix::DaneObstacle;

std::string_view parameter_of(DaneObstacle obstacle) {
  switch (obstacle) {
    case DaneObstacle::host_lookup:
      return "smtp_host_lookup";
    case DaneObstacle::mx_errors_ignored:
      return "ignore_mx_lookup_error";
    case DaneObstacle::resolver_options:
      return "smtp_dns_resolver_options";
    case DaneObstacle::dns_support_level:
      break;
  }
  return "smtp_dns_support_level";
}

std::string_view remedy_of(DaneObstacle obstacle) {
  switch (obstacle) {
    case DaneObstacle::host_lookup:
      return "smtp_host_lookup = dns";
    case DaneObstacle::mx_errors_ignored:
      return "ignore_mx_lookup_error = no";
    case DaneObstacle::resolver_options:
      return "smtp_dns_resolver_options without res_defnames and res_dnsrch";
    case DaneObstacle::dns_support_level:
      break;
  }
  return "smtp_dns_support_level = dnssec";
}

std::string missing_for_dane(const Context& context) {
  std::vector<std::string> missing;
  for (const auto obstacle : postfix::dane_obstacles(context.settings))
    missing.emplace_back(remedy_of(obstacle));
  if (missing.empty() && !context.resolver_sets_ad)
    return "First have a validating resolver on this machine in /etc/resolv.conf: the one there "
           "now "
           "does not vouch for DNSSEC, and without that level dane does no DANE. ";
  if (missing.empty()) return {};
  return fmt::format(
      "First set {} in main.cf, and have a validating resolver on this machine in "
      "/etc/resolv.conf: without that, level dane does no DANE. ",
      list(missing));
}

}  // namespace dane::policy
