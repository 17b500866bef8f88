/// \file  One dot-suffix under which all servers of a destination have their names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dane::policy {

/// Strangers have names below it ("co.uk", "uk.com", "duckdns.org"): the Public Suffix List has it,
/// be it a registry's or a company's.
[[nodiscard]] bool is_public_suffix(std::string_view domain);

/// A plain host name in ASCII: what can stand in match= and mean just itself.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// The longest ".example.com" that is no public suffix, that every host name ends in, and that one
/// name at least of each certificate ends in.  None for hosts named after their address.
[[nodiscard]] std::optional<std::string> shared_suffix(
    const std::vector<std::string>& hosts,
    const std::vector<std::vector<std::string>>& certificate_names);

}  // namespace dane::policy
