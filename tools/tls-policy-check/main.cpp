#include "tools/common/command_line.hpp"
#include "tools/tls-policy-check/arguments.hpp"
#include "tools/tls-policy-check/run.hpp"

int main(int argc, char** argv) {
  using namespace dane::tools;
  return run_main("tls-policy-check", [&] {
    tls_policy_check::Arguments arguments;
    if (const auto over = tls_policy_check::parse_command_line(argc, argv, arguments)) return *over;
    return tls_policy_check::run(arguments);
  });
}
