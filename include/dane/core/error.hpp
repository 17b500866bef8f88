/// \file  How a function says that it could not do its work.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace dane {

/// Why something could not be done.  A record that does not match, or a name that
/// does not exist, is a result and never an Error.
struct Error {
  std::string code;   ///< stable, lower-case-with-hyphens, e.g. "tlsa-odd-hex"; tests and callers
                      ///< look at this
  std::string what;   ///< one sentence without a full stop; no raw network text (see core/text.hpp)
  std::string where;  ///< file:line, owner name and type, or host:port; may be empty
  std::string remedy;  ///< what the user can do; may be empty

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail("code", "what", "where", "remedy");`
[[nodiscard]] inline tl::unexpected<Error> fail(std::string code, std::string what,
                                                std::string where = {}, std::string remedy = {}) {
  return tl::unexpected<Error>(
      Error{std::move(code), std::move(what), std::move(where), std::move(remedy)});
}

}  // namespace dane
