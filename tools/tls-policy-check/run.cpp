#include "tools/tls-policy-check/run.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "dane/core/parallel.hpp"
#include "dane/policy/advice.hpp"
#include "dane/policy/lint.hpp"
#include "dane/policy/survey.hpp"
#include "dane/report/policy_report.hpp"

#include "tools/common/command_line.hpp"
#include "tools/common/diagnostics.hpp"
#include "tools/common/leave.hpp"
#include "tools/common/progress.hpp"
#include "tools/common/usage.hpp"
#include "tools/common/world.hpp"
#include "tools/tls-policy-check/configuration.hpp"
#include "tools/tls-policy-check/offline.hpp"
#include "tools/tls-policy-check/sts_policy.hpp"

namespace dane::tools::tls_policy_check {

namespace {

constexpr auto tool = "tls-policy-check";
constexpr std::size_t destinations_at_once = 48;

report::PolicyReport new_report(TimePoint at, const postfix::Version& version) {
  report::PolicyReport report;
  report.tool = tool;
  report.version = DANE_VERSION;
  report.postfix_version = version.to_string();
  report.evaluated_at = at;
  return report;
}

Result<int> print(const report::PolicyReport& report, const report::RenderOptions& options) {
  if (const auto written = write_output(report::render(report, options)); !written)
    return tl::unexpected(written.error());
  return static_cast<int>(report.status());
}

Result<int> run_offline(const Arguments& arguments, const CommonOptions& common,
                        Deadline deadline) {
  const auto at = common.at.value_or(SystemClock().now());
  const auto judged = judge_offline(arguments, at, deadline);
  if (!judged) return tl::unexpected(judged.error());
  auto report = new_report(at, judged->context.settings.version);
  policy::report_destination(report, judged->judged, judged->context);
  return print(report, common.render);
}

/// What is asked for on the command line, else every key of the table that names a next-hop: those
/// with a leading dot stand for sub-domains that nobody named.
Result<std::vector<postfix::Destination>> choose_destinations(const Arguments& arguments,
                                                              const policy::Configuration& values) {
  std::vector<postfix::Destination> destinations;
  for (const auto& text : arguments.nexthops) {
    auto destination = postfix::parse_destination(text);
    if (!destination) return tl::unexpected(destination.error());
    destinations.push_back(std::move(*destination));
  }
  if (!arguments.nexthops.empty()) return destinations;
  std::set<std::string> seen;
  for (const auto& row : values.rows) {
    if (row.key.starts_with('.') || !seen.insert(row.key).second) continue;
    // What is no next-hop is told by the table's lints.
    if (auto destination = postfix::parse_destination(row.key))
      destinations.push_back(std::move(*destination));
  }
  return destinations;
}

/// Trust anchor files, each list of them read once.
class AnchorFiles {
 public:
  postfix::TrustAnchors load(const std::vector<std::string>& files) {
    const std::lock_guard lock(mutex_);
    const auto known = loaded_.find(files);
    if (known != loaded_.end()) return known->second;
    return loaded_.emplace(files, postfix::load_trust_anchors(files)).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::vector<std::string>, postfix::TrustAnchors> loaded_;
};

policy::Tables make_tables(LoadedConfiguration& loaded, AnchorFiles& anchors) {
  policy::Tables tables;
  if (auto* const maps = loaded.policy_maps.get())
    tables.policy_maps = [maps](const std::string& key) { return maps->lookup(key); };
  if (auto* const maps = loaded.per_site.get())
    tables.per_site = [maps](const std::string& key) { return maps->lookup(key); };
  tables.anchors = [&anchors](const std::vector<std::string>& files) {
    return anchors.load(files);
  };
  return tables;
}

void prefetch(LoadedConfiguration& loaded, const std::vector<postfix::Destination>& destinations) {
  if (!loaded.policy_maps) return;
  std::vector<std::string> keys;
  for (const auto& destination : destinations)
    for (auto& key : postfix::lookup_keys(destination.text)) keys.push_back(std::move(key));
  loaded.policy_maps->prefetch(keys);
}

policy::SurveyOptions survey_options(const Arguments& arguments, std::vector<std::string> patterns,
                                     Deadline deadline) {
  policy::SurveyOptions options;
  options.ipv4 = !arguments.only_ipv6;
  options.ipv6 = !arguments.only_ipv4;
  options.tls_required_no = arguments.tls_required_no;
  options.sts_patterns = std::move(patterns);
  options.deadline = deadline;
  return options;
}

std::vector<policy::JudgedDestination> check_all(
    policy::Survey& survey, const std::vector<postfix::Destination>& destinations) {
  std::atomic<std::size_t> done{0};
  const Progress progress([&] {
    return destinations.size() == 1
               ? "checking " + shown(destinations.front().text, 60)
               : fmt::format("checked {} of {} destinations", done.load(), destinations.size());
  });
  return map_concurrently(destinations, destinations_at_once,
                          [&](const postfix::Destination& destination) {
                            auto judged = survey.check(destination);
                            ++done;
                            return judged;
                          });
}

Result<int> run_live(const Arguments& arguments, const CommonOptions& common, Deadline deadline) {
  if (arguments.only_ipv4 && arguments.only_ipv6)
    return usage_error("-4 contradicts -6", "give one of them, or neither for both");
  auto patterns = read_sts_patterns(arguments.sts_policy, deadline);
  if (!patterns) return tl::unexpected(patterns.error());
  auto loaded = load_configuration(arguments, deadline);
  if (!loaded) return tl::unexpected(loaded.error());
  const auto& values = loaded->values;
  const auto destinations = choose_destinations(arguments, values);
  if (!destinations) return tl::unexpected(destinations.error());
  prefetch(*loaded, *destinations);

  auto world = make_world(tool, common, deadline);
  if (!world) return tl::unexpected(world.error());
  const auto sources = (*world)->sources();
  const policy::Context context{values.settings, values.cas, true,
                                common.at.value_or(sources.clock.now())};
  AnchorFiles anchors;
  const auto tables = make_tables(*loaded, anchors);
  policy::Survey survey(sources, context, tables,
                        survey_options(arguments, std::move(*patterns), deadline));
  const auto judged = check_all(survey, *destinations);

  auto report = new_report(context.at, values.version);
  report.configuration = values.folder;
  report.findings = policy::lint_main_cf(values);
  if (arguments.nexthops.empty()) {
    auto lints = policy::lint_table(values);
    std::ranges::move(lints, std::back_inserter(report.findings));
    report.table = policy::make_lists(values, judged);
  }
  for (const auto& one : judged) policy::report_destination(report, one, context);
  return print(report, common.render);
}

Result<int> run_checked(const Arguments& arguments) {
  const auto common = check_common_options(arguments.common, formats);
  if (!common) return tl::unexpected(common.error());
  const auto deadline = Deadline::clock::now() + common->timeout;
  return arguments.is_offline() ? run_offline(arguments, *common, deadline)
                                : run_live(arguments, *common, deadline);
}

}  // namespace

int run(const Arguments& arguments) {
  const auto status = run_checked(arguments);
  if (status) return leave(*status);
  print_error(tool, status.error());
  return exit_unknown;
}

}  // namespace dane::tools::tls_policy_check
