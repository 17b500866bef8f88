/// \file  Loading test vectors: vectors/<module>/<kind>.json, see vectors/README.md.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dane/core/error.hpp"

namespace dane::test {

using Json = nlohmann::json;

/// All vectors of a file.  Throws when it is absent or empty, so that no test passes on nothing.
inline std::vector<Json> load_vectors(const std::string& file) {
  std::ifstream in(std::string(DANE_SOURCE_DIR "/vectors/") + file);
  if (!in) throw std::runtime_error("no vector file " + file);
  std::vector<Json> vectors = Json::parse(in).at("vectors");
  if (vectors.empty()) throw std::runtime_error("no vectors in " + file);
  return vectors;
}

inline std::string describe(const Json& vector) {
  return vector.at("id").get<std::string>() + ": " + vector.at("description").get<std::string>();
}

/// What came out, to be compared with the vector; null when the vector expects `error` instead,
/// which has been compared then.
template <class T>
const T* value_or_expected_error(const Result<T>& got, const Json& expected) {
  if (expected.contains("error")) {
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == expected.at("error").get<std::string>());
    CHECK_FALSE(got.error().what.empty());
    return nullptr;
  }
  REQUIRE(got.has_value());
  return &*got;
}

}  // namespace dane::test
