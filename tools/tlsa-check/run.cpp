#include "tools/tlsa-check/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <fmt/core.h>

#include "dane/check/check.hpp"
#include "dane/core/parallel.hpp"
#include "dane/report/report.hpp"
#include "dane/smtp/survey.hpp"

#include "tools/common/diagnostics.hpp"
#include "tools/common/progress.hpp"
#include "tools/common/world.hpp"
#include "tools/tlsa-check/request.hpp"

namespace dane::tools::tlsa_check {

namespace {

constexpr auto tool = "tlsa-check";
constexpr std::size_t domains_at_once = 8;

int give_up(const Error& error) {
  print_error(tool, error);
  return exit_unknown;
}

report::Report new_report(TimePoint at) {
  report::Report report;
  report.tool = tool;
  report.version = DANE_VERSION;
  report.evaluated_at = at;
  return report;
}

int print(const report::Report& report, const report::RenderOptions& options) {
  const auto text = report::render(report, options);
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written)
    return give_up({"output-failed", "cannot write the report", "standard output",
                    "is the disk full, or the pipe closed?"});
  return static_cast<int>(report.status());
}

smtp::SurveyOptions survey_options(const Request& r, Deadline deadline) {
  smtp::SurveyOptions o;
  o.port = r.port;
  o.protocol = r.protocol;
  o.ipv4 = r.ipv4;
  o.ipv6 = r.ipv6;
  o.authorities = r.rehearsal.has_value();
  o.authority_servers = r.authority_servers;
  o.authority_port = r.authority_port;
  o.reference_host = r.reference_host;
  o.deadline = deadline;
  return o;
}

/// The system's trust store takes longer to read than everything else together: only where a record
/// needs it.
bool needs_trust(const Request& r, const std::vector<smtp::DomainFacts>& all) {
  if (r.profile != tlsa::Profile::any) return false;
  const auto has_pkix = [](const smtp::TlsaFacts& tlsa) {
    const auto* const found = std::get_if<Found<dns::Answer>>(&tlsa.outcome);
    return found != nullptr && std::any_of(found->value.rdata.begin(), found->value.rdata.end(),
                                           [](const Bytes& rdata) {
                                             return !rdata.empty() &&
                                                    std::to_integer<unsigned>(rdata.front()) <= 1;
                                           });
  };
  for (const auto& facts : all) {
    for (const auto& host : facts.hosts) {
      if (std::any_of(host.tlsa.begin(), host.tlsa.end(), has_pkix)) return true;
    }
  }
  return false;
}

Result<check::CheckOptions> check_options(const Request& r,
                                          const std::vector<smtp::DomainFacts>& facts,
                                          TimePoint at) {
  check::CheckOptions o;
  o.judge.profile = r.profile;
  o.judge.check_ee_names = r.check_ee_names;
  o.judge.at = at;
  o.require_dane = r.require_dane;
  o.warn_days = r.days;
  o.rehearsal = r.rehearsal;
  if (!r.ca_file.empty() || needs_trust(r, facts)) {
    auto trusted = load_trust(r.ca_file, r.no_ca);
    if (!trusted) return tl::unexpected(trusted.error());
    o.judge.trusted = std::move(*trusted);
  }
  return o;
}

int run_offline(const Arguments& arguments, const CommonOptions& common) {
  const auto at = common.at.value_or(SystemClock().now());
  const auto request = check_offline_arguments(arguments, at);
  if (!request) return give_up(request.error());
  check::CheckOptions options;
  options.judge.profile = request->verification.profile;
  options.judge.check_ee_names = request->verification.check_ee_names;
  options.judge.at = at;
  options.warn_days = arguments.days.value_or(options.warn_days);
  auto report = new_report(at);
  check::check_offline(report, request->verification, request->source, options);
  return print(report, common.render);
}

std::vector<smtp::DomainFacts> survey(const Sources& sources, const Request& request,
                                      std::chrono::milliseconds timeout) {
  const auto options = survey_options(request, std::chrono::steady_clock::now() + timeout);
  const Progress progress(
      "checking " + request.domains.front().to_string() +
      (request.domains.size() > 1 ? fmt::format(" and {} more", request.domains.size() - 1) : ""));
  return map_concurrently(request.domains, domains_at_once, [&](const DomainName& name) {
    return request.is_host ? smtp::survey_host(sources, name, options)
                           : smtp::survey_domain(sources, name, options);
  });
}

int run_live(const Arguments& arguments, const CommonOptions& common) {
  // The arguments are checked before anything is set up: a typo costs no resolver.
  Result<Request> request = Request{};
  if (!common.replay) request = check_arguments(arguments);
  if (!request) return give_up(request.error());
  const auto world = make_world(common);
  if (!world) return give_up(world.error());
  if (common.replay) {
    // Evidence that another program made may hold no request: then the arguments say what was
    // asked.
    const auto saved = (*world)->saved_request();
    request = saved.empty() ? check_arguments(arguments) : decode_request(saved, arguments);
  }
  if (!request) return give_up(request.error());

  const auto sources = (*world)->sources();
  const auto facts = survey(sources, *request, common.timeout);
  const auto saved = (*world)->save(tool, encode_request(*request));

  auto report = new_report(sources.clock.now());
  const auto options = check_options(*request, facts, report.evaluated_at);
  if (!options) return give_up(options.error());
  for (const auto& domain : facts) check::check_domain(report, domain, *options);
  const int status = print(report, common.render);
  return saved ? status : give_up(saved.error());
}

}  // namespace

int run(const Arguments& arguments) {
  const auto common = check_common_options(arguments.common, formats);
  if (!common) return give_up(common.error());
  return is_offline(arguments) ? run_offline(arguments, *common) : run_live(arguments, *common);
}

}  // namespace dane::tools::tlsa_check
