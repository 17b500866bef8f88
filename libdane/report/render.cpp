#include "dane/report/report.hpp"

#include "libdane/report/phrases.hpp"

namespace dane::report {

std::string render(const Report& report, const RenderOptions& options) {
  switch (options.format) {
    case Format::text:
      return render_text(report, options);
    case Format::json:
      return render_json(report);
    case Format::nagios:
      return render_nagios(report);
    case Format::prometheus:
      return render_prometheus(report);
  }
  return {};
}

}  // namespace dane::report
