#include <csignal>
#include <exception>
#include <string>
#include <system_error>

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
  } catch (const std::system_error& fault) {  // no thread to be had
    print_error("tlsa-check", {"resources",
                               std::string("this machine gives no more threads: ") + fault.what(),
                               {},
                               "raise the limits (ulimit -u), or check fewer domains at once"});
    return exit_unknown;
  } catch (const std::exception& fault) {  // a broken invariant, or no memory left
    print_error("tlsa-check",
                {"internal", fault.what(), {}, "please report this with the command line"});
    return exit_unknown;
  }
}
