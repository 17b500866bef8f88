#include "libdane/probe/transcript.hpp"

#include "dane/core/text.hpp"

namespace dane::probe {

void Transcript::add(std::string_view side, std::string_view line) {
  if (lines_.size() > max_lines) return;
  // The last place is for the mark, so that a cut transcript never looks complete.
  if (lines_.size() == max_lines) {
    lines_.emplace_back("...");
    return;
  }
  lines_.push_back(std::string(side) + printable(line, max_line_octets));
}

}  // namespace dane::probe
