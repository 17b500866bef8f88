/// \file  TLS security levels of the Postfix SMTP client.  P2
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dane::postfix {

/// In the order of strength that Postfix compares.
enum class Level { none, may, encrypt, fingerprint, half_dane, dane, dane_only, verify, secure };

/// As Postfix prints it: "none", "dane-only", "halfdane".
[[nodiscard]] std::string to_string(Level level);

/// What a table or main.cf may name, any case: not `half_dane`, which Postfix has for itself; the
/// DANE levels only where `with_dane` says that the version knows them.
[[nodiscard]] std::optional<Level> parse_level(std::string_view text, bool with_dane);

[[nodiscard]] constexpr bool requires_tls(Level level) {
  return level > Level::may;
}
[[nodiscard]] constexpr bool requires_match(Level level) {
  return level > Level::encrypt;
}
[[nodiscard]] constexpr bool is_pkix(Level level) {
  return level >= Level::verify;
}
[[nodiscard]] constexpr bool is_dane(Level level) {
  return level == Level::half_dane || level == Level::dane || level == Level::dane_only;
}

}  // namespace dane::postfix
