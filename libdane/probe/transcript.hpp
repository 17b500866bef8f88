/// \file  What was said on a connection, for people: printable and bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dane::probe {

class Transcript {
 public:
  static constexpr std::size_t max_lines = 60;
  static constexpr std::size_t max_line_octets = 200;

  void server(std::string_view line) { add("S: ", line); }
  void client(std::string_view line) { add("C: ", line); }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  void add(std::string_view side, std::string_view line);
  std::vector<std::string> lines_;
};

}  // namespace dane::probe
