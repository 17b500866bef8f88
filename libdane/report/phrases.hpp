/// \file  Text forms that the renderers share.  Internal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dane/report/report.hpp"

namespace dane::report {

[[nodiscard]] std::string render_text(const Report& report, const RenderOptions& options);
[[nodiscard]] std::string render_json(const Report& report);
[[nodiscard]] std::string render_nagios(const Report& report);
[[nodiscard]] std::string render_prometheus(const Report& report);

/// What printable() does to hostile text, but text that went through printable() before stays as
/// it is: backslashes are not doubled.
[[nodiscard]] std::string harmless(std::string_view text);
/// The same for several lines: line feeds stay.
[[nodiscard]] std::string harmless_lines(std::string_view text);
[[nodiscard]] std::vector<std::string> split_lines(std::string_view text);

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string upper(std::string_view ascii);

/// "8d02536c...c8bd"; what is short already stays.
[[nodiscard]] std::string shorten_hex(const std::string& hex);
/// "3 1 1 8d02536c...c8bd", or all of the data.
[[nodiscard]] std::string record_text(const TlsaRow& row, bool in_full);
/// "mx1.example.com:25"; no port offline.
[[nodiscard]] std::string service_name(const Subject& subject);

/// A line that belongs into a zone file: "_25._tcp.mx1.example.com. IN TLSA 3 1 1 8d02...".
[[nodiscard]] bool is_zone_line(std::string_view line);

/// Worst first: critical, unknown, warning, note; the report's order among equals.
[[nodiscard]] std::vector<const Finding*> by_severity(const std::vector<const Finding*>& findings);
[[nodiscard]] std::vector<const Finding*> pointers_to(const std::vector<Finding>& findings);

/// One line a domain: what it says and how it is.  Reports without domains (offline) give one
/// line made of their subjects.
struct Answer {
  Status status = Status::ok;
  std::string domain;  ///< may be empty
  std::string text;
};
[[nodiscard]] std::vector<Answer> answers_of(const Report& report);

}  // namespace dane::report
