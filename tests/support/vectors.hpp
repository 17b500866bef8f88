/// \file  Loading test vectors: vectors/<module>/<kind>.json, see vectors/README.md.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

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

}  // namespace dane::test
