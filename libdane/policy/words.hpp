/// \file  The words that findings and lints share.  Everything here returns printable text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/policy/judged.hpp"
#include "dane/postfix/policy_table.hpp"

#include "libdane/core/finding_words.hpp"

namespace dane::policy {

using Findings = std::vector<Finding>;

/// list(), each item printable().
[[nodiscard]] std::string list_hostile(const std::vector<std::string>& items,
                                       std::size_t limit = 8);
/// "mx1.example.com [192.0.2.1]:25"; the host alone without an address.
[[nodiscard]] std::string place_of(const JudgedServer& server);
/// "/etc/postfix/tls_policy:12"; without a line the file, without a file nothing.
[[nodiscard]] std::string place_of(const postfix::TableRow& row);
/// ASCII lower case.
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool equal_fold(std::string_view a, std::string_view b);
/// With a capital at its front, unless that is a name, and a full stop at its end; printable.
[[nodiscard]] std::string sentence(std::string_view text);
/// Without "warning: " in front.
[[nodiscard]] std::vector<std::string> without_prefix(const std::vector<std::string>& warnings);
/// In first-seen order, each once.
[[nodiscard]] std::vector<std::string> unique(const std::vector<std::string>& items);

/// Findings that differ in nothing but their subject become one; subjects are joined.
/// \param prefix  put before the joined subjects: "example.com: ".
[[nodiscard]] Findings merge_subjects(const Findings& findings, const std::string& prefix);

}  // namespace dane::policy
