#include "dane/core/finding.hpp"

#include <algorithm>

namespace dane {

std::string to_string(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::unknown:
      return "unknown";
    case Severity::critical:
      return "critical";
  }
  return "unknown";
}

std::string to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::warning:
      return "warning";
    case Status::critical:
      return "critical";
    case Status::unknown:
      return "unknown";
  }
  return "unknown";
}

Status overall_status(const std::vector<Finding>& findings) {
  auto any = [&](Severity severity) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& f) { return f.severity == severity; });
  };
  if (any(Severity::critical)) return Status::critical;
  if (any(Severity::unknown)) return Status::unknown;
  if (any(Severity::warning)) return Status::warning;
  return Status::ok;
}

}  // namespace dane
