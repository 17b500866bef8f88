#include "tools/tls-policy-check/configuration_files.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "tools/common/usage.hpp"
#include "tools/tls-policy-check/plain_file.hpp"

namespace dane::tools::tls_policy_check {

namespace {

namespace fs = std::filesystem;

Result<void> read_main(ConfigurationFiles& files, Deadline deadline) {
  const auto file = fs::path(files.folder) / "main.cf";
  const auto text = read_plain_file(file, deadline);
  if (!text) {
    auto error = text.error();
    error.code = "config-unreadable";
    error.remedy = "name the folder with Postfix's main.cf: --config-dir DIR";
    return tl::unexpected(std::move(error));
  }
  files.main = postfix::parse_main_cf(*text, file.string());
  files.problems = files.main.problems;
  return {};
}

postfix::MasterCf read_master(ConfigurationFiles& files, Deadline deadline) {
  const auto file = fs::path(files.folder) / "master.cf";
  const auto text = read_plain_file(file, deadline);
  if (text) return postfix::parse_master_cf(*text, file.string());
  if (std::error_code none; fs::exists(file, none))
    files.problems.push_back({"config-unreadable", text.error().what, file.string(), 0,
                              "what it overrides for the service is not known here",
                              "see that the file can be read"});
  return {};
}

Result<void> choose_service(const Arguments& a, const postfix::MasterCf& master,
                            ConfigurationFiles& files) {
  const auto name = a.service.value_or("smtp");
  files.service.name = name;
  const postfix::Service* other_program = nullptr;
  for (const auto& service : master.services) {
    if (service.name == name && service.type == "unix" && service.delivers()) {
      files.service = service;
      files.service_found = true;
    } else if (service.name == name && service.type == "unix") {
      other_program = &service;
    } else if (service.delivers()) {
      files.others.push_back(service);
    }
  }
  if (!a.service || files.service_found) return {};
  if (other_program != nullptr)
    return usage_error(fmt::format("--service: '{}' runs {}, and smtp(8) alone is modelled",
                                   shown(name), shown(other_program->command)),
                       "name a service whose command is smtp, such as smtp or relay");
  return usage_error(fmt::format("--service: master.cf has no unix service '{}'", shown(name)),
                     "name a delivery service such as smtp or relay");
}

}  // namespace

Result<ConfigurationFiles> read_configuration_files(const Arguments& a, Deadline deadline) {
  ConfigurationFiles files;
  files.folder = a.config_dir.value_or(default_folder);
  if (const auto read = read_main(files, deadline); !read) return tl::unexpected(read.error());
  const auto master = read_master(files, deadline);
  if (const auto chosen = choose_service(a, master, files); !chosen)
    return tl::unexpected(chosen.error());
  for (const auto& problem : master.problems)  // what is wrong with other services is their affair
    if (problem.line == 0 || problem.line == files.service.line || !problem.fatal)
      files.problems.push_back(problem);
  return files;
}

}  // namespace dane::tools::tls_policy_check
