/// \file  Protocol lists and cipher grades.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/postfix/settings.hpp"

namespace dane::postfix {

/// TLS versions of the wire: 0x0300 SSLv3 ... 0x0304 TLSv1.3.  SSLv2 is never spoken.
struct ProtocolChoice {
  bool valid = true;          ///< else: `Invalid TLS protocol list "...": aborting TLS session`
  int floor = 0;              ///< `>=`; 0: none
  int ceiling = 0;            ///< `<=`; 0: none
  std::vector<int> excluded;  ///< ascending
  std::string bad_token;      ///< what made the list invalid
  /// Versions that remain of SSLv3 to TLSv1.3.
  [[nodiscard]] std::vector<int> allowed() const;
  /// Those that OpenSSL then speaks (without SSLv3, which it has no more): a gap among the allowed
  /// ones leaves only the run below it.
  [[nodiscard]] std::vector<int> spoken() const;
};
/// By the version's grammar: names, `!name`, and from 3.6 on `>=`, `<=`.
[[nodiscard]] ProtocolChoice parse_protocols(std::string_view list, const Version& version);
[[nodiscard]] std::string protocol_name(int version);  ///< "TLSv1.2"

/// Remarks for people: `>= TLSv1.2` with a space, SSLv2 alone, an include list that leaves
/// TLSv1.3 out, bounds that leave nothing.
[[nodiscard]] std::vector<std::string> explain_protocols(std::string_view list,
                                                         const Version& version);

struct CipherChoice {
  std::optional<std::string> openssl_list;  ///< none: refused, see `fault`
  std::string fault;                        ///< `invalid cipher grade: "x"`
};
/// The OpenSSL cipher string for TLS up to 1.2: the grade's list, then `:!token` for each
/// exclusion.
[[nodiscard]] CipherChoice choose_ciphers(std::string_view grade, std::string_view exclusions,
                                          const Settings& settings);

}  // namespace dane::postfix
