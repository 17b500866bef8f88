/// \file  Command lines: CLI11 with our words and without its surprises.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/error.hpp"

namespace CLI {
class App;
}

namespace dane::tools {

inline constexpr int most_values = 1'000'000;  ///< below what CLI11 takes for a list without an end

struct ToolText {
  std::string name;         ///< "tlsa-check"
  std::string description;  ///< one line
  std::string usage;        ///< lines behind "Usage: "
  std::string footer;
};
/// An application with --help and --version in the group "Output", whose operands are what parsing
/// leaves over.
[[nodiscard]] std::unique_ptr<CLI::App> new_app(const ToolText& text);

/// Parses and returns the operands, literally.  `--option=` without a value is an error: CLI11
/// would take the next argument.  \param allowed_empty  options for which a hint says how to give
/// an empty value, e.g. "--reference-host".  \throws CLI::Success for --help and --version.
[[nodiscard]] Result<std::vector<std::string>> parse_arguments(
    CLI::App& app, int argc, const char* const* argv,
    const std::vector<std::string>& allowed_empty = {});

/// The values of a repeatable option as typed: CLI11's lists know "{}" and leave out what is empty.
[[nodiscard]] std::vector<std::string> as_typed(const CLI::App& app, const std::string& option);

/// `parse` with --help, --version and errors printed.  \return nothing when there is work to do,
/// else the exit status.
[[nodiscard]] std::optional<int> parse_or_leave(CLI::App& app,
                                                const std::function<Result<void>()>& parse);

/// The body of main(): SIGPIPE ignored, exceptions said in one line.
[[nodiscard]] int run_main(std::string_view tool, const std::function<int()>& body);

/// Writes to standard output.  \return `output-failed`.
[[nodiscard]] Result<void> write_output(std::string_view text);

}  // namespace dane::tools
