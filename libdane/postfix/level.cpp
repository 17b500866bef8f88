#include "dane/postfix/level.hpp"

#include <array>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

struct LevelName {
  Level level;
  const char* name;
};

constexpr std::array level_names{
    LevelName{Level::none, "none"},           LevelName{Level::may, "may"},
    LevelName{Level::encrypt, "encrypt"},     LevelName{Level::fingerprint, "fingerprint"},
    LevelName{Level::half_dane, "halfdane"},  LevelName{Level::dane, "dane"},
    LevelName{Level::dane_only, "dane-only"}, LevelName{Level::verify, "verify"},
    LevelName{Level::secure, "secure"},
};

}  // namespace

std::string to_string(Level level) {
  for (const auto& known : level_names) {
    if (known.level == level) return known.name;
  }
  return "unknown";
}

std::optional<Level> parse_level(std::string_view text, bool with_dane) {
  for (const auto& [level, name] : level_names) {
    if (level == Level::half_dane || (is_dane(level) && !with_dane)) continue;
    if (same_word(text, name)) return level;
  }
  return std::nullopt;
}

}  // namespace dane::postfix
