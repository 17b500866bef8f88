/// \file  The sources of a run: live, live and recorded, or replayed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"
#include "dane/evidence/evidence.hpp"
#include "dane/sources.hpp"

#include "tools/common/common_options.hpp"

namespace dane::tools {

class World {
 public:
  virtual ~World() = default;
  [[nodiscard]] virtual Sources sources() = 0;
  /// The saved request when replaying; empty otherwise.
  [[nodiscard]] virtual std::string saved_request() const { return {}; }
  /// Writes what was seen, where --save asks for it.
  [[nodiscard]] virtual Result<void> save(const std::string& tool, const std::string& request) = 0;
};

/// The resolvers of --resolver, else of /etc/resolv.conf.  \return or what read_resolv_conf()
/// reports.
[[nodiscard]] Result<std::vector<Endpoint>> upstreams_of(const CommonOptions& options);

/// \param tool  for warnings.  \param deadline  for choosing resolvers and for reading the evidence
/// that is replayed. \return the world, or what make_resolver(), read_resolv_conf() or
/// evidence::read_file() report.
[[nodiscard]] Result<std::unique_ptr<World>> make_world(std::string_view tool,
                                                        const CommonOptions& options,
                                                        Deadline deadline);

}  // namespace dane::tools
