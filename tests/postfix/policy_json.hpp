/// \file  Parts of Postfix vectors as values.
#pragma once

#include <string>

#include "dane/postfix/level.hpp"
#include "dane/postfix/settings.hpp"

#include "tests/support/vectors.hpp"

namespace dane::test {

inline postfix::Level level_of(const std::string& text) {
  if (text == "halfdane") return postfix::Level::half_dane;
  return postfix::parse_level(text, true).value();
}

/// main.cf as an object of parameters.
inline postfix::Settings settings_of(const Json& main_cf, const std::string& version) {
  postfix::Assignments assignments;
  for (const auto& [name, value] : main_cf.items())
    assignments[name] = {.value = value.get<std::string>(), .file = {}, .line = 0};
  return postfix::evaluate_settings(assignments, postfix::parse_version(version).value()).settings;
}

}  // namespace dane::test
