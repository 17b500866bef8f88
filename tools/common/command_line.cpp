#include "tools/common/command_line.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>

#include <CLI/CLI.hpp>

#include "tools/common/diagnostics.hpp"
#include "tools/common/usage.hpp"

namespace dane::tools {

namespace {

class OneScreen final : public CLI::Formatter {
 public:
  explicit OneScreen(std::string usage) : usage_(std::move(usage)) { column_width(30); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: " + usage_ + "\n";
  }

 private:
  std::string usage_;
};

std::string help_hint(const CLI::App& app) {
  return "see " + app.get_name() + " --help";
}

/// CLI11's own sentences are for programmers.
Error explain(const CLI::App& app, const CLI::ParseError& fault) {
  const std::string said = fault.what();
  const auto option = said.substr(0, said.find(':'));
  if (fault.get_exit_code() != static_cast<int>(CLI::ExitCodes::ArgumentMismatch))
    return {"usage", said, {}, help_hint(app)};
  if (said.find("received") != std::string::npos)
    return {"usage", option + " is given more than once", {}, "give it once"};
  return {"usage", option + " needs a value", {}, help_hint(app)};
}

Result<void> refuse_bare_equals(int argc, const char* const* argv,
                                const std::vector<std::string>& allowed_empty) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument.size() <= 3 || !argument.starts_with("--") ||
        argument.find('=') != argument.size() - 1)
      continue;
    const std::string option(argument.substr(0, argument.size() - 1));
    const bool may_be_empty = std::ranges::find(allowed_empty, option) != allowed_empty.end();
    return usage_error(shown(argument, 64) + " has no value",
                       may_be_empty ? "write " + option + " '' for an empty value"
                                    : "write the value behind the =");
  }
  return {};
}

/// What is no option and no value, literally: CLI11 would make a list of "[a,b]".
Result<std::vector<std::string>> take_operands(const CLI::App& app) {
  std::vector<std::string> operands;
  bool options_ended = false;
  for (auto& text : app.remaining()) {
    if (text == "--" && !options_ended)
      options_ended = true;
    else if (text.starts_with('-') && text.size() > 1 && !options_ended)
      return usage_error("unknown option '" + shown(text, 64) + "'", help_hint(app));
    else
      operands.push_back(std::move(text));
  }
  return operands;
}

}  // namespace

std::unique_ptr<CLI::App> new_app(const ToolText& text) {
  auto app = std::make_unique<CLI::App>(text.description, text.name);
  app->formatter(std::make_shared<OneScreen>(text.usage));
  app->allow_extras();
  app->set_version_flag("--version", text.name + " (dane-tools) " DANE_VERSION);
  app->get_option("--help")->group("Output");
  app->get_option("--version")->group("Output");
  app->footer(text.footer);
  return app;
}

Result<std::vector<std::string>> parse_arguments(CLI::App& app, int argc, const char* const* argv,
                                                 const std::vector<std::string>& allowed_empty) {
  if (const auto fine = refuse_bare_equals(argc, argv, allowed_empty); !fine)
    return tl::unexpected(fine.error());
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success&) {  // --help, --version
    throw;
  } catch (const CLI::ParseError& fault) {
    return tl::unexpected(explain(app, fault));
  }
  return take_operands(app);
}

std::vector<std::string> as_typed(const CLI::App& app, const std::string& option) {
  return app.get_option(option)->results();
}

std::optional<int> parse_or_leave(CLI::App& app, const std::function<Result<void>()>& parse) {
  try {
    const auto parsed = parse();
    if (parsed) return std::nullopt;
    print_error(app.get_name(), parsed.error());
    return exit_unknown;
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  }
}

int run_main(std::string_view tool, const std::function<int()>& body) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return body();
  } catch (const std::system_error& fault) {
    const bool no_thread = fault.code() == std::errc::resource_unavailable_try_again;
    print_error(tool, {"resources",
                       (no_thread ? "this machine gives no more threads: " : "") +
                           std::string(fault.what()),
                       {},
                       no_thread ? "raise the limits (ulimit -u), or check fewer at once"
                                 : "please report this with the command line"});
  } catch (const std::exception& fault) {  // a broken invariant, or no memory left
    print_error(tool, {"internal", fault.what(), {}, "please report this with the command line"});
  }
  return exit_unknown;
}

Result<void> write_output(std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return {};
  return fail("output-failed", "cannot write the report", "standard output",
              "is the disk full, or the pipe closed?");
}

}  // namespace dane::tools
