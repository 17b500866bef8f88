#include <csignal>
#include <exception>

#include "tools/common/diagnostics.hpp"
#include "tools/tlsa-check/arguments.hpp"
#include "tools/tlsa-check/run.hpp"

int main(int argc, char** argv) {
  using namespace dane::tools;
  std::signal(SIGPIPE, SIG_IGN);
  tlsa_check::Arguments arguments;
  try {
    if (const auto over = tlsa_check::parse_command_line(argc, argv, arguments)) return *over;
    return tlsa_check::run(arguments);
  } catch (const std::exception& fault) {  // a broken invariant, or no memory left
    print_error("tlsa-check",
                {"internal", fault.what(), {}, "please report this with the command line"});
    return exit_unknown;
  }
}
