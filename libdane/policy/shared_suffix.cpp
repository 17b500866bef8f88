#include "libdane/policy/shared_suffix.hpp"

#include <algorithm>
#include <array>

#include "libdane/policy/words.hpp"

namespace dane::policy {

namespace {

constexpr std::size_t longest_name = 253, longest_label = 63;

/// Second levels that registries hand names out under, under any country.
constexpr std::array<std::string_view, 32> registry_labels = {
    "ac",   "adm", "asso", "biz", "co",     "com",  "edu", "firm",   "gen", "go",  "gob",
    "gouv", "gov", "gv",   "id",  "ind",    "info", "ltd", "mil",    "ne",  "net", "nhs",
    "nom",  "or",  "org",  "plc", "police", "pro",  "sch", "school", "tm",  "web"};

/// Domains below which anybody can have a host, and with it a certificate.
constexpr std::array<std::string_view, 40> shared_domains = {"amazonaws.com",
                                                             "appspot.com",
                                                             "azure.com",
                                                             "azurewebsites.net",
                                                             "cloudapp.net",
                                                             "cloudapp.azure.com",
                                                             "cloudfront.net",
                                                             "cloudns.cl",
                                                             "ddns.net",
                                                             "digitaloceanspaces.com",
                                                             "dyn-ip24.de",
                                                             "dyndns.org",
                                                             "dynv6.net",
                                                             "fly.dev",
                                                             "github.io",
                                                             "gitlab.io",
                                                             "googleusercontent.com",
                                                             "herokuapp.com",
                                                             "hopto.org",
                                                             "linodeusercontent.com",
                                                             "myds.me",
                                                             "myftp.org",
                                                             "myfritz.net",
                                                             "netlify.app",
                                                             "ngrok.io",
                                                             "no-ip.org",
                                                             "onrender.com",
                                                             "ovh.net",
                                                             "pages.dev",
                                                             "run.app",
                                                             "sakura.ne.jp",
                                                             "selfhost.eu",
                                                             "spdns.de",
                                                             "synology.me",
                                                             "vercel.app",
                                                             "web.app",
                                                             "workers.dev",
                                                             "your-server.de",
                                                             "your-vps.net",
                                                             "zapto.org"};

std::vector<std::string> labels_of(std::string_view name) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto dot = std::min(name.find('.', begin), name.size());
    out.emplace_back(name.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return out;
}

bool is_label(std::string_view label) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= longest_label && std::ranges::all_of(label, allowed) &&
         label.front() != '-' && label.back() != '-';
}

bool ends_below(std::string_view name, std::string_view dot_suffix) {
  return name.size() > dot_suffix.size() && name.ends_with(dot_suffix);
}

}  // namespace

bool looks_public(std::string_view domain) {
  const auto folded = lower(domain);
  const auto labels = labels_of(folded);
  if (labels.size() < 2) return true;
  const bool shared = std::ranges::any_of(shared_domains, [&](std::string_view one) {
    return folded == one || folded.ends_with("." + std::string(one));
  });
  if (shared) return true;
  // "xx.yy" and "abc.yy" under a country may be a registry's; "co.yy" surely is.
  const bool country = labels.back().size() == 2;
  if (labels.size() == 2)
    return std::ranges::find(registry_labels, labels[0]) != registry_labels.end() ||
           (country && labels[0].size() <= 3);
  return labels.size() == 3 && country && labels[0] == "k12";
}

bool is_plain_name(std::string_view name) {
  const auto folded = lower(name);
  const auto labels = labels_of(folded);
  if (labels.size() < 2 || folded.size() > longest_name) return false;
  if (!std::ranges::all_of(labels, is_label)) return false;
  // All digits at the end: an IP address, or nothing.
  return !std::ranges::all_of(labels.back(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> shared_suffix(
    const std::vector<std::string>& hosts,
    const std::vector<std::vector<std::string>>& certificate_names) {
  if (hosts.empty() || !is_plain_name(hosts.front())) return {};
  const auto first = lower(hosts.front());
  for (auto dot = first.find('.'); dot != std::string::npos; dot = first.find('.', dot + 1)) {
    const auto suffix = first.substr(dot);
    if (looks_public(std::string_view(suffix).substr(1))) continue;
    const auto below = [&](const std::string& name) { return ends_below(lower(name), suffix); };
    const bool all_certificates = std::ranges::all_of(
        certificate_names,
        [&](const std::vector<std::string>& names) { return std::ranges::any_of(names, below); });
    if (std::ranges::all_of(hosts, below) && all_certificates) return suffix;
  }
  return {};
}

}  // namespace dane::policy
