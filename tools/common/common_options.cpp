#include "tools/common/common_options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "tools/common/usage.hpp"

namespace dane::tools {

namespace {

constexpr double shortest_timeout = 0.1, longest_timeout = 3600;

Result<report::Format> parse_format(const std::string& word,
                                    const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) == known.end()) {
    return usage_error(fmt::format("--format: unknown format '{}'", shown(word)),
                       fmt::format("use one of: {}", fmt::join(known, ", ")));
  }
  if (word == "json") return report::Format::json;
  if (word == "nagios") return report::Format::nagios;
  if (word == "prometheus") return report::Format::prometheus;
  return report::Format::text;
}

Result<bool> decide_color(const std::string& word) {
  if (word == "always") return true;
  if (word == "never") return false;
  if (word == "auto") return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return usage_error(fmt::format("--color: unknown word '{}'", shown(word)),
                     "use auto, always or never");
}

Result<std::vector<Endpoint>> parse_resolvers(const std::vector<std::string>& texts) {
  constexpr std::uint16_t dns_port = 53;
  std::vector<Endpoint> endpoints;
  for (const auto& text : texts) {
    auto endpoint = parse_endpoint(text, dns_port);
    if (!endpoint) {
      return usage_error(fmt::format("--resolver: '{}' is no address", shown(text)),
                         "write ADDR or ADDR@PORT, for example 127.0.0.1@5353 or ::1");
    }
    endpoints.push_back(*endpoint);
  }
  return endpoints;
}

Result<std::chrono::milliseconds> parse_timeout(const std::string& text) {
  double seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, seconds);
  const bool is_number = fault == std::errc{} && stop == end;
  // Written so that "nan" is out of range, too.
  if (is_number && seconds >= shortest_timeout && seconds <= longest_timeout)
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  return usage_error(fmt::format("--timeout: '{}' is {}", shown(text, 64),
                                 is_number ? "out of range" : "no number of seconds"),
                     "give seconds between 0.1 and 3600");
}

Result<report::RenderOptions> check_output(const CommonArguments& a,
                                           const std::vector<std::string>& formats) {
  const auto format = parse_format(a.format, formats);
  if (!format) return tl::unexpected(format.error());
  const auto color = decide_color(a.color);
  if (!color) return tl::unexpected(color.error());
  if (a.quiet) {
    const auto fine = refuse_beside("--quiet", {{a.verbose, "--verbose"}, {a.explain, "--explain"}},
                                    "give one of them");
    if (!fine) return tl::unexpected(fine.error());
  }
  return report::RenderOptions{*format, *color, a.explain, a.quiet ? -1 : (a.verbose ? 1 : 0)};
}

Result<void> check_files(const CommonArguments& a) {
  if (const auto fine = refuse_empty(
          {{a.trust_anchor, "--trust-anchor"}, {a.save, "--save"}, {a.replay, "--replay"}});
      !fine)
    return fine;
  if (!a.replay) return {};
  if (a.save)
    return usage_error("--save contradicts --replay", "replayed evidence is saved already");
  return refuse_beside("--replay, which looks nothing up",
                       {{!a.resolvers.empty(), "--resolver"},
                        {a.validator.has_value(), "--validator"},
                        {a.trust_anchor.has_value(), "--trust-anchor"}},
                       "the answers stand in the evidence; leave it out");
}

}  // namespace

void add_common_options(CLI::App& app, CommonArguments& a, const std::string& formats,
                        const std::string& verbose) {
  const char* const output = "Output";
  app.add_option("--format", a.format, formats)->type_name("FORMAT")->group(output);
  app.add_option("--color", a.color, "auto, always or never")->type_name("WHEN")->group(output);
  app.add_flag("--explain", a.explain, "Show the reasoning and the rules")->group(output);
  app.add_flag("-v,--verbose", a.verbose, verbose)->group(output);
  app.add_flag("-q,--quiet", a.quiet, "Only the answer, a line a domain")->group(output);
  const char* const lookups = "Lookups and time";
  app.add_option("--resolver", a.resolvers, "Resolver to ask; repeatable (/etc/resolv.conf)")
      ->type_name("ADDR[@PORT]")
      ->allow_extra_args(false)
      ->group(lookups);
  app.add_option("--validator", a.validator, "Who validates: unbound, getdns, both or ad")
      ->type_name("NAME")
      ->group(lookups);
  app.add_option("--trust-anchor", a.trust_anchor, "DNSSEC root key file")
      ->type_name("FILE")
      ->group(lookups);
  app.add_option("--timeout", a.timeout, "Bound of the whole run (90)")
      ->type_name("SECONDS")
      ->group(lookups);
  app.add_option("--at", a.at, "Judge dates as of this time (RFC 3339)")
      ->type_name("TIME")
      ->group(lookups);
  app.add_option("--save", a.save, "Keep all that was seen, see dane-evidence(5)")
      ->type_name("FILE")
      ->group(lookups);
  app.add_option("--replay", a.replay, "Judge saved evidence again, without a network")
      ->type_name("FILE")
      ->group(lookups);
}

Result<CommonOptions> check_common_options(const CommonArguments& a,
                                           const std::vector<std::string>& formats) {
  CommonOptions o;
  auto render = check_output(a, formats);
  if (!render) return tl::unexpected(render.error());
  o.render = *render;
  if (const auto fine = check_files(a); !fine) return tl::unexpected(fine.error());
  auto resolvers = parse_resolvers(a.resolvers);
  if (!resolvers) return tl::unexpected(resolvers.error());
  o.resolvers = std::move(*resolvers);
  if (a.validator) {
    const auto validator = dns::parse_validator(*a.validator);
    if (!validator)
      return usage_error(fmt::format("--validator: unknown validator '{}'", shown(*a.validator)),
                         "use unbound, getdns, both or ad");
    o.validator = *validator;
  }
  if (a.trust_anchor) o.trust_anchor = *a.trust_anchor;
  if (a.timeout) {
    const auto timeout = parse_timeout(*a.timeout);
    if (!timeout) return tl::unexpected(timeout.error());
    o.timeout = *timeout;
  }
  if (a.at) {
    const auto at = parse_rfc3339(*a.at);
    if (!at)
      return usage_error(fmt::format("--at: '{}' is no RFC 3339 time", shown(*a.at)),
                         "write for example 2026-12-24T18:00:00Z");
    o.at = *at;
  }
  if (a.save) o.save = *a.save;
  if (a.replay) o.replay = *a.replay;
  return o;
}

}  // namespace dane::tools
