#include "tools/tlsa-check/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

#include <fmt/core.h>

#include "dane/check/check.hpp"
#include "dane/core/parallel.hpp"
#include "dane/report/report.hpp"
#include "dane/smtp/survey.hpp"

#include "tools/common/diagnostics.hpp"
#include "tools/common/leave.hpp"
#include "tools/common/progress.hpp"
#include "tools/common/usage.hpp"
#include "tools/common/world.hpp"
#include "tools/tlsa-check/request.hpp"

namespace dane::tools::tlsa_check {

namespace {

constexpr auto tool = "tlsa-check";
constexpr std::size_t domains_at_once = 8;

using Monotonic = Deadline::clock;

/// A monitoring system shows what stands on standard output, whatever went wrong.
int give_up(const Arguments& arguments, const Error& error) {
  print_error(tool, error);
  if (arguments.common.format == "nagios") {
    auto line = shown(error.where.empty() ? error.what : error.where + ": " + error.what, 300);
    std::ranges::replace(line, '|', '/');  // would begin performance data
    fmt::print("TLSA UNKNOWN - {}\n", line);
  }
  return exit_unknown;
}

report::Report new_report(TimePoint at) {
  report::Report report;
  report.tool = tool;
  report.version = DANE_VERSION;
  report.evaluated_at = at;
  return report;
}

int print(const Arguments& arguments, const report::Report& report,
          const report::RenderOptions& options) {
  const auto text = report::render(report, options);
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written)
    return give_up(arguments, {"output-failed", "cannot write the report", "standard output",
                               "is the disk full, or the pipe closed?"});
  return static_cast<int>(report.status());
}

smtp::SurveyOptions survey_options(const Request& r, Deadline deadline) {
  smtp::SurveyOptions o;
  o.port = r.port;
  o.protocol = r.protocol;
  o.ipv4 = r.ipv4;
  o.ipv6 = r.ipv6;
  o.compare_sni = r.without_sni;
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
  if (r.judgement.profile != tlsa::Profile::any) return false;
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

check::CheckOptions check_options(const Request& r, const std::vector<smtp::DomainFacts>& facts,
                                  const std::optional<x509::Chain>& trusted, TimePoint at) {
  check::CheckOptions o;
  o.judge.profile = r.judgement.profile;
  o.judge.check_ee_names = r.judgement.check_ee_names;
  o.judge.at = at;
  o.require_dane = r.judgement.require_dane;
  o.warn_days = r.judgement.days;
  o.rehearsal = r.rehearsal;
  if (trusted)
    o.judge.trusted = *trusted;
  else if (needs_trust(r, facts))
    o.judge.trusted = x509::load_system_trust_anchors();
  return o;
}

int run_offline(const Arguments& arguments, const CommonOptions& common, Deadline deadline) {
  const auto at = common.at.value_or(SystemClock().now());
  const auto request = check_offline_arguments(arguments, at, deadline);
  if (!request) return give_up(arguments, request.error());
  check::CheckOptions options;
  options.judge.profile = request->verification.profile;
  options.judge.check_ee_names = request->verification.check_ee_names;
  options.judge.at = at;
  options.warn_days = request->days;
  auto report = new_report(at);
  check::check_offline(report, request->verification, request->source, options);
  return leave(print(arguments, report, common.render));
}

std::vector<smtp::DomainFacts> survey(const Sources& sources, const Request& request,
                                      Deadline deadline) {
  const auto options = survey_options(request, deadline);
  const Progress progress(
      "checking " + request.domains.front().to_string() +
      (request.domains.size() > 1 ? fmt::format(" and {} more", request.domains.size() - 1) : ""));
  return map_concurrently(request.domains, domains_at_once, [&](const DomainName& name) {
    return request.is_host ? smtp::survey_host(sources, name, options)
                           : smtp::survey_domain(sources, name, options);
  });
}

/// Evidence that another program made may hold no request: then the arguments say what was asked.
Result<Request> replayed_request(const std::string& saved, const Arguments& arguments,
                                 Deadline deadline) {
  if (!saved.empty()) return decode_request(saved, arguments);
  if (arguments.domains.empty() && !arguments.host)
    return usage_error("the evidence does not say which domain was asked for",
                       "name it: tlsa-check --replay FILE DOMAIN");
  return check_arguments(arguments, deadline);
}

int run_live(const Arguments& arguments, const CommonOptions& common, Deadline deadline) {
  // The arguments are checked before anything is set up: a typo costs no resolver.
  Result<Request> request = Request{};
  if (!common.replay) request = check_arguments(arguments, deadline);
  if (!request) return give_up(arguments, request.error());
  const auto world = make_world(tool, common, deadline);
  if (!world) return give_up(arguments, world.error());
  if (common.replay) request = replayed_request((*world)->saved_request(), arguments, deadline);
  if (!request) return give_up(arguments, request.error());

  // Read before the survey, which may use up the time.
  const auto trusted = read_trust(request->judgement, deadline);
  if (!trusted) return give_up(arguments, trusted.error());

  const auto sources = (*world)->sources();
  const auto facts = survey(sources, *request,
                            // A replay gives the same report however long its file took to come.
                            common.replay ? Monotonic::now() + common.timeout : deadline);
  const auto saved = (*world)->save(tool, encode_request(*request));

  auto report = new_report(sources.clock.now());
  const auto options = check_options(*request, facts, *trusted, report.evaluated_at);
  for (const auto& domain : facts) check::check_domain(report, domain, options);
  const int status = print(arguments, report, common.render);
  return leave(saved ? status : give_up(arguments, saved.error()));
}

}  // namespace

int run(const Arguments& arguments) {
  const auto began = Monotonic::now();
  const auto common = check_common_options(arguments.common, formats);
  if (!common) return give_up(arguments, common.error());
  if (const auto fine = refuse_empty_files(arguments); !fine)
    return give_up(arguments, fine.error());
  const Deadline deadline = began + common->timeout;
  return is_offline(arguments) ? run_offline(arguments, *common, deadline)
                               : run_live(arguments, *common, deadline);
}

}  // namespace dane::tools::tlsa_check
