#include "tools/tls-policy-check/run.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
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
#include "tools/tls-policy-check/child.hpp"
#include "tools/tls-policy-check/configuration.hpp"
#include "tools/tls-policy-check/offline.hpp"
#include "tools/tls-policy-check/own_addresses.hpp"
#include "tools/tls-policy-check/resolver_word.hpp"
#include "tools/tls-policy-check/snapshot.hpp"
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
  report.findings = policy::lint_good_entries(judged->table);
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
  // All mail goes there first of all, whatever the table is about.
  for (const auto& host : postfix::relay_hosts(values.settings))
    if (auto relay = postfix::parse_destination(host); relay && seen.insert(host).second)
      destinations.push_back(std::move(*relay));
  for (const auto& row : values.rows) {
    if (row.key.starts_with('.') || policy::is_dead_key(row.key) || !seen.insert(row.key).second)
      continue;
    // What is no next-hop is told by the table's lints.
    if (auto destination = postfix::parse_destination(row.key))
      destinations.push_back(std::move(*destination));
  }
  return destinations;
}

void prefetch(LoadedConfiguration& loaded, const std::vector<postfix::Destination>& destinations) {
  if (!loaded.policy_maps) return;
  std::vector<std::string> keys;
  // Parents are asked when a name itself is not found, as Postfix does.
  for (const auto& destination : destinations) keys.push_back(destination.text);
  loaded.policy_maps->prefetch(keys);
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

/// What a run works with: taken from this machine, or out of evidence.
struct Prepared {
  Snapshot snapshot;
  LoadedConfiguration loaded;  ///< its tables; empty when replaying
};

Result<Prepared> prepare(const Arguments& arguments, Deadline deadline) {
  if (arguments.only_ipv4 && arguments.only_ipv6)
    return usage_error("-4 contradicts -6", "give one of them, or neither for both");
  Prepared prepared;
  auto& snapshot = prepared.snapshot;
  auto patterns = read_sts_patterns(arguments.sts_policy, deadline);
  if (!patterns) return tl::unexpected(patterns.error());
  auto loaded = load_configuration(arguments, deadline);
  if (!loaded) return tl::unexpected(loaded.error());
  prepared.loaded = std::move(*loaded);
  auto destinations = choose_destinations(arguments, prepared.loaded.values);
  if (!destinations) return tl::unexpected(destinations.error());
  snapshot.destinations = std::move(*destinations);
  prefetch(prepared.loaded, snapshot.destinations);
  snapshot.whole_table = arguments.nexthops.empty();
  snapshot.options.ipv4 = !arguments.only_ipv6;
  snapshot.options.ipv6 = !arguments.only_ipv4;
  snapshot.options.tls_required_no = arguments.tls_required_no;
  snapshot.options.sts_patterns = std::move(*patterns);
  snapshot.configuration = prepared.loaded.values;
  snapshot.effective = prepared.loaded.effective;
  snapshot.own_addresses =
      own_addresses(snapshot.configuration.settings,
                    !arguments.without_postfix && !find_program("postconf").empty());
  snapshot.has_policy_maps = prepared.loaded.policy_maps != nullptr;
  snapshot.has_per_site = prepared.loaded.per_site != nullptr;
  return prepared;
}

/// Why a run over the whole table has nothing to check.
std::string no_destination(const policy::Configuration& values) {
  constexpr auto remedy = "name one, as in tls-policy-check example.com";
  if (values.policy_maps.empty() && !values.settings.per_site.empty())
    return fmt::format(
        "the keys of smtp_tls_per_site may be mail hosts and are not checked by themselves: {}",
        remedy);
  if (values.policy_maps.empty())
    return fmt::format("there is no smtp_tls_policy_maps to take destinations from: {}", remedy);
  const bool is_static = std::ranges::any_of(
      values.policy_maps, [](const postfix::MapName& map) { return map.type == "static"; });
  if (!values.all_listed || is_static)
    return fmt::format("the policy maps cannot be listed ({}): {}",
                       shown(values.settings.policy_maps), remedy);
  return fmt::format("the policy table names no destination: {}", remedy);
}

Result<void> refuse_beside_replay(const Arguments& a) {
  if (a.postfix_version)
    return usage_error(
        "--postfix-version contradicts --replay, which takes all from the evidence",
        "leave it out: what another version would have asked of DNS and of the servers was not "
        "saved; without --replay this asks it now");
  return refuse_beside("--replay, which takes all from the evidence",
                       {{!a.nexthops.empty(), "a next-hop"},
                        {a.config_dir.has_value(), "--config-dir"},
                        {a.without_postfix, "--without-postfix"},
                        {a.policy_table.has_value(), "--policy-table"},
                        {a.service.has_value(), "--service"},
                        {a.ca_file.has_value(), "--ca-file"},
                        {a.system_ca, "--system-ca"},
                        {a.only_ipv4, "-4"},
                        {a.only_ipv6, "-6"},
                        {a.tls_required_no, "--tls-required-no"},
                        {a.sts_policy.has_value(), "--sts-policy"}},
                       "leave it out");
}

policy::Tables make_tables(Prepared& prepared, Kept& kept, bool live) {
  auto& snapshot = prepared.snapshot;
  const auto ask = [](Tables* maps) -> postfix::TableLookup {
    if (maps == nullptr) return {};
    return [maps](const std::string& key) { return maps->lookup(key); };
  };
  policy::Tables tables;
  if (snapshot.has_policy_maps)
    tables.policy_maps =
        kept.lookup(snapshot.policy_answers, ask(prepared.loaded.policy_maps.get()));
  if (snapshot.has_per_site)
    tables.per_site = kept.lookup(snapshot.per_site_answers, ask(prepared.loaded.per_site.get()));
  tables.anchors = [&kept, live](const std::vector<std::string>& files) {
    return kept.anchors(files, live);
  };
  return tables;
}

report::PolicyReport make_report(const Snapshot& snapshot, const policy::Context& context,
                                 const std::vector<policy::JudgedDestination>& judged) {
  const auto& configuration = snapshot.configuration;
  auto report = new_report(context.at, configuration.version);
  report.configuration = configuration.folder;
  report.findings = policy::lint_main_cf(configuration);
  if (snapshot.whole_table) {
    auto lints = policy::lint_table(configuration, judged);
    std::ranges::move(lints, std::back_inserter(report.findings));
    report.table = policy::make_lists(configuration, judged);
  }
  for (const auto& one : judged) policy::report_destination(report, one, context);
  return report;
}

/// What was seen of the servers is given back before the report is written: of a large table both
/// are large.
report::PolicyReport check_and_report(const Sources& sources, const policy::Context& context,
                                      const policy::Tables& tables, const Snapshot& snapshot) {
  policy::Survey survey(sources, context, tables, snapshot.options);
  return make_report(snapshot, context, check_all(survey, snapshot.destinations));
}

bool uses_dane(const policy::Configuration& values) {
  return values.settings.security_level.find("dane") != std::string::npos ||
         std::ranges::any_of(values.rows, [](const postfix::TableRow& row) {
           return row.value.find("dane") != std::string::npos;
         });
}

Result<int> run_live(const Arguments& arguments, const CommonOptions& common, Deadline deadline) {
  const bool live = !common.replay;
  // The arguments and the configuration are checked before anything is set up.
  Result<Prepared> prepared = Prepared{};
  if (live)
    prepared = prepare(arguments, deadline);
  else if (const auto fine = refuse_beside_replay(arguments); !fine)
    return tl::unexpected(fine.error());
  if (!prepared) return tl::unexpected(prepared.error());
  auto world = make_world(tool, common, deadline);
  if (!world) return tl::unexpected(world.error());
  if (!live) {
    auto saved = decode_request((*world)->saved_request());
    if (!saved) return tl::unexpected(saved.error());
    prepared->snapshot = std::move(*saved);
  }
  auto& snapshot = prepared->snapshot;
  if (live && uses_dane(snapshot.configuration))
    snapshot.configuration.resolver_sets_ad = resolver_sets_ad(common, deadline);
  if (snapshot.whole_table && snapshot.destinations.empty())
    print_warning(tool, no_destination(snapshot.configuration));
  snapshot.options.deadline = deadline;
  const auto sources = (*world)->sources();
  const policy::Context context{snapshot.configuration.settings,
                                snapshot.configuration.cas,
                                !snapshot.configuration.cas.unknown,
                                common.at.value_or(sources.clock.now()),
                                snapshot.own_addresses,
                                snapshot.configuration.resolver_sets_ad.value_or(true),
                                policy::routing_parameters(snapshot.configuration.assignments)};
  Kept kept(snapshot);
  const auto tables = make_tables(*prepared, kept, live);
  const auto status = print(check_and_report(sources, context, tables, snapshot), common.render);
  if (const auto saved = (*world)->save(tool, encode_request(snapshot)); !saved)
    return tl::unexpected(saved.error());
  return status;
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
