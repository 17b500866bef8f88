/// \file  A domain name on the command line, and what people give in its place.
#pragma once

#include <string_view>

#include "dane/core/domain_name.hpp"
#include "dane/core/error.hpp"

namespace dane::tools {

enum class NameFor { mail_domain, host, reference };

/// \param what  names the argument in errors: "domain", "--name".  \return also `usage`, with a
/// hint that says how to write what was probably meant.
[[nodiscard]] Result<DomainName> parse_name_argument(std::string_view text, std::string_view what,
                                                     NameFor use);

}  // namespace dane::tools
