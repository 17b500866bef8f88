/// \file  smtp(8) setting up TLS at its start: why it does without, and what it logs.  Internal to
/// postfix.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dane/postfix/settings.hpp"

namespace dane::postfix {

/// For OpenSSL, which would else ask at the terminal when a PEM file is encrypted.
inline int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

struct EngineFault {
  ConfigProblem problem;
  std::vector<std::string> log_lines;
};

/// What OpenSSL has to say of its last fault, each line as Postfix logs it.
[[nodiscard]] std::vector<std::string> library_problems();

// In Postfix's order.
[[nodiscard]] std::optional<EngineFault> digest_fault(const Settings& settings);
/// The words of a CAfile that cannot be loaded.
[[nodiscard]] std::string cannot_load_cas(const Settings& settings);
/// These, and OpenSSL's behind them, as the library on this machine puts them.
[[nodiscard]] std::vector<std::string> ca_log_lines(const Settings& settings,
                                                    const std::filesystem::path& file,
                                                    const std::filesystem::path& prefix);
/// Lines about names that OpenSSL does not know; Postfix goes on without those.
[[nodiscard]] std::vector<std::string> curve_warnings(const Settings& settings);

}  // namespace dane::postfix
