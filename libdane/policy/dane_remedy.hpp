/// \file  What main.cf has to say for level dane to do DANE.  P28
#pragma once

#include <string>
#include <string_view>

#include "dane/policy/judged.hpp"
#include "dane/postfix/effective_policy.hpp"

namespace dane::policy {

[[nodiscard]] std::string_view parameter_of(postfix::DaneObstacle obstacle);
/// "smtp_dns_support_level = dnssec": what takes it out of the way.
[[nodiscard]] std::string_view remedy_of(postfix::DaneObstacle obstacle);
/// "First set smtp_dns_support_level = dnssec in main.cf, ..."; empty where nothing stands in the
/// way.
[[nodiscard]] std::string missing_for_dane(const Context& context);

}  // namespace dane::policy
