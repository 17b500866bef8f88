/// \file  OpenSSL's own DANE verification, without a connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/verify/verify.hpp"

namespace dane::verify {

struct Judgement {
  bool authenticated = false;
  std::optional<Matched> matched;  ///< set exactly when authenticated
  int error_code = 0;              ///< X509_V_*
  std::string trouble;             ///< why OpenSSL could not judge; empty when it could
};

/// \param usable  one flag a record; at least one must be set: with none, OpenSSL would fall back
///                to its certificate authorities without a word (rule X12).
[[nodiscard]] Judgement judge_with_openssl(const Request& request, const std::vector<bool>& usable);

}  // namespace dane::verify
