#include "tools/tlsa-check/judgement.hpp"

#include <fmt/format.h>

#include "tools/common/usage.hpp"

namespace dane::tools::tlsa_check {

Result<Judgement> take_judgement(const Arguments& a, Judgement judgement) {
  judgement.require_dane = judgement.require_dane || a.require_dane;
  judgement.check_ee_names = judgement.check_ee_names || a.check_ee_names;
  if (a.profile) {
    const auto profile = parse_profile(*a.profile);
    if (!profile) return tl::unexpected(profile.error());
    judgement.profile = *profile;
  }
  if (a.days) {
    const auto days = parse_number(*a.days, "--days", 0, most_days, "days");
    if (!days) return tl::unexpected(days.error());
    judgement.days = *days;
  }
  if (a.ca_file && a.no_ca) return usage_error("--ca-file contradicts --no-ca", "give one of them");
  if (a.ca_file || a.no_ca) {
    judgement.ca_file = a.ca_file.value_or("");
    judgement.no_ca = a.no_ca;
  }
  return judgement;
}

Result<tlsa::Profile> parse_profile(std::string_view word) {
  if (word == "smtp") return tlsa::Profile::smtp;
  if (word == "any") return tlsa::Profile::any;
  return usage_error(fmt::format("--profile: unknown profile '{}'", shown(word, 64)),
                     "use smtp or any");
}

std::string_view to_word(tlsa::Profile profile) {
  return profile == tlsa::Profile::any ? "any" : "smtp";
}

}  // namespace dane::tools::tlsa_check
