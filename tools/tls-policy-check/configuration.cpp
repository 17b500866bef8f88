#include "tools/tls-policy-check/configuration.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/common/usage.hpp"
#include "tools/tls-policy-check/child.hpp"
#include "tools/tls-policy-check/master_cf.hpp"
#include "tools/tls-policy-check/plain_file.hpp"

namespace dane::tools::tls_policy_check {

namespace {

using postfix::Assignment;
using postfix::Assignments;

constexpr auto default_folder = "/etc/postfix";
constexpr auto default_version = "3.7.11";  // without any word on it: Debian 12's

struct Programs {
  std::string postconf, postmap;
};

Programs find_programs(const Arguments& a) {
  if (a.without_postfix) return {};
  return {find_program("postconf"), find_program("postmap")};
}

/// "name = value" lines.
Assignments parse_postconf(std::string_view text) {
  Assignments out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = line.find(" =");
    if (equals == std::string_view::npos) continue;
    auto value = line.substr(equals + 2);
    if (value.starts_with(' ')) value.remove_prefix(1);
    out.insert_or_assign(std::string(line.substr(0, equals)),
                         Assignment{std::string(value), {}, 0});
  }
  return out;
}

/// postconf's complaint behind "fatal: ".
std::string complaint(const Finished& finished) {
  const auto at = finished.err.find("fatal: ");
  const auto text = std::string_view(finished.err).substr(at == std::string::npos ? 0 : at + 7);
  return printable(text.substr(0, text.find('\n')), 300);
}

Result<Assignments> ask_postconf(const std::string& postconf, const std::string& folder,
                                 const std::vector<std::string>& names, Deadline deadline) {
  std::vector<std::string> argv = {postconf, "-c", folder, "-x"};
  argv.insert(argv.end(), names.begin(), names.end());
  const auto done = run_program(argv, {}, deadline);
  if (!done) return tl::unexpected(done.error());
  if (done->status != 0)
    return fail("config-unreadable", "postconf: " + complaint(*done), printable(folder),
                "mend the file, or name another folder with --config-dir");
  return parse_postconf(done->out);
}

std::string value_of(const Assignments& assignments, std::string_view name,
                     std::string_view otherwise) {
  const auto found = assignments.find(name);
  return found != assignments.end() && !found->second.value.empty() ? found->second.value
                                                                    : std::string(otherwise);
}

std::vector<std::string> names_to_ask(const postfix::Version& version) {
  auto names = postfix::known_parameters(version);
  for (const auto* const more : {"mail_version", "default_database_type", "queue_directory"})
    if (std::ranges::find(names, more) == names.end()) names.emplace_back(more);
  return names;
}

/// What the installed Postfix is and makes of the folder; nothing where there is none.
struct Installed {
  std::optional<postfix::Version> version;
  std::optional<Assignments> values;
  std::optional<Error> fault;  ///< postconf gave no values
};

/// A main.cf that is broken beyond doubt is not shown to postconf: it would say less of it, and
/// might not come to an end.
Installed ask_installed(const Programs& programs, const std::string& folder,
                        const postfix::MainCf& main, Deadline deadline) {
  Installed out;
  if (programs.postconf.empty()) return out;
  const auto own = run_program({programs.postconf, "-d", "mail_version"}, {}, deadline);
  const auto version = own ? postfix::parse_version(value_of(parse_postconf(own->out),
                                                             "mail_version", default_version))
                           : Result<postfix::Version>(tl::unexpected(own.error()));
  if (!version) {
    out.fault = version.error();
    return out;
  }
  out.version = *version;
  const auto is_fatal = [](const postfix::ConfigProblem& problem) { return problem.fatal; };
  if (std::ranges::any_of(main.problems, is_fatal) ||
      std::ranges::any_of(postfix::evaluate_settings(main.assignments, *version).problems,
                          is_fatal))
    return out;
  auto asked = ask_postconf(programs.postconf, folder, names_to_ask(*version), deadline);
  if (asked)
    out.values = std::move(*asked);
  else
    out.fault = std::move(asked.error());
  return out;
}

/// The version that is asked for, else the installed one, else Debian 12's.
Result<postfix::Version> choose_version(const Arguments& a,
                                        const std::optional<postfix::Version>& installed) {
  if (a.postfix_version) return postfix::parse_version(*a.postfix_version);
  if (installed) return *installed;
  return postfix::parse_version(default_version);
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

/// What Postfix itself sets, and main.cf may refer to.
void add_built_in(const std::string& folder, const std::string& service, Assignments& settings) {
  const std::pair<const char*, std::string> values[] = {{"config_directory", folder},
                                                        {"process_name", "smtp"},
                                                        {"service_name", service},
                                                        {"queue_directory", "/var/spool/postfix"},
                                                        {"data_directory", "/var/lib/postfix"}};
  for (const auto& [name, value] : values) settings.try_emplace(name, Assignment{value, {}, 0});
}

void override_with(const Assignments& overrides, Assignments& settings) {
  for (const auto& [name, assignment] : overrides) settings.insert_or_assign(name, assignment);
}

/// The files of a folder: what stands there, unexpanded.
struct Files {
  postfix::MainCf main;
  ServiceOptions service;
};

Result<Files> read_files(const std::string& folder, const std::string& service,
                         bool service_is_named, Deadline deadline) {
  const auto main_file = std::filesystem::path(folder) / "main.cf";
  const auto text = read_plain_file(main_file, deadline);
  if (!text) {
    auto error = text.error();
    error.code = "config-unreadable";
    error.remedy = "name the folder with Postfix's main.cf: --config-dir DIR";
    return tl::unexpected(std::move(error));
  }
  Files files;
  files.main = postfix::parse_main_cf(*text, main_file.string());
  const auto master_file = std::filesystem::path(folder) / "master.cf";
  if (const auto master = read_plain_file(master_file, deadline); master)
    files.service = parse_master_cf(*master, master_file.string(), service);
  else if (std::error_code none; std::filesystem::exists(master_file, none))
    files.main.problems.push_back({"config-unreadable", master.error().what, master_file.string(),
                                   0, "what it overrides for the service is not known here",
                                   "see that the file can be read"});
  if (service_is_named && !files.service.found)
    return usage_error(fmt::format("--service: master.cf has no unix service '{}'", shown(service)),
                       "name a delivery service such as smtp or relay");
  return files;
}

/// Where the service is shut in.  Nothing for a copied configuration, whose queue is elsewhere.
std::string find_chroot(const Arguments& a, const ServiceOptions& service,
                        const Assignments& effective, const postfix::Settings& settings) {
  if (a.config_dir && *a.config_dir != default_folder) return {};
  const bool by_default = !postfix::features_of(settings.version).conditional_expressions ||
                          !postfix::compatibility_at_least(settings.compatibility_level, 1, 0);
  const bool shut_in = service.chroot == "y" || (service.chroot == "-" && by_default);
  return service.found && shut_in ? value_of(effective, "queue_directory", "/var/spool/postfix")
                                  : std::string();
}

/// What Postfix reads only when it is in its chroot.
void check_chroot(policy::Configuration& values) {
  if (values.chroot.empty()) return;
  auto files = postfix::split_list(values.settings.trust_anchor_file, false);
  if (!values.settings.ca_path.empty()) files.push_back(values.settings.ca_path);
  for (const auto& file : files) {
    std::error_code none;
    if (std::filesystem::exists(values.chroot + "/" + file, none) || none) continue;
    values.problems.push_back(
        {"not-in-chroot",
         fmt::format("{} is not there below {}, where the service runs chrooted", printable(file),
                     printable(values.chroot)),
         values.folder + "/master.cf", 0,
         "Postfix does not find it, whatever stands outside of the chroot",
         "copy it there, or use smtp_tls_CAfile, which is read before the chroot, or set the "
         "chroot field of the service to n"});
  }
}

/// postconf expands as for no service in particular: what a service overrides, or names, may stand
/// behind a `$` of main.cf.
bool depends_on_service(const Files& files) {
  const auto names_service = [](const auto& entry) {
    const auto& value = entry.second.value;
    return value.find("service_name") != std::string::npos ||
           value.find("process_name") != std::string::npos;
  };
  return !files.service.overrides.empty() ||
         std::ranges::any_of(files.main.assignments, names_service);
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
  return check_given_table(a, loaded.policy_maps.get());
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
  const auto programs = find_programs(a);
  const auto folder = a.config_dir.value_or(default_folder);
  const auto service = a.service.value_or("smtp");
  auto files = read_files(folder, service, a.service.has_value(), deadline);
  if (!files) return tl::unexpected(files.error());

  auto installed = ask_installed(programs, folder, files->main, deadline);
  const auto version = choose_version(a, installed.version);
  if (!version) return tl::unexpected(version.error());
  // Another version has other defaults: then only what the file sets can be taken over.
  const bool as_installed =
      installed.values && installed.version == *version && !depends_on_service(*files);
  auto effective = as_installed ? std::move(*installed.values) : files->main.assignments;
  if (!as_installed) add_built_in(folder, service, effective);
  override_with(files->service.overrides, effective);

  LoadedConfiguration loaded;
  auto& values = loaded.values;
  values.folder = folder;
  values.version = *version;
  values.assignments = files->main.assignments;
  override_with(files->service.overrides, values.assignments);
  values.problems = files->main.problems;
  if (installed.fault) values.problems.push_back(as_problem(*installed.fault, folder));
  auto evaluated = postfix::evaluate_settings(effective, *version);
  values.settings = std::move(evaluated.settings);
  // postconf tells values, not whether they are set.
  values.settings.fingerprint_digest_is_default =
      values.assignments.find("smtp_tls_fingerprint_digest") == values.assignments.end();
  values.problems.insert(values.problems.end(), evaluated.problems.begin(),
                         evaluated.problems.end());
  loaded.effective = std::move(effective);
  if (const auto read = read_tables(a, programs, loaded.effective, deadline, loaded); !read)
    return tl::unexpected(read.error());
  auto cas = given_cas(a, deadline);
  if (!cas) return tl::unexpected(cas.error());
  values.chroot = find_chroot(a, files->service, loaded.effective, values.settings);
  values.cas =
      *cas ? std::move(**cas) : postfix::load_ca_certificates(values.settings, {}, values.chroot);
  check_chroot(values);
  return loaded;
}

}  // namespace dane::tools::tls_policy_check
