/// \file  What a check found: the unit of every report.
#pragma once

#include <string>
#include <vector>

namespace dane {

enum class Severity {
  note,     ///< worth knowing; does not change the exit status
  warning,  ///< works today, needs attention
  unknown,  ///< could not find out
  critical  ///< mail is or will be refused, or a required protection is absent
};

/// Exit status and the report's "status": 0 ok, 1 warning, 2 critical, 3 unknown.
enum class Status { ok = 0, warning = 1, critical = 2, unknown = 3 };

/// One thing found.  Ids are stable and listed in the tool's manual page.
struct Finding {
  std::string id;  ///< lower-case-with-hyphens, e.g. "tlsa-no-match"
  Severity severity = Severity::note;
  std::vector<std::string> rules;  ///< ids of vectors/rules.tsv, e.g. {"S46"}
  std::string subject;             ///< what it is about: "mx1.example.com [192.0.2.1]:25 ECDSA"
  std::string text;                ///< what is the case and why; printable
  std::string advice;              ///< what to do; empty only for notes
  bool operator==(const Finding&) const = default;
};

[[nodiscard]] std::string to_string(Severity);  ///< "note", "warning", "unknown", "critical"
[[nodiscard]] std::string to_string(Status);    ///< "ok", "warning", "critical", "unknown"

/// The worst finding decides; a certain failure outweighs an unknown, an unknown outweighs a
/// warning.
[[nodiscard]] Status overall_status(const std::vector<Finding>& findings);

}  // namespace dane
