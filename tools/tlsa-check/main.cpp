#include "tools/common/command_line.hpp"
#include "tools/tlsa-check/arguments.hpp"
#include "tools/tlsa-check/run.hpp"

int main(int argc, char** argv) {
  using namespace dane::tools;
  return run_main("tlsa-check", [&] {
    tlsa_check::Arguments arguments;
    if (const auto over = tlsa_check::parse_command_line(argc, argv, arguments)) return *over;
    return tlsa_check::run(arguments);
  });
}
