/// \file  JSON values that all reports share.  Internal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dane/core/finding.hpp"

#include "libdane/report/phrases.hpp"

namespace dane::report {

using Json = nlohmann::ordered_json;  // keeps the order of the fields as written

[[nodiscard]] inline Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(harmless(text));
}

[[nodiscard]] inline Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(harmless(*text)) : Json(nullptr);
}

[[nodiscard]] inline Json texts(const std::vector<std::string>& values) {
  Json out = Json::array();
  for (const auto& value : values) out.push_back(harmless(value));
  return out;
}

template <class T>
[[nodiscard]] Json number_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

template <class Row, class Function>
[[nodiscard]] Json rows(const std::vector<Row>& values, Function&& to_json) {
  Json out = Json::array();
  for (const auto& value : values) out.push_back(to_json(value));
  return out;
}

[[nodiscard]] inline Json finding_json(const Finding& finding) {
  return {{"id", harmless(finding.id)},     {"severity", to_string(finding.severity)},
          {"rules", texts(finding.rules)},  {"subject", harmless(finding.subject)},
          {"text", harmless(finding.text)}, {"advice", harmless_lines(finding.advice)}};
}

[[nodiscard]] inline std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dane::report
