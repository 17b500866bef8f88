#include "libdane/report/policy_render.hpp"

namespace dane::report {

std::string render(const PolicyReport& report, const RenderOptions& options) {
  return options.format == Format::json ? render_policy_json(report)
                                        : render_policy_text(report, options);
}

}  // namespace dane::report
