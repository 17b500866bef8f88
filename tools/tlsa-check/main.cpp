#include <csignal>
#include <exception>

#include <CLI/CLI.hpp>

#include "tools/common/diagnostics.hpp"
#include "tools/tlsa-check/arguments.hpp"
#include "tools/tlsa-check/run.hpp"

int main(int argc, char** argv) {
  using namespace dane::tools;
  std::signal(SIGPIPE, SIG_IGN);
  tlsa_check::Arguments arguments;
  const auto app = tlsa_check::make_app(arguments);
  try {
    app->parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app->exit(wanted);
  } catch (const CLI::ParseError& fault) {
    print_error("tlsa-check", {"usage", fault.what(), {}, "see tlsa-check --help"});
    return exit_unknown;
  }
  try {
    return tlsa_check::run(arguments);
  } catch (const std::exception& fault) {  // a broken invariant, or no memory left
    print_error("tlsa-check",
                {"internal", fault.what(), {}, "please report this with the command line"});
    return exit_unknown;
  }
}
