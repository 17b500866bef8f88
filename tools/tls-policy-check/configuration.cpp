#include "tools/tls-policy-check/configuration.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/common/usage.hpp"
#include "tools/tls-policy-check/chroot.hpp"
#include "tools/tls-policy-check/configuration_files.hpp"
#include "tools/tls-policy-check/installed_postfix.hpp"

namespace dane::tools::tls_policy_check {

namespace {

using postfix::Assignment;
using postfix::Assignments;

std::string value_of(const Assignments& assignments, std::string_view name,
                     std::string_view otherwise) {
  const auto found = assignments.find(name);
  return found != assignments.end() && !found->second.value.empty() ? found->second.value
                                                                    : std::string(otherwise);
}

/// The version that is asked for, else the installed one, else Debian 12's.
Result<postfix::Version> choose_version(const Arguments& a,
                                        const std::optional<postfix::Version>& installed) {
  if (a.postfix_version) return postfix::parse_version(*a.postfix_version);
  if (installed) return *installed;
  return postfix::parse_version(default_postfix_version);
}

postfix::ConfigProblem as_problem(const Error& error, const std::string& folder) {
  return {"config-unreadable",
          error.what,
          folder,
          0,
          "the plain files are judged here",
          error.remedy,
          error.code == "config-unreadable"};
}

void override_with(const Assignments& overrides, Assignments& settings) {
  for (const auto& [name, assignment] : overrides) settings.insert_or_assign(name, assignment);
}

/// What Postfix itself sets, whatever main.cf says, and what it may refer to besides.
void add_built_in(const std::string& folder, const std::string& service, Assignments& settings) {
  override_with({{"config_directory", {folder, {}, 0}},
                 {"process_name", {"smtp", {}, 0}},
                 {"service_name", {service, {}, 0}}},
                settings);
  settings.try_emplace("queue_directory", Assignment{"/var/spool/postfix", {}, 0});
  settings.try_emplace("data_directory", Assignment{"/var/lib/postfix", {}, 0});
}

void warn_of_unknown_version(const postfix::Version& version, const std::string& folder,
                             std::vector<postfix::ConfigProblem>& problems) {
  constexpr int newest_major = 3, newest_minor = 12;
  if (version.major < newest_major ||
      (version.major == newest_major && version.minor <= newest_minor))
    return;
  problems.push_back(
      {"version-not-modelled",
       fmt::format("Postfix {} is newer than what this program knows", version.to_string()), folder,
       0,
       fmt::format("it is judged as {}.{}, and may behave otherwise", newest_major, newest_minor),
       "use a newer release of this program"});
}

/// What is compiled in otherwise than here, then what main.cf and the service set.  Another version
/// than the installed one has its own defaults.
Assignments overlay(const ConfigurationFiles& files, const Installed& installed,
                    const postfix::Version& version) {
  Assignments settings;
  if (installed.values && installed.version == version)
    for (const auto& [name, value] : *installed.values)
      if (postfix::default_of(name, version) != value.value) settings.emplace(name, value);
  override_with(files.main.assignments, settings);
  override_with(files.service.overrides, settings);
  add_built_in(files.folder, files.service.name, settings);
  return settings;
}

std::unique_ptr<Tables> open_tables(const std::string& parameter, const std::string& maps,
                                    const Programs& programs, const std::string& folder,
                                    const std::string& default_type, bool utf8_only,
                                    Deadline deadline) {
  auto names = postfix::parse_map_names(maps, default_type);
  if (names.empty()) return nullptr;
  return std::make_unique<Tables>(
      std::move(names), TableOptions{programs.postmap, folder, parameter, deadline, utf8_only});
}

/// A file that the command line names must be there.
Result<void> check_given_table(const Arguments& a, const Tables* tables) {
  if (!a.policy_table || tables == nullptr || !tables->is_unread()) return {};
  return fail("policy-table-unreadable", "--policy-table: " + tables->problems().back().what, {},
              "name a readable file, such as /etc/postfix/tls_policy");
}

Result<void> read_tables(const Arguments& a, const Programs& programs, const Assignments& effective,
                         Deadline deadline, LoadedConfiguration& loaded) {
  auto& values = loaded.values;
  const auto type = value_of(effective, "default_database_type", "hash");
  auto maps = values.settings.policy_maps;
  if (a.policy_table) maps = values.settings.policy_maps = "texthash:" + *a.policy_table;
  values.policy_maps = postfix::parse_map_names(maps, type);
  const bool utf8_only =
      postfix::expand("$smtputf8_enable", effective, values.version).text == "yes";
  const auto copy = a.config_dir.value_or("");  // the usual folder is no copy
  const auto source_only = a.policy_table ? Programs{} : programs;
  loaded.policy_maps =
      open_tables("smtp_tls_policy_maps", maps, source_only, copy, type, utf8_only, deadline);
  loaded.per_site = open_tables("smtp_tls_per_site", values.settings.per_site, programs, copy, type,
                                utf8_only, deadline);
  for (const auto* const tables : {loaded.policy_maps.get(), loaded.per_site.get()}) {
    if (tables == nullptr) continue;
    const auto problems = tables->problems();
    values.problems.insert(values.problems.end(), problems.begin(), problems.end());
  }
  if (loaded.policy_maps) {
    values.rows = loaded.policy_maps->rows();
    values.all_listed = loaded.policy_maps->all_listed();
  }
  if (loaded.per_site) {
    values.per_site_rows = loaded.per_site->rows();
    values.per_site_listed = loaded.per_site->all_listed();
  }
  return check_given_table(a, loaded.policy_maps.get());
}

/// What other services of the same main.cf do, as far as it bears on parameters they share.
std::vector<policy::OtherService> other_services(const ConfigurationFiles& files,
                                                 const Assignments& of_main,
                                                 const postfix::Settings& ours) {
  std::vector<policy::OtherService> out;
  for (const auto& service : files.others) {
    auto assignments = of_main;
    override_with(service.overrides, assignments);
    override_with({{"service_name", {service.name, {}, 0}}}, assignments);
    const auto theirs = postfix::evaluate_settings(assignments, ours.version).settings;
    const bool own_tables =
        theirs.policy_maps != ours.policy_maps || theirs.per_site != ours.per_site;
    out.push_back({service.name, postfix::global_level(theirs).level, own_tables});
  }
  return out;
}

}  // namespace

Result<std::optional<postfix::CaCertificates>> given_cas(const Arguments& a, Deadline deadline) {
  std::optional<postfix::CaCertificates> cas;
  if (!a.ca_file && !a.system_ca) return cas;
  cas.emplace();
  cas->configured = true;
  if (a.ca_file) {
    constexpr std::size_t most_cas = 10'000;
    auto read = x509::read_certificates(*a.ca_file, most_cas, deadline);
    if (!read) return tl::unexpected(read.error());
    cas->trusted = std::move(*read);
  }
  if (a.system_ca) {
    auto system = x509::load_system_trust_anchors();
    cas->trusted.insert(cas->trusted.end(), system.begin(), system.end());
  }
  return cas;
}

Result<LoadedConfiguration> load_configuration(const Arguments& a, Deadline deadline) {
  const auto programs = find_programs(a.without_postfix);
  auto files = read_configuration_files(a, deadline);
  if (!files) return tl::unexpected(files.error());
  const auto installed = ask_installed(programs, files->folder, files->main, deadline);
  const auto version = choose_version(a, installed.version);
  if (!version) return tl::unexpected(version.error());

  LoadedConfiguration loaded;
  loaded.effective = overlay(*files, installed, *version);
  auto& values = loaded.values;
  values.folder = files->folder;
  values.version = *version;
  values.assignments = files->main.assignments;
  override_with(files->service.overrides, values.assignments);
  values.problems = std::move(files->problems);
  warn_of_unknown_version(*version, files->folder, values.problems);
  if (installed.fault) values.problems.push_back(as_problem(*installed.fault, files->folder));
  auto evaluated = postfix::evaluate_settings(loaded.effective, *version);
  values.settings = std::move(evaluated.settings);
  values.problems.insert(values.problems.end(), evaluated.problems.begin(),
                         evaluated.problems.end());
  auto without_service = *files;
  without_service.service = {};
  values.other_services =
      other_services(*files, overlay(without_service, installed, *version), values.settings);
  const auto ends = [](const postfix::ConfigProblem& p) { return !p.last_words.empty(); };
  if (const auto last = std::ranges::find_if(values.problems, ends); last != values.problems.end())
    values.settings.last_words = last->last_words;
  if (const auto read = read_tables(a, programs, loaded.effective, deadline, loaded); !read)
    return tl::unexpected(read.error());
  values.chroot = find_chroot(*files, loaded.effective, values.settings);
  auto cas = given_cas(a, deadline);
  if (!cas) return tl::unexpected(cas.error());
  values.cas =
      *cas ? std::move(**cas) : postfix::load_ca_certificates(values.settings, {}, values.chroot);
  check_chroot(values);
  return loaded;
}

}  // namespace dane::tools::tls_policy_check
