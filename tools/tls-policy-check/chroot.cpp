#include "tools/tls-policy-check/chroot.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::tools::tls_policy_check {

namespace {

namespace fs = std::filesystem;

constexpr auto usual_queue = "/var/spool/postfix";

bool is_copy(const ConfigurationFiles& files, const std::string& queue) {
  if (files.folder == default_folder) return false;
  std::error_code none;
  return queue == usual_queue || !fs::is_directory(queue, none);
}

}  // namespace

std::string find_chroot(const ConfigurationFiles& files, const postfix::Assignments& effective,
                        const postfix::Settings& settings) {
  const auto queue = postfix::expand("$queue_directory", effective, settings.version).text;
  if (!files.service_found || queue.empty() || is_copy(files, queue)) return {};
  const bool by_default = !postfix::features_of(settings.version).conditional_expressions ||
                          !postfix::compatibility_at_least(settings.compatibility_level, 1, 0);
  const auto& field = files.service.chroot;
  return field == "y" || (field == "-" && by_default) ? queue : std::string();
}

void check_chroot(policy::Configuration& values) {
  if (values.chroot.empty()) return;
  auto files = postfix::split_list(values.settings.trust_anchor_file, false);
  if (!values.settings.ca_path.empty()) files.push_back(values.settings.ca_path);
  for (const auto& file : files) {
    std::error_code none;
    if (fs::exists(values.chroot + "/" + file, none) || none) continue;
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

}  // namespace dane::tools::tls_policy_check
