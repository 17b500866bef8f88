/// \file  The options that every tool has.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/dns/resolvers.hpp"
#include "dane/report/report.hpp"

namespace CLI {
class App;
}

namespace dane::tools {

/// As typed; nothing checked yet.
struct CommonArguments {
  std::string format = "text";
  std::string color = "auto";
  std::vector<std::string> resolvers;
  std::optional<std::string> validator;
  std::optional<std::string> trust_anchor;
  std::optional<std::string> timeout;
  std::optional<std::string> at;
  std::optional<std::string> save;
  std::optional<std::string> replay;
  bool explain = false;
  bool verbose = false;
  bool quiet = false;
};

/// Checked.
struct CommonOptions {
  report::RenderOptions render;
  std::vector<Endpoint> resolvers;  ///< empty: those of /etc/resolv.conf
  dns::Validator validator = dns::Validator::unbound;
  std::filesystem::path trust_anchor = "/usr/share/dns/root.key";
  std::chrono::milliseconds timeout{90'000};  ///< of the whole run, reading files included
  std::optional<TimePoint> at;
  std::optional<std::filesystem::path> save;
  std::optional<std::filesystem::path> replay;
};

/// \param formats  the words that --format takes, e.g. "text|json".
void add_common_options(CLI::App& app, CommonArguments& arguments, const std::string& formats,
                        const std::string& verbose);

/// \return the checked options, or the first fault as `usage`.
[[nodiscard]] Result<CommonOptions> check_common_options(const CommonArguments& arguments,
                                                         const std::vector<std::string>& formats);

}  // namespace dane::tools
