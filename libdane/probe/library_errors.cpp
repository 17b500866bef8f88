#include "libdane/probe/library_errors.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/err.h>

#include "dane/core/text.hpp"

namespace dane::probe {
namespace {

constexpr std::size_t max_octets = 512;

struct QueuedError {
  unsigned long code = 0;
  const char* file = "";
  int line = 0;
  const char* data = "";
  int flags = 0;
};

std::string text_of(const QueuedError& error) {
  std::array<char, 256> reason{};
  ERR_error_string_n(error.code, reason.data(), reason.size());
  auto text = fmt::format("{}:{}:{}:", reason.data(), error.file, error.line);
  if ((error.flags & ERR_TXT_STRING) != 0) text += fmt::format("{}:", error.data);
  return printable(text, max_octets);
}

}  // namespace

std::vector<std::string> take_library_errors() {
  std::vector<std::string> out;
  QueuedError error;
  while ((error.code =
              ERR_get_error_all(&error.file, &error.line, nullptr, &error.data, &error.flags)) != 0)
    out.push_back(text_of(error));
  return out;
}

}  // namespace dane::probe
