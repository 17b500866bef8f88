#include "tests/report/schema_check.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

namespace dane::test {

int check_report_schema(const std::string& json) {
  const std::string schema = DANE_SOURCE_DIR "/vectors/schema/dane-report-1.json";
  const std::string script = DANE_SOURCE_DIR "/tests/support/check_schema.py";
  std::string file = "/tmp/dane-report-XXXXXX";
  const int fd = mkstemp(file.data());
  if (fd < 0) throw std::runtime_error("mkstemp");
  close(fd);
  std::ofstream(file) << json;
  const int status = std::system(
      ("/usr/bin/python3 " + script + " " + schema + " " + file + " --mutations >&2").c_str());
  unlink(file.c_str());
  if (!WIFEXITED(status)) throw std::runtime_error("the schema check was killed");
  return WEXITSTATUS(status);
}

}  // namespace dane::test
