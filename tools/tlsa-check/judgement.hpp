/// \file  How to judge, as the arguments say: for a live run, offline, and for a replay, where it
/// is what may change.
#pragma once

#include <string>
#include <string_view>

#include "dane/core/error.hpp"
#include "dane/tlsa/record.hpp"

#include "tools/tlsa-check/arguments.hpp"

namespace dane::tools::tlsa_check {

inline constexpr int most_days = 3650;

struct Judgement {
  tlsa::Profile profile = tlsa::Profile::smtp;
  bool require_dane = false;
  bool check_ee_names = false;
  int days = 14;
  std::string ca_file;  ///< empty: the system's
  bool no_ca = false;
};

/// `judgement` with what the arguments change in it; what they leave open stays.
[[nodiscard]] Result<Judgement> take_judgement(const Arguments& arguments, Judgement judgement);

[[nodiscard]] Result<tlsa::Profile> parse_profile(std::string_view word);  ///< "smtp" or "any"
[[nodiscard]] std::string_view to_word(tlsa::Profile profile);

}  // namespace dane::tools::tlsa_check
